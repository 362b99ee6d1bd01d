"""Listings that their item lost: their verdicts are history, and a corrected import starts afresh."""

from typing import Any

import pytest
from support.deliveries import delivery, removal
from support.validator_values import BATCH, CONNECTION, ITEM, WORKSPACE, evidence, item, seeded, state, uid
from support.validator_world import World

from truestock.chassis.auth import Principal, Role
from truestock.chassis.delivery import Delivery, Removal
from truestock.contracts.events import InventoryItem, SeedOutcome

OLGA = Principal("u1", "Olga", frozenset({Role.OPERATOR}), WORKSPACE)
AGAIN = uid("second batch")
UNLINKED = item(version=2)
ARCHIVED = removal(InventoryItem.TOPIC, str(ITEM), WORKSPACE)


@pytest.fixture
async def validated(world: World) -> World:
    """One listing with a finding."""
    world.shop.show(evidence(title="Another shirt"))
    await world.change(item(state(), version=1))
    await world.seed(seeded(seen=evidence()))
    return world


async def current(world: World) -> list[str]:
    """The verdicts that count now."""
    return await listed(world, batch_id=None)


async def listed(world: World, **where: Any) -> list[str]:
    """Verdicts as the API lists them."""
    given = {"connection_id": None, "verdict": None, "after": None, "most": 10, **where}
    return [row["verdict"] for row in await world.reports.verdicts(WORKSPACE, **given)]


@pytest.mark.parametrize(
    "news", [delivery(UNLINKED), ARCHIVED], ids=["only unlinked", "archived, with a tombstone"]
)
async def test_what_an_undo_takes_back_is_withdrawn(validated: World, news: Delivery[Any] | Removal) -> None:
    world = validated
    assert (await current(world), len(await world.report(BATCH))) == (["failed"], 1)
    await world.hear(news)
    await world.hear(news)
    assert await current(world) == []
    assert await listed(world, batch_id=BATCH) == ["withdrawn"]
    assert await listed(world, batch_id=BATCH, verdict="failed") == []
    assert await world.report(BATCH) == []
    assert await world.reports.findings(WORKSPACE, most=10) == []
    assert await world.reports.counts(WORKSPACE, BATCH) == ({"withdrawn": 1}, [])
    row = await world.reports.verdict(WORKSPACE, CONNECTION, "1001")
    assert row is not None
    assert row["verdict"] == "withdrawn"
    assert await world.verdicts() == ["failed"], "nothing is announced: inventory knows"


async def read_again(world: World) -> int:
    """How many listings of the batch an operator's command reads live once more."""
    done = await world.revalidate_batch(
        OLGA, WORKSPACE, BATCH, None, reason="again", request_id=uid("request")
    )
    return done.listings


async def test_it_is_not_read_again_for_its_batch(validated: World) -> None:
    assert await read_again(validated) == 1
    await validated.hear(ARCHIVED)
    assert await read_again(validated) == 0


async def test_a_corrected_import_counts_and_the_undone_one_stays_withdrawn(validated: World) -> None:
    world = validated
    await world.hear(ARCHIVED)
    fresh = state(item_id=uid("new item"), fingerprint="g1")
    await world.change(item(fresh, version=1))
    world.shop.show(evidence())
    await world.seed(seeded(fresh, evidence(), sequence=2, batch_id=AGAIN))
    assert await current(world) == ["passed"]
    assert await listed(world, batch_id=BATCH) == ["withdrawn"]
    assert await listed(world, batch_id=AGAIN) == ["passed"]


async def test_a_corrected_import_of_an_item_that_was_kept_counts_too(validated: World) -> None:
    world = validated
    await world.change(UNLINKED)
    linked = state(item_version=3, fingerprint="g1")
    world.shop.show(evidence())
    await world.seed(seeded(linked, evidence(), sequence=2, batch_id=AGAIN, outcome=SeedOutcome.LINKED))
    assert len(await current(world)) == 1
    assert await current(world) != ["withdrawn"]


async def test_a_listing_that_was_linked_again_is_not_lost_by_older_news(validated: World) -> None:
    await validated.change(item(state(item_version=3), version=3))
    await validated.change(UNLINKED)
    assert await current(validated) == ["failed"]


async def test_older_states_do_not_bring_it_back(validated: World) -> None:
    await validated.change(item(version=5))
    await validated.change(item(state(item_version=4, fingerprint="f4"), version=4))
    assert await current(validated) == []
    await validated.hear(ARCHIVED)
    await validated.change(item(state(item_version=6, fingerprint="f6"), version=6))
    assert await current(validated) == []


async def test_a_seeding_that_is_heard_after_its_undo_gets_its_verdict_and_does_not_count(
    world: World,
) -> None:
    world.shop.show(evidence(title="Another shirt"))
    await world.hear(delivery(item(state(), version=1)), ARCHIVED)
    await world.seed(seeded(seen=evidence()))
    assert await world.verdicts() == ["failed"]
    assert await current(world) == []
    assert await read_again(world) == 0


async def test_other_items_and_workspaces_keep_theirs(validated: World) -> None:
    elsewhere = removal(InventoryItem.TOPIC, str(ITEM), uid("another workspace"))
    await validated.hear(removal(InventoryItem.TOPIC, str(uid("other item")), WORKSPACE), elsewhere)
    assert await current(validated) == ["failed"]


async def test_a_kept_listing_of_the_same_item_stays(validated: World) -> None:
    world = validated
    other = state(listing_id="2002", fingerprint="o1")
    world.shop.show(evidence(listing_id="2002"))
    await world.seed(seeded(other, evidence(listing_id="2002")))
    await world.change(item(state(listing_id="2002", fingerprint="o1", item_version=2), version=2))
    assert await listed(world, batch_id=BATCH) == ["withdrawn", "passed"]
