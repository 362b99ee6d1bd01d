"""What people and services are shown: reads, without any decision."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from truestock.chassis.auth.principal import Principal
from truestock.connector.domain.access import Grant
from truestock.connector.domain.attempts import Attempt, AttemptState
from truestock.connector.domain.connections import Connection, ConnectionState
from truestock.connector.domain.deadlines import Deadline, Vendor, deadlines
from truestock.connector.domain.sequence import next_marketplace
from truestock.connector.usecases.ports import Begin, Clock, Gateway, Secret, Unit
from truestock.contracts.problem import not_found


@dataclass(frozen=True, slots=True)
class MarketplaceView:
    """One marketplace, as this workspace stands with it."""

    marketplace: str
    required_scopes: tuple[str, ...]
    connections: int
    is_next: bool


@dataclass(frozen=True, slots=True)
class SeenConnection:
    """A connection, its grant, and the days on which it ends (with the whole days left, nearest first)."""

    connection: Connection
    grant: Grant | None
    deadlines: tuple[tuple[Deadline, int], ...]


class Look:
    """Everything that can be read."""

    def __init__(self, begin: Begin, gateway: Gateway, vendors: Mapping[str, Vendor], now: Clock) -> None:
        self._begin = begin
        self._gateway = gateway
        self._vendors = vendors
        self._now = now

    async def attempt(self, principal: Principal, attempt_id: UUID) -> tuple[Attempt, str | None]:
        """The attempt and, while it is started, the ticket of the link that leads to the marketplace."""
        async with self._begin([principal.workspace_id]) as tx:
            attempt = await tx.attempt(attempt_id)
            if attempt is None:
                raise not_found("attempt", attempt_id)
            return attempt, await self._ticket(tx, attempt)

    async def attempts(self, principal: Principal, state: str | None) -> list[tuple[Attempt, str | None]]:
        """The newest hundred."""
        async with self._begin([principal.workspace_id]) as tx:
            return [(attempt, await self._ticket(tx, attempt)) for attempt in await tx.attempts(state)]

    async def connection(self, principal: Principal, connection_id: UUID) -> SeenConnection:
        """The connection and what is known about its access."""
        async with self._begin([principal.workspace_id]) as tx:
            connection = await tx.connection(connection_id)
            if connection is None:
                raise not_found("connection", connection_id)
            return self._seen(connection, await tx.grant(connection_id))

    async def connections(self, principal: Principal) -> list[SeenConnection]:
        """All of the workspace."""
        async with self._begin([principal.workspace_id]) as tx:
            return [self._seen(one, await tx.grant(one.connection_id)) for one in await tx.connections()]

    def _seen(self, connection: Connection, grant: Grant | None) -> SeenConnection:
        if grant is None or connection.state is not ConnectionState.ACTIVE:
            return SeenConnection(connection, grant, ())
        now, vendor = self._now(), self._vendors.get(connection.marketplace, Vendor())
        ends = tuple((one, one.days_left(now)) for one in deadlines(grant, vendor))
        return SeenConnection(connection, grant, ends)

    async def attempt_trail(
        self, principal: Principal, attempt_id: UUID, after: int, limit: int
    ) -> list[dict[str, Any]]:
        """Who did what to the attempt, oldest first; also why its start went past a guard (rules 1, 2)."""
        async with self._begin([principal.workspace_id]) as tx:
            if await tx.attempt(attempt_id) is None:
                raise not_found("attempt", attempt_id)
            return await tx.trail(attempt_id, after, limit)

    async def connection_trail(
        self, principal: Principal, connection_id: UUID, after: int, limit: int
    ) -> list[dict[str, Any]]:
        """Who did what to the connection, oldest first."""
        async with self._begin([principal.workspace_id]) as tx:
            if await tx.connection(connection_id) is None:
                raise not_found("connection", connection_id)
            return await tx.trail(connection_id, after, limit)

    async def marketplaces(self, principal: Principal) -> list[MarketplaceView]:
        """What is served, in the workspace's order of priority; without one nothing is next."""
        async with self._begin([principal.workspace_id]) as tx:
            priority = (await tx.policy(principal.workspace_id)).priority
            connections = await tx.connections()
        following = next_marketplace(priority, connections)
        served = [one for one in priority if one in self._gateway.served()]
        served += [one for one in self._gateway.served() if one not in served]
        return [
            MarketplaceView(
                marketplace=one,
                required_scopes=self._gateway.required_scopes(one),
                connections=sum(
                    connection.marketplace == one and connection.state.value != "disconnected"
                    for connection in connections
                ),
                is_next=one == following,
            )
            for one in served
        ]

    async def _ticket(self, tx: Unit, attempt: Attempt) -> str | None:
        if attempt.state is not AttemptState.STARTED or not attempt.under_way(self._now()):
            return None
        return await tx.unseal(attempt.attempt_id, Secret.TICKET)
