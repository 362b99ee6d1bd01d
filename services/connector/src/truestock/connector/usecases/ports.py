"""What the use cases need from the outside, as small Protocols."""

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from truestock.chassis.auth.principal import Principal
from truestock.chassis.delivery import Delivery
from truestock.connector.custody import Place
from truestock.connector.domain.access import Grant
from truestock.connector.domain.attempts import Attempt, Review
from truestock.connector.domain.connections import Connection
from truestock.contracts.events import Event, ImportBatchDecided

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Policy:
    """A workspace's policies; revision 0 means that nobody has set them."""

    priority: tuple[str, ...]
    revision: int


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a token endpoint answered. Never printed."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    access_for: timedelta
    refresh_for: timedelta | None


class Secret:
    """The fields under which secrets are sealed."""

    STATE = "state"
    VERIFIER = "verifier"
    ACCESS = "access_token"
    REFRESH = "refresh_token"


class Held(Protocol):
    """A refresh lease that was granted; a former holder's has a lower fence."""

    @property
    def fence(self) -> int: ...


class Gateway(Protocol):
    """The marketplaces. Raises the classes of :mod:`truestock.marketplaces.errors`."""

    def served(self) -> tuple[str, ...]: ...
    def required_scopes(self, marketplace: str) -> tuple[str, ...]: ...
    def missing_scopes(self, marketplace: str, granted: Collection[str]) -> tuple[str, ...]: ...
    def authorization_url(self, marketplace: str, *, state: str, verifier: str) -> str: ...
    async def exchange(self, marketplace: str, *, code: str, verifier: str) -> Tokens: ...
    async def refresh(self, marketplace: str, refresh_token: str) -> Tokens: ...
    async def revoke(self, marketplace: str, refresh_token: str) -> bool: ...
    async def granted_scopes(self, marketplace: str, access_token: str) -> tuple[str, ...]: ...
    async def review(
        self, marketplace: str, access_token: str, granted_scopes: tuple[str, ...]
    ) -> Review: ...


class Unit(Protocol):
    """One transaction of one workspace, or of the workspaces of a batch of events."""

    async def lock_workspace(self, workspace_id: UUID) -> Policy: ...
    async def policy(self, workspace_id: UUID) -> Policy: ...
    async def save_policy(self, workspace_id: UUID, policy: Policy) -> None: ...

    async def attempt(self, attempt_id: UUID, *, lock: bool = False) -> Attempt | None: ...
    async def attempts(self, state: str | None, connection_id: UUID | None = None) -> list[Attempt]: ...
    async def connecting(self) -> Attempt | None: ...
    async def save_attempt(self, attempt: Attempt) -> None: ...
    async def remember_state(self, state_hash: bytes, attempt: Attempt) -> None: ...

    async def connection(self, connection_id: UUID, *, lock: bool = False) -> Connection | None: ...
    async def connection_of(self, marketplace: str, account_id: str) -> Connection | None: ...
    async def connections(self) -> list[Connection]: ...
    async def save_connection(self, connection: Connection) -> None: ...
    async def claim_account(self, connection: Connection) -> bool: ...
    async def release_account(self, connection: Connection) -> None: ...

    async def grant(self, owner_id: UUID) -> Grant | None: ...
    async def save_grant(self, grant: Grant, *, replacing: int | None) -> bool: ...
    async def retire_grant(self, owner_id: UUID) -> None: ...
    async def take_lease(self, owner_id: UUID) -> "Held | None": ...
    async def release_lease(self, held: "Held") -> None: ...

    async def seal(self, place: Place, secret: str) -> None: ...
    async def unseal(self, owner_id: UUID, field: str) -> str | None: ...
    async def erase(self, owner_id: UUID) -> None: ...

    def emit(self, event: Event) -> None: ...
    async def first_sight(
        self, consumer: str, deliveries: Sequence[Delivery[ImportBatchDecided]]
    ) -> list[Delivery[ImportBatchDecided]]: ...
    async def audit(
        self,
        principal: Principal,
        action: str,
        subject: UUID,
        *,
        before: Any = None,
        after: Any = None,
        reason: str | None = None,
    ) -> None: ...
    async def trail(self, subject: UUID) -> list[dict[str, Any]]: ...


class Begin(Protocol):
    """Open a transaction that sees these workspaces; it commits on leaving."""

    def __call__(self, workspaces: Iterable[UUID]) -> AbstractAsyncContextManager[Unit]: ...


@dataclass(frozen=True, slots=True)
class StateOf:
    """What a one-time OAuth state was bound to."""

    attempt_id: UUID
    workspace_id: UUID
    marketplace: str


class SystemStore(Protocol):
    """What works across workspaces, on narrow columns only."""

    async def take_state(self, state_hash: bytes) -> StateOf | None: ...
    async def overdue_attempts(self, now: datetime) -> list[tuple[UUID, UUID]]: ...
    async def due_grants(self, now: datetime) -> list[tuple[UUID, UUID]]: ...
    async def rewrap(self) -> int: ...


def system_principal(workspace_id: UUID) -> Principal:
    """Who the audit names when no person acted: a clock or a marketplace did."""
    return Principal("truestock-connector", "Truestock", frozenset(), workspace_id, is_service=True)
