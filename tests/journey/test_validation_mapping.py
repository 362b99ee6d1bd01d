"""A mistake of the mapper cannot agree with itself: the evidence is read past it."""

import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from support import defective_importer
from support.journey import Business, catalogue, product
from support.validating import MUG, sides, told
from support.waiting import eventually

from truestock.client.models.validator import VerdictSeen
from truestock.local.stack import Stack

CATALOGUE = catalogue(
    MUG,
    product("divisor", ("", "DIVISOR", 3, "80.00")),
    product("divisor-edited", ("", "EDITED", 3, "50.00")),
    product("swapped-with-sku", ("S", "SW-S", 2, "20.00"), ("M", "SW-M", 5, "20.00")),
    product("swapped-without-sku", ("S", "", 2, "20.00"), ("M", "", 5, "25.00")),
)
FIX = "The two sides differed from the start: the mapping read "
CURE = "Correct the mapping, undo the batch and import again"


Corrected = Callable[[], Awaitable[None]]


@pytest.fixture
async def defective(stack: Stack) -> AsyncIterator[Corrected]:
    """The importer has a defective mapper until what this gives is called, or the test ends."""
    importer = stack["importer"]
    tests = str(Path(defective_importer.__file__).parents[1])
    program = [sys.executable, "-m", "support.defective_importer", "serve"]
    sound = False

    async def corrected() -> None:
        nonlocal sound
        if not sound:
            sound = True
            await stack.restart("importer")

    await importer.stop()
    await importer.start({"PYTHONPATH": tests}, command=program)
    yield corrected
    await corrected()


def blockers(verdict: VerdictSeen) -> list[tuple[str, str, str]]:
    """What kind each blocker of the verdict is."""
    return sorted(told(one) for one in verdict.findings if one.severity == "blocker")


@pytest.mark.timeout(240)  # it starts the importer twice
async def test_a_defective_mapper_is_caught_by_the_independent_evidence(
    business: Business, defective: Corrected
) -> None:
    seller = await business.seller(CATALOGUE)
    connection = await business.connect(seller)
    batch = await business.import_(connection, "sample")
    await business.attest(batch)
    ids = {one["title"]: str(one["listing_id"]) for one in await seller.listings()}

    async def verdict(title: str) -> VerdictSeen:
        async def attested() -> VerdictSeen | None:
            seen = await business.operator.validator.verdict(connection.connection_id, ids[title])
            return seen if "stock_unconfirmed" not in seen.open_issues else None

        return await eventually(attested, message=f"{title} is not validated after the attestation")

    # A price divisor that is wrong by ten.
    found = await verdict("Divisor")
    [finding] = found.findings
    assert found.verdict == "failed"
    assert told(finding) == ("price.intent", "mapping", "blocker")
    assert sides(finding) == ("inventory 8 USD, marketplace 80 USD", "8 USD", "80 USD")
    assert finding.fix.startswith(FIX + "the price of SKU DIVISOR wrongly.")
    assert CURE in finding.fix

    # Swapped options: the SKUs tell which variant is which, the options of both are wrong.
    found = await verdict("Swapped With Sku")
    assert found.verdict == "failed"
    assert blockers(found) == [("variant.mapping", "mapping", "blocker")] * 2
    assert {sides(one)[1:] for one in found.findings} == {
        ("size = m", "size = s"),
        ("size = s", "size = m"),
    }
    assert all(one.fix.startswith(FIX + "the options of ") and CURE in one.fix for one in found.findings)

    # Without SKUs the options tell, so quantity and price of both are wrong.
    found = await verdict("Swapped Without Sku")
    assert found.verdict == "failed"
    assert (
        blockers(found)
        == [("price.intent", "mapping", "blocker")] * 2 + [("stock.quantity", "mapping", "blocker")] * 2
    )
    assert all(CURE in one.fix for one in found.findings if one.severity == "blocker")

    # What the defects do not touch passes, and nothing that failed may be published.
    assert (await verdict("Mug")).verdict == "passed"
    allowed = {item.title: item.channel_listings[0].push_allowed for item in await business.items()}
    assert allowed == {
        "Mug": True,
        "Divisor": False,
        "Divisor Edited": False,
        "Swapped With Sku": False,
        "Swapped Without Sku": False,
    }

    # An edit of the record does not hide it as something that waits to be published.
    edited = await business.item("Divisor Edited")
    before = await verdict("Divisor Edited")
    await business.operator.inventory.edit(
        edited.item_id, {"title": "Divided"}, revision=edited.revision, reason="its name"
    )
    after = await business.verdict(connection, ids["Divisor Edited"], after=before.version)
    assert sorted(told(one) for one in after.findings) == [
        ("price.intent", "mapping", "blocker"),
        ("title.match", "pending_publish", "warning"),
    ]

    # The cure: undo, a sound mapper, import again.
    report = await business.report(batch)
    rejected = await business.operator.importer.reject(
        batch.batch_id, revision=report.batch.revision, reason="the mapper is defective", undo=True
    )
    assert rejected.undone_at is not None
    await defective()
    again = await business.import_(connection, "sample")
    verdicts = {row.title: row.verdict for row in (await business.report(again)).listings}
    del verdicts["Divisor Edited"]  # an item that was touched is kept, and its listing is another story
    assert set(verdicts.values()) == {"passed_with_warnings"}, verdicts
    [price] = [variant.price for variant in (await business.item("Divisor")).variants]
    assert price is not None
    assert price.amount == 80
