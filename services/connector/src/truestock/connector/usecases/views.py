"""What people and services are shown: reads, without any decision."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from truestock.chassis.auth.principal import Principal
from truestock.connector.domain.access import Grant
from truestock.connector.domain.attempts import Attempt, AttemptState
from truestock.connector.domain.connections import Connection
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


class Look:
    """Everything that can be read."""

    def __init__(self, begin: Begin, gateway: Gateway, now: Clock) -> None:
        self._begin = begin
        self._gateway = gateway
        self._now = now

    async def attempt(self, principal: Principal, attempt_id: UUID) -> tuple[Attempt, str | None]:
        """The attempt and, while it is started, where to send the seller."""
        async with self._begin([principal.workspace_id]) as tx:
            attempt = await tx.attempt(attempt_id)
            if attempt is None:
                raise not_found("attempt", attempt_id)
            return attempt, await self._url(tx, attempt)

    async def attempts(self, principal: Principal, state: str | None) -> list[tuple[Attempt, str | None]]:
        """The newest hundred."""
        async with self._begin([principal.workspace_id]) as tx:
            return [(attempt, await self._url(tx, attempt)) for attempt in await tx.attempts(state)]

    async def connection(self, principal: Principal, connection_id: UUID) -> tuple[Connection, Grant | None]:
        """The connection and what is known about its tokens."""
        async with self._begin([principal.workspace_id]) as tx:
            connection = await tx.connection(connection_id)
            if connection is None:
                raise not_found("connection", connection_id)
            return connection, await tx.grant(connection_id)

    async def connections(self, principal: Principal) -> list[tuple[Connection, Grant | None]]:
        """All of the workspace."""
        async with self._begin([principal.workspace_id]) as tx:
            return [(one, await tx.grant(one.connection_id)) for one in await tx.connections()]

    async def trail(self, principal: Principal, connection_id: UUID) -> list[dict[str, Any]]:
        """Who did what to the connection, oldest first."""
        async with self._begin([principal.workspace_id]) as tx:
            if await tx.connection(connection_id) is None:
                raise not_found("connection", connection_id)
            return await tx.trail(connection_id)

    async def marketplaces(self, principal: Principal) -> list[MarketplaceView]:
        """What is served, in the workspace's order of priority."""
        async with self._begin([principal.workspace_id]) as tx:
            priority = (await tx.policy(principal.workspace_id)).priority or self._gateway.served()
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

    async def _url(self, tx: Unit, attempt: Attempt) -> str | None:
        if attempt.state is not AttemptState.STARTED or not attempt.under_way(self._now()):
            return None
        state = await tx.unseal(attempt.attempt_id, Secret.STATE)
        verifier = await tx.unseal(attempt.attempt_id, Secret.VERIFIER)
        if state is None or verifier is None:
            return None
        return self._gateway.authorization_url(attempt.marketplace, state=state, verifier=verifier)
