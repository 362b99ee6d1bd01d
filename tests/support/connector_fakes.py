"""A connector in memory: transactions that commit or roll back, and a marketplace with rotating tokens."""

import asyncio
import copy
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from support.connector_values import account

from truestock.chassis.delivery import Transient
from truestock.connector.custody import Place
from truestock.connector.domain.access import Grant
from truestock.connector.domain.attempts import Attempt
from truestock.connector.domain.connections import Connection
from truestock.connector.usecases.ports import Seller
from truestock.contracts.events import Event
from truestock.contracts.listing import Account
from truestock.marketplaces.authorization import TokenAnswer
from truestock.marketplaces.errors import AccessRevoked, MarketplaceError


@dataclass
class State:
    """What is committed."""

    connections: dict[UUID, Connection] = field(default_factory=dict)
    attempts: dict[UUID, Attempt] = field(default_factory=dict)
    grants: dict[UUID, Grant] = field(default_factory=dict)
    secrets: dict[tuple[UUID, str], str] = field(default_factory=dict)
    leases: set[UUID] = field(default_factory=set)
    events: list[Event] = field(default_factory=list)
    audit: list[tuple[str, str | None]] = field(default_factory=list)


@dataclass(frozen=True)
class FakeLease:
    """A lease in memory."""

    owner_id: UUID
    fence: int = 1


class FakeUnit:
    """The part of a unit that refreshing needs."""

    def __init__(self, state: State, heartbeat: Callable[[], None] = lambda: None) -> None:
        self.state = state
        self.heartbeat = heartbeat

    async def attempt(self, attempt_id: UUID, *, lock: bool = False) -> Attempt | None:
        return self.state.attempts.get(attempt_id)

    async def save_attempt(self, attempt: Attempt) -> None:
        self.state.attempts[attempt.attempt_id] = attempt

    async def connection(self, connection_id: UUID, *, lock: bool = False) -> Connection | None:
        return self.state.connections.get(connection_id)

    async def save_connection(self, connection: Connection) -> None:
        self.state.connections[connection.connection_id] = connection

    async def grant(self, owner_id: UUID) -> Grant | None:
        return self.state.grants.get(owner_id)

    async def save_grant(self, grant: Grant, *, replacing: int | None) -> bool:
        known = self.state.grants.get(grant.owner_id)
        if (known.token_version if known else None) != replacing:
            return False
        self.state.grants[grant.owner_id] = grant
        return True

    async def retire_grant(self, owner_id: UUID) -> None:
        """Nothing refreshes it any more."""

    async def take_lease(self, owner_id: UUID) -> FakeLease | None:
        if owner_id in self.state.leases:
            return None
        self.state.leases.add(owner_id)
        return FakeLease(owner_id)

    async def renew_lease(self, held: FakeLease) -> bool:
        self.heartbeat()
        return held.owner_id in self.state.leases

    async def release_lease(self, held: FakeLease) -> None:
        self.state.leases.discard(held.owner_id)

    async def seal(self, place: Place, secret: str) -> None:
        self.state.secrets[place.owner_id, place.field] = secret

    async def unseal(self, owner_id: UUID, field: str, version: int | None = None) -> str | None:
        return self.state.secrets.get((owner_id, field))

    async def erase(self, owner_id: UUID) -> None:
        for key in [key for key in self.state.secrets if key[0] == owner_id]:
            del self.state.secrets[key]

    def emit(self, event: Event) -> None:
        self.state.events.append(event)

    async def audit(self, principal: Any, action: str, subject: UUID, **more: Any) -> None:
        self.state.audit.append((action, more.get("reason")))


class FakeStore:
    """Begins transactions one after another; an error rolls back. ``failures`` are raised at commits.

    ``lost_beats``: so many heartbeats fail first; ``beaten`` is set by the first that succeeds.
    """

    def __init__(self) -> None:
        self.state = State()
        self.failures: list[Exception] = []
        self.lost_beats = 0
        self.beaten = asyncio.Event()
        self._lock = asyncio.Lock()

    def _beat(self) -> None:
        if self.lost_beats > 0:
            self.lost_beats -= 1
            raise Transient("database")
        self.beaten.set()

    @asynccontextmanager
    async def begin(self, workspaces: Iterable[UUID]) -> AsyncIterator[Any]:
        async with self._lock:
            draft = copy.deepcopy(self.state)
            yield FakeUnit(draft, self._beat)
            if self.failures and draft.grants != self.state.grants:
                raise self.failures.pop(0)
            self.state = draft


@dataclass
class FakeMarketplace:
    """Rotates refresh tokens (unless ``rotates`` is off); ``answers`` are raised instead, in turn.

    ``open`` holds answers back; ``asked`` and ``answered`` are set by the first request and by its answer.
    """

    refresh_token: str = "r1"
    rotates: bool = True
    uses: int = 0
    answers: list[MarketplaceError] = field(default_factory=list)
    leads_to: Account = field(default_factory=account)
    sightings: list[MarketplaceError] = field(default_factory=list)
    looks: int = 0
    open: asyncio.Event = field(default_factory=asyncio.Event)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    answered: asyncio.Event = field(default_factory=asyncio.Event)

    async def account(self, seller: Seller, access_token: str) -> Account:
        self.looks += 1
        if self.sightings:
            raise self.sightings.pop(0)
        return self.leads_to

    async def refresh(self, seller: Seller, refresh_token: str) -> TokenAnswer:
        self.uses += 1
        self.asked.set()
        await self.open.wait()
        self.answered.set()
        if self.answers:
            raise self.answers.pop(0)
        if refresh_token != self.refresh_token:
            raise AccessRevoked("invalid_grant")
        if self.rotates:
            self.refresh_token = f"r{int(refresh_token[1:]) + 1}"
        access = f"a{self.refresh_token[1:]}"
        return TokenAnswer(access, self.refresh_token, timedelta(hours=1), timedelta(days=90))
