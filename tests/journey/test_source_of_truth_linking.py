"""One item, several connections: linked by SKU, held by title, and stock is never touched."""

from support.journey import Business, catalogue, product, quantities

from truestock.client.models.connector import Connection
from truestock.client.models.importer import Batch

MUG = product("mug", ("", "MUG", 3, "12.50"))


async def two_shops(business: Business, first: str, second: str) -> tuple[Connection, Batch]:
    """Seed from one shop, then import a sample of another."""
    connection = await business.connect(await business.seller(first))
    await business.import_(connection, "sample")
    other = await business.connect(await business.seller(second), skip_sequence_reason="both shops at once")
    return other, await business.import_(other, "sample")


async def test_the_same_sku_on_two_connections_is_one_item_with_its_own_stock(business: Business) -> None:
    other, sample = await two_shops(
        business,
        catalogue(MUG, product("shirt", ("S", "SHIRT-S", 2, "20.00"), ("M", "SHIRT-M", 1, "20.00"))),
        catalogue(
            product("other-mug", ("", "MUG", 8, "13.00"), title="Coffee mug"),
            product("shirt", ("M", "SHIRT-M", 7, "20.00"), ("S", "SHIRT-S", 9, "20.00")),
        ),
    )
    assert sample.outcomes == {"linked": 2}
    mug, shirt = await business.items()
    assert (mug.title, quantities(mug)) == ("Mug", [3])
    assert {one.sku: one.on_hand for one in shirt.variants} == {"SHIRT-S": 2, "SHIRT-M": 1}
    assert [len(one.channel_listings) for one in (mug, shirt)] == [2, 2]
    summary = await business.operator.inventory.summary()
    assert (summary.items, summary.variants, summary.stock) == (2, 3, 6)
    assert [one.kind async for one in business.operator.inventory.movements(mug.item_id)] == ["opening"]
    verdict = await business.operator.validator.verdict(
        other.connection_id,
        next(one.listing_id for one in mug.channel_listings if one.connection_id == other.connection_id),
    )
    assert verdict.verdict == "failed", "the second shop shows another quantity than inventory has"


async def test_the_same_title_without_sku_is_held_and_linked_in_bulk(business: Business) -> None:
    names = ("oak-board", "ash-board")
    other, sample = await two_shops(
        business,
        catalogue(*(product(name, ("", "", 4, "30.00")) for name in names)),
        catalogue(
            *(product(name, ("", "", 9, "30.00"), title=name.replace("-", "  ").upper()) for name in names)
        ),
    )
    assert sample.outcomes == {"held": 2}
    assert [quantities(one) for one in await business.items()] == [[4], [4]]

    inventory = business.operator.inventory
    held = [one async for one in inventory.held(connection_id=other.connection_id)]
    assert [len(one.candidates) for one in held] == [1, 1]
    decisions = [
        {
            "held_id": one.held_id,
            "revision": one.revision,
            "action": "link",
            "item_id": one.candidates[0].item_id,
        }
        for one in held
    ]
    done = await inventory.decide_held(decisions, reason="the same boards")
    assert [one.outcome for one in done.results] == ["linked", "linked"]
    items = await business.items()
    assert [quantities(one) for one in items] == [[4], [4]]
    assert [len(one.channel_listings) for one in items] == [2, 2]
    assert (await inventory.summary()).held == 0
