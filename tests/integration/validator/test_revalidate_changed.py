"""validator.revalidate-changed: an edit is validated by itself, exactly once, and nothing else is."""

import asyncio
from typing import Any
from uuid import UUID

from support.deliveries import delivery
from support.validator_values import (
    ACCOUNT,
    BATCH,
    CONNECTION,
    NOW,
    WORKSPACE,
    evidence,
    item,
    seeded,
    sellable,
    state,
    uid,
    variant,
)
from support.validator_world import World

from truestock.contracts.events import ConnectionDisconnected, SyncState
from truestock.contracts.listing import Account
from truestock.contracts.values import Marketplace
from truestock.validator.usecases.follow_connections import FollowConnections


def edited(version: int = 2, available: int = 4, **more: Any) -> SyncState:
    return state(variant(available=available), item_version=version, fingerprint=f"f{version}", **more)


async def test_an_edit_is_validated_once_for_the_batch_of_its_seeding(world: World) -> None:
    world.shop.show(evidence())
    await world.seed(seeded())
    once = delivery(item(edited()))
    await world.revalidate_changed([once])
    await world.revalidate_changed([once])
    first, second = await world.announced()
    assert (second.batch_id, second.version, second.fingerprint) == (BATCH, first.version + 1, "f2")
    assert str(second.verdict) == "passed_with_warnings"
    assert [str(finding.finding_class) for finding in second.findings] == ["pending_publish"]
    assert world.shop.reads == {"1001": 2}


async def test_correcting_the_record_cures_drift(world: World) -> None:
    world.shop.show(evidence(sellable(quantity=4)))
    await world.seed(seeded(seen=evidence()))
    assert await world.verdicts() == ["failed"]
    await world.change(item(edited()))
    assert await world.verdicts() == ["failed", "passed"]
    assert await world.report(BATCH) == []


async def test_the_same_fingerprint_is_not_validated_again(world: World) -> None:
    world.shop.show(evidence())
    await world.seed(seeded())
    await world.change(item(state(item_version=2)))
    await world.change(item(state(item_version=3)))
    assert world.shop.reads == {"1001": 1}
    assert await world.verdicts() == ["passed"]


async def test_older_states_are_ignored_and_a_restored_epoch_is_not(world: World) -> None:
    world.shop.show(evidence())
    await world.seed(seeded())
    await world.change(item(edited(5)))
    await world.change(item(edited(3)))
    assert len(await world.verdicts()) == 2
    await world.change(item(edited(3), epoch=2))
    assert [event.fingerprint for event in await world.announced()] == ["f1", "f5", "f3"]


async def test_several_edits_in_one_batch_are_validated_as_the_newest(world: World) -> None:
    world.shop.show(evidence())
    await world.seed(seeded())
    await world.change(item(edited(2)), item(edited(3)), item(edited(4, available=5)))
    assert [event.fingerprint for event in await world.announced()] == ["f1", "f4"]


async def test_an_item_that_was_never_seeded_here_is_remembered_only(world: World) -> None:
    await world.change(item(edited()))
    assert (world.shop.reads, await world.verdicts()) == ({}, [])


async def test_an_edit_that_overtook_its_seeding_is_validated_with_it_and_not_again(world: World) -> None:
    world.shop.show(evidence())
    change = item(edited())
    await world.change(change)
    await world.seed(seeded())
    await world.change(change)
    assert [event.fingerprint for event in await world.announced()] == ["f2"]


async def test_seeding_and_editing_at_the_same_time_lose_nothing_and_repeat_nothing(world: World) -> None:
    ids = [f"L{number}" for number in range(40)]
    world.shop.show(*(evidence(listing_id=one) for one in ids))
    seedings = [seeded(state(listing_id=one, item_id=uid(one)), evidence(listing_id=one)) for one in ids]
    edits = [item(edited(listing_id=one, item_id=uid(one))) for one in reversed(ids)]
    await asyncio.gather(world.seed(*seedings), world.change(*edits))
    await world.change(*edits)
    announced = await world.announced()
    newest = {event.listing_id: event.fingerprint for event in announced}
    assert newest == dict.fromkeys(ids, "f2")
    assert len({(event.listing_id, event.fingerprint) for event in announced}) == len(announced)
    rows = await world.inspect.fetch("SELECT DISTINCT validated_fingerprint FROM subjects")
    assert [row[0] for row in rows] == ["f2"]


async def test_behind_a_disconnected_account_nothing_is_validated(world: World) -> None:
    world.shop.show(evidence())
    await world.seed(seeded())
    forgotten: list[UUID] = []
    follow = FollowConnections(world.begin, forgotten.append)
    gone = ConnectionDisconnected(
        workspace_id=WORKSPACE,
        occurred_at=NOW,
        correlation_id=uid("request"),
        connection_id=CONNECTION,
        account=Account(marketplace=Marketplace.ETSY, id=ACCOUNT, name="Shop"),
        version=2,
        reason="closed",
    )
    await follow([delivery(gone)])
    await world.change(item(edited()))
    assert (forgotten, await world.verdicts()) == ([CONNECTION], ["passed"])


async def test_another_items_first_state_waits_for_its_own_seeding(world: World) -> None:
    world.shop.show(evidence())
    await world.seed(seeded())
    again = state(item_id=uid("new item"), fingerprint="g1")
    await world.change(item(again, version=1))
    assert await world.verdicts() == ["passed"]
    await world.seed(seeded(again, sequence=2, batch_id=uid("second")))
    assert [event.item_id for event in await world.announced()] == [state().item_id, uid("new item")]
