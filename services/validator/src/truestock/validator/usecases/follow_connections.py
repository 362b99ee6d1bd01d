"""Follow which connections there are: nothing is re-validated behind a disconnected one."""

from collections.abc import Collection, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from msgspec import Struct

from truestock.chassis.delivery import Delivery
from truestock.contracts.events import (
    ConnectionConfirmed,
    ConnectionDisconnected,
    ConnectionEvent,
    ConnectionReauthorizationRequired,
    ConnectionRestored,
)
from truestock.validator.usecases.ports import E


class ConnectionState(StrEnum):
    """As far as reading goes."""

    ACTIVE = "active"
    REAUTHORIZATION_REQUIRED = "reauthorization_required"
    DISCONNECTED = "disconnected"


class FollowedConnection(Struct, frozen=True):
    """What the connector said last; ``version`` fences older news."""

    workspace_id: UUID
    connection_id: UUID
    marketplace: str
    account_id: str
    state: ConnectionState
    reason: str | None
    version: int


class ConnectionWork(Protocol):
    """The transaction that this use case needs."""

    async def first_sight(self, consumer: str, deliveries: Sequence[Delivery[E]]) -> list[Delivery[E]]:
        """As the chassis' transaction."""
        ...

    async def save_connections(self, connections: Collection[FollowedConnection]) -> None:
        """Store them, unless a newer version is known."""
        ...


class BeginConnections(Protocol):
    """Opens a transaction that sees exactly these workspaces."""

    def __call__(self, workspaces: Iterable[UUID]) -> AbstractAsyncContextManager[ConnectionWork]:
        """One transaction."""
        ...


class ForgetAccess(Protocol):
    """Drops access tokens that are kept in memory."""

    def __call__(self, connection_id: UUID, /) -> None:
        """A connection whose access changed."""
        ...


class FollowConnections:
    """Remember the newest state of each connection, and forget its cached access."""

    consumer = "validator.follow-connections"

    def __init__(self, begin: BeginConnections, forget_access: ForgetAccess) -> None:
        self._begin = begin
        self._forget_access = forget_access

    async def __call__(self, deliveries: Sequence[Delivery[ConnectionEvent]]) -> None:
        """The last word per connection wins."""
        for delivery in deliveries:
            self._forget_access(delivery.event.connection_id)
        async with self._begin({delivery.event.workspace_id for delivery in deliveries}) as work:
            newest: dict[UUID, FollowedConnection] = {}
            for delivery in await work.first_sight(self.consumer, deliveries):
                followed = follow(delivery.event)
                known = newest.get(followed.connection_id)
                if known is None or followed.version > known.version:
                    newest[followed.connection_id] = followed
            if newest:
                await work.save_connections([newest[key] for key in sorted(newest)])


def follow(event: ConnectionEvent) -> FollowedConnection:
    """The state that an event announces."""
    state, reason = ConnectionState.ACTIVE, None
    if isinstance(event, ConnectionDisconnected):
        state, reason = ConnectionState.DISCONNECTED, event.reason
    elif isinstance(event, ConnectionReauthorizationRequired):
        state, reason = ConnectionState.REAUTHORIZATION_REQUIRED, event.reason
    elif not isinstance(event, ConnectionConfirmed | ConnectionRestored):
        raise TypeError(f"{type(event).__name__} is not followed")
    return FollowedConnection(
        event.workspace_id,
        event.connection_id,
        str(event.account.marketplace),
        event.account.id,
        state,
        reason,
        event.version,
    )
