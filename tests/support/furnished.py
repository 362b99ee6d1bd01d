"""A business that has one of everything, for tests that try to touch it."""

from dataclasses import dataclass
from typing import Any

from support.journey import Business, catalogue, product

from truestock.client.models.importer import Batch

SHOP = catalogue(
    product("mug", ("", "MUG", 3, "12.50")),
    product("shirt", ("S", "SHIRT-S", 2, "20.00"), ("M", "SHIRT-M", 1, "20.00")),
    product("scarf", ("", "SCARF", 5, "25.00"), body="Available in colours: red, green"),
    product("cup", ("", "CUP", 2, "9.00")),
    product("cup-again", ("", "CUP", 5, "9.50")),
)


@dataclass(frozen=True, slots=True)
class Furnished:
    """The business, and an id of everything that an operation can name."""

    business: Business
    ids: dict[str, str]

    async def state(self) -> dict[str, Any]:
        """All that its operators can see, as plain values: to show that a refused command changed nothing."""
        reads = (
            ("connector", "/v1/attempts"),
            ("connector", "/v1/attempts/{attempt_id}/audit"),
            ("connector", "/v1/connections"),
            ("connector", "/v1/connections/{connection_id}/audit"),
            ("connector", "/v1/policies"),
            ("importer", "/v1/batches"),
            ("importer", "/v1/batches/{batch_id}/report"),
            ("inventory", "/v1/items?state=active"),
            ("inventory", "/v1/items?state=archived"),
            ("inventory", "/v1/items/{item_id}/movements"),
            ("inventory", "/v1/held"),
            ("inventory", "/v1/splits"),
            ("inventory", "/v1/proposals"),
            ("inventory", "/v1/summary"),
            ("inventory", "/v1/policies"),
            ("validator", "/v1/verdicts"),
            ("validator", "/v1/policies"),
        )
        found = {}
        for service, path in reads:
            answer = await self.business.call(service, "GET", path.format(**self.ids), who="viewer")
            assert answer.status_code == 200, answer.text
            found[f"{service} {path}"] = _without_running_time(answer.json())
        return found


def _without_running_time(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_running_time(one) for name, one in value.items() if name != "seconds"}
    if isinstance(value, list):
        return [_without_running_time(one) for one in value]
    return value


async def furnish(business: Business) -> Furnished:
    """Connect, import, edit on the marketplace, import again: a proposal, a split, held ones, a count."""
    seller = await business.seller(SHOP)
    connection = await business.connect(seller)
    first = await business.import_(connection, "sample")
    importer, inventory = business.operator.importer, business.operator.inventory
    await importer.reject(first.batch_id, revision=first.revision, reason="look again")
    listing_id = await seller.listing_id("Mug")
    await seller.edit(listing_id, title="Mug, hand made")
    second = await business.import_(connection, "sample")
    mug = await business.item("Mug")
    variant_id = mug.variants[0].variant_id
    count = await inventory.count({variant_id: 4}, reason="counted the shelf", accept=False)
    [attempt] = (await business.call("connector", "GET", "/v1/attempts")).json()["items"]
    split = await anext(inventory.splits())
    proposal = await anext(inventory.proposals())
    held = await anext(inventory.held())
    return Furnished(
        business,
        {
            "attempt_id": attempt["attempt_id"],
            "connection_id": connection.connection_id,
            "batch_id": second.batch_id,
            "listing_id": listing_id,
            "item_id": mug.item_id,
            "variant_id": variant_id,
            "count_id": count.count_id,
            "split_id": split.split_id,
            "proposal_id": proposal.proposal_id,
            "held_id": held.held_id,
        },
    )


async def revision_of(furnished: Furnished, path: str) -> int:
    """The revision of the resource that a command's path names."""
    business, ids = furnished.business, furnished.ids
    batch: Batch
    if "/batches/" in path:
        batch = await business.operator.importer.batch(ids["batch_id"])
        return batch.revision
    for name, service, list_path in (
        ("attempt_id", "connector", "/v1/attempts"),
        ("connection_id", "connector", "/v1/connections"),
        ("split_id", "inventory", "/v1/splits"),
        ("proposal_id", "inventory", "/v1/proposals"),
        ("item_id", "inventory", "/v1/items"),
    ):
        if f"{{{name}}}" in path:
            items = (await business.call(service, "GET", list_path)).json()["items"]
            return int(next(one["revision"] for one in items if one[name] == ids[name]))
    return 0
