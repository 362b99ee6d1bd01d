"""Refreshing: single flight, persisted before use, not lost to a cancellation, dead only when really dead."""

import asyncio
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

import pytest
from support.connector_fakes import FakeMarketplace, FakeStore
from support.connector_values import NOW, WORKSPACE, account, connection, grant

from truestock.chassis.delivery import Transient
from truestock.connector.domain.connections import ConnectionState
from truestock.connector.usecases.keep_access import KeepAccess
from truestock.connector.usecases.ports import Owner, Secret, Seller
from truestock.contracts.events import ConnectionReauthorizationRequired
from truestock.contracts.problem import Refusal
from truestock.marketplaces.errors import AccessExpired, AccessRevoked, Temporary


class World:
    """One connection whose token has expired."""

    def __init__(self, *, at: datetime = NOW + timedelta(hours=2)) -> None:
        self.store, self.marketplace, self.at = FakeStore(), FakeMarketplace(), at
        self.marketplace.open.set()
        known = connection()
        self.owner = Owner(WORKSPACE, known.connection_id, Seller("etsy", account_id=known.account.id))
        state = self.store.state
        state.connections[known.connection_id] = known
        state.grants[known.connection_id] = grant(known.connection_id)
        state.secrets[known.connection_id, Secret.ACCESS] = "a1"
        state.secrets[known.connection_id, Secret.REFRESH] = "r1"

    def keeper(self) -> KeepAccess:
        """One process."""
        return KeepAccess(self.store.begin, cast(Any, self.marketplace), lambda: self.at, self._pause)

    async def _pause(self, seconds: float) -> None:
        """Time passes, in which the marketplace answers whoever is asking it."""
        self.at += timedelta(seconds=seconds)
        self.marketplace.open.set()
        await self.marketplace.answered.wait()

    @property
    def connection_id(self) -> UUID:
        return self.owner.owner_id


async def test_fifty_callers_of_two_processes_make_one_request() -> None:
    world = World()
    world.marketplace.open.clear()  # until the process that does not ask has to wait
    one, two = world.keeper(), world.keeper()
    found = await asyncio.gather(*((one if n % 2 else two).fresh(world.owner) for n in range(50)))
    assert world.at > NOW + timedelta(hours=2)
    assert {access.token for access in found} == {"a2"}
    assert {access.version for access in found} == {2}
    assert world.marketplace.uses == 1
    assert world.store.state.secrets[world.connection_id, Secret.REFRESH] == "r2"


async def test_a_caller_that_gives_up_loses_no_token() -> None:
    world = World()
    world.marketplace.open.clear()
    keeper = world.keeper()
    caller = asyncio.create_task(keeper.fresh(world.owner))
    await world.marketplace.asked.wait()
    caller.cancel()
    world.marketplace.open.set()
    await keeper.drain()
    assert world.store.state.secrets[world.connection_id, Secret.REFRESH] == "r2"
    assert (await keeper.fresh(world.owner)).token == "a2"
    assert world.marketplace.uses == 1


async def test_persisting_is_tried_again_because_the_old_token_is_gone() -> None:
    world = World()
    world.store.failures = [Transient("database"), Transient("database")]
    assert (await world.keeper().fresh(world.owner)).token == "a2"
    assert world.marketplace.uses == 1


async def test_a_revoked_grant_is_a_state_and_one_event() -> None:
    world = World()
    world.marketplace.answers = [AccessRevoked("invalid_grant")]
    for _ in range(3):
        with pytest.raises(AccessRevoked):
            await world.keeper().fresh(world.owner)
    state = world.store.state
    assert state.connections[world.connection_id].state is ConnectionState.REAUTHORIZATION_REQUIRED
    assert [type(event) for event in state.events] == [ConnectionReauthorizationRequired]
    assert state.secrets == {}
    assert state.leases == set()
    assert world.marketplace.uses == 1


async def test_refused_while_another_process_rotated_is_not_dead() -> None:
    world = World()
    world.marketplace.open.clear()
    caller = asyncio.create_task(world.keeper().fresh(world.owner))
    await world.marketplace.asked.wait()
    state = world.store.state
    state.grants[world.connection_id] = state.grants[world.connection_id].renewed(
        world.at, timedelta(hours=1), None
    )
    state.secrets[world.connection_id, Secret.ACCESS] = "a2"
    world.marketplace.answers = [AccessRevoked("invalid_grant")]
    world.marketplace.open.set()
    assert (await caller).token == "a2"
    assert world.store.state.connections[world.connection_id].state is ConnectionState.ACTIVE
    assert world.store.state.events == []


