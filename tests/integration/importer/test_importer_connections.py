"""Batches follow their connection: wait, go on, fail."""

from collections.abc import Callable

import pytest
from support.deliveries import delivery
from support.importer_world import World

from truestock.contracts.events import (
    BatchDecision,
    BatchKind,
    ConnectionDisconnected,
    ConnectionEvent,
    ConnectionReauthorizationRequired,
    ConnectionRestored,
    ImportBatchClosed,
    ImportBatchDecided,
)
from truestock.contracts.problem import Refusal
from truestock.importer.domain.batch import BatchState

MakeEvent = Callable[[World, int], ConnectionEvent]


def required(world: World, version: int) -> ConnectionReauthorizationRequired:
    return ConnectionReauthorizationRequired(
        **world.connection_fields(version), reason="revoked by the seller"
    )


def restored(world: World, version: int) -> ConnectionRestored:
    return ConnectionRestored(
        **world.connection_fields(version), granted_scopes=(), currency="EUR", settings_hash="h"
    )


def disconnected(world: World, version: int, *, withdraw: bool = False) -> ConnectionDisconnected:
    return ConnectionDisconnected(**world.connection_fields(version), reason="shop closed", withdraw=withdraw)


async def test_a_batch_waits_for_reauthorization_and_goes_on(world: World) -> None:
    batch_id = await world.begin_batch()
    await world.follow([delivery(required(world, 2))])
    batch = await world.batch(batch_id)
    assert (batch.state, batch.reason) == (BatchState.WAITING, "revoked by the seller")
    await world.worker.turn()
    assert world.catalogue.asked == []

    await world.follow([delivery(restored(world, 3))])
    assert await world.worker.turn()
    assert (await world.batch(batch_id)).state is BatchState.PROCESSING


async def test_a_batch_that_waits_fails_on_disconnect(world: World) -> None:
    batch_id = await world.begin_batch()
    await world.follow([delivery(required(world, 2)), delivery(disconnected(world, 3))])
    batch = await world.batch(batch_id)
    assert (batch.state, batch.reason) == (BatchState.FAILED, "disconnected: shop closed")
    closed = (await world.published())[-1]
    assert isinstance(closed, ImportBatchClosed)
    assert closed.reason == "disconnected: shop closed"
    assert not await world.worker.turn()


async def test_a_late_redelivery_never_takes_a_connection_back(world: World) -> None:
    await world.follow([delivery(required(world, 2)), delivery(restored(world, 3))])
    batch_id = await world.begin_batch()
    await world.follow([delivery(required(world, 2))])
    assert (await world.batch(batch_id)).state is BatchState.QUEUED


@pytest.mark.parametrize("event", [required, disconnected])
async def test_on_dead_access_the_connector_has_the_last_word(world: World, event: MakeEvent) -> None:
    await world.follow([delivery(event(world, 2))])
    with pytest.raises(Refusal) as caught:  # this world's connector knows no such connection
        await world.begin_batch()
    assert caught.value.code == "not_found"


async def test_an_approval_outlives_disconnect_and_reconnect_of_the_same_account(world: World) -> None:
    await world.approved_sample()
    await world.follow([delivery(disconnected(world, 2))])
    await world.connect(version=3)
    await world.begin_batch(BatchKind.BULK)
    await world.worker.turn()
    assert len(await world.imported()) == 2


async def test_withdrawing_undoes_every_batch_and_forgets_every_listing(world: World) -> None:
    sample = await world.approved_sample()
    await world.follow([delivery(disconnected(world, 2, withdraw=True))])
    assert (await world.batch(sample)).undone_by == "disconnect with withdraw"
    (event,) = await world.published()
    assert isinstance(event, ImportBatchDecided)
    assert event.decision is BatchDecision.UNDONE
    await world.connect(version=3)
    with pytest.raises(Refusal):
        await world.begin_batch(BatchKind.BULK)
    await world.begin_batch()
    await world.worker.turn()
    assert {event.sequence for event in await world.imported()} == {2}