async def test_no_answer_is_not_asked_for_again_at_once() -> None:
    world = World()
    world.marketplace.answers = [Temporary("503")]
    for _ in range(3):
        with pytest.raises(Refusal, match="did not renew"):
            await world.keeper().fresh(world.owner)
    assert world.marketplace.uses == 1
    world.at += timedelta(seconds=5)
    assert (await world.keeper().fresh(world.owner)).token == "a2"


async def test_a_usable_token_costs_no_request() -> None:
    world = World(at=NOW)
    assert (await world.keeper().fresh(world.owner)).token == "a1"
    assert world.marketplace.uses == 0
    assert "a1" not in repr(await world.keeper().fresh(world.owner))


async def test_new_access_is_looked_at_once_before_anybody_gets_it() -> None:
    world = World()
    keeper = world.keeper()
    found = await asyncio.gather(*(keeper.fresh(world.owner) for _ in range(20)))
    assert {access.token for access in found} == {"a2"}
    assert world.marketplace.looks == 1
    assert (await world.keeper().fresh(world.owner)).token == "a2"
    assert world.marketplace.looks == 1, "seen by one process is seen for all"


async def test_access_that_leads_to_another_account_is_handed_to_nobody() -> None:
    world = World()
    world.marketplace.leads_to = account("666", "SomebodyElse")
    with pytest.raises(AccessRevoked):
        await world.keeper().fresh(world.owner)
    state = world.store.state
    assert state.connections[world.connection_id].state is ConnectionState.REAUTHORIZATION_REQUIRED
    assert state.connections[world.connection_id].account.id == "100"
    assert state.secrets == {}
    [event] = state.events
    assert isinstance(event, ConnectionReauthorizationRequired)
    assert "leads to account 666 (SomebodyElse)" in event.reason


async def test_an_account_that_cannot_be_seen_now_is_looked_at_again_later() -> None:
    world = World()
    world.marketplace.sightings = [Temporary("503")]
    with pytest.raises(Refusal) as refused:
        await world.keeper().fresh(world.owner)
    assert refused.value.code == "marketplace_unavailable"
    world.at += timedelta(seconds=10)
    assert (await world.keeper().fresh(world.owner)).token == "a2"
    assert (world.marketplace.uses, world.marketplace.looks) == (1, 2)


async def test_new_access_that_is_always_refused_ends_with_a_person_not_in_a_loop() -> None:
    world = World(at=NOW + timedelta(hours=2))
    world.marketplace.sightings = [AccessExpired("401")] * 10
    for _ in range(10):
        world.at += timedelta(minutes=1)
        try:
            await world.keeper().fresh(world.owner)
        except AccessRevoked:
            break
        except Refusal:
            continue
    connection_now = world.store.state.connections[world.connection_id]
    assert connection_now.state is ConnectionState.REAUTHORIZATION_REQUIRED
    assert world.marketplace.looks == 4
    assert world.marketplace.uses == 1


async def test_what_was_given_up_while_the_marketplace_answered_gets_no_tokens_back() -> None:
    world = World()
    world.marketplace.open.clear()
    caller = asyncio.create_task(world.keeper().fresh(world.owner))
    await world.marketplace.asked.wait()
    state = world.store.state
    state.connections[world.connection_id] = state.connections[world.connection_id].disconnected("sold")
    state.secrets.clear()
    world.marketplace.open.set()
    with pytest.raises(AccessRevoked):
        await caller
    assert world.store.state.secrets == {}
    assert world.store.state.grants[world.connection_id].token_version == 1
    assert world.store.state.leases == set()


async def test_the_same_refresh_token_does_not_live_longer_for_having_been_used() -> None:
    world = World()
    ends = world.store.state.grants[world.connection_id].refresh_expires_at
    world.marketplace.rotates = False
    await world.keeper().fresh(world.owner)
    assert world.store.state.grants[world.connection_id].refresh_expires_at == ends
    world.marketplace.rotates = True
    world.at += timedelta(hours=2)
    await world.keeper().fresh(world.owner)
    assert world.store.state.grants[world.connection_id].refresh_expires_at == world.at + timedelta(days=90)


async def test_a_heartbeat_that_fails_is_not_the_last_one() -> None:
    world = World()
    world.marketplace.open.clear()
    world.store.lost_beats = 2
    keeper = KeepAccess(world.store.begin, cast(Any, world.marketplace), lambda: world.at, heartbeat_s=0.001)
    caller = asyncio.create_task(keeper.fresh(world.owner))
    await world.store.beaten.wait()
    world.marketplace.open.set()
    assert (await caller).token == "a2"
