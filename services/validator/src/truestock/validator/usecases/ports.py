"""What the use cases need from the outside."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from msgspec import Struct

from truestock.chassis.delivery import Delivery, Received
from truestock.contracts.events import Event, Finding, SyncValidated
from truestock.validator.domain.following import ItemKey, Key, Subject
from truestock.validator.domain.model import LiveRead, Policies

R = TypeVar("R", bound=Received)
E = TypeVar("E", bound=Event)
Clock = Callable[[], datetime]


class Target(Struct, frozen=True):
    """One listing to read live; ``traceparent`` is where its trace goes on."""

    key: Key
    marketplace: str
    account_id: str
    traceparent: str | None = None
    tracestate: str | None = None


class VerdictRecord(Struct, frozen=True):
    """A verdict as it is kept: the event that announces it, and what reports show beside it."""

    event: SyncValidated
    title: str
    validated_at: datetime

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Worst first."""
        return self.event.findings


class ReadLive(Protocol):
    """Reads listings from their marketplaces. Every target is answered, an unreadable one as such."""

    async def __call__(self, targets: Sequence[Target]) -> Mapping[Key, LiveRead]:
        """Raises Transient only when our own connector cannot be reached."""
        ...


class ReachPhotos(Protocol):
    """Asks whether photos answer; an address that could not be asked in time is left out."""

    async def __call__(self, urls: Iterable[str]) -> Mapping[str, bool]:
        """Never raises."""
        ...


class Work(Protocol):
    """One transaction of the validator."""

    async def first_sight(self, consumer: str, deliveries: Sequence[R]) -> list[R]:
        """As the chassis' transaction."""
        ...

    def emit(self, event: Event, *, caused_by: Delivery[Any] | None = None) -> UUID:
        """As the chassis' transaction."""
        ...

    async def lock_subjects(self, keys: Collection[Key], *, whole: bool = True) -> dict[Key, Subject]:
        """What is known about these listings, locked; without ``whole`` their state is left out (None)."""
        ...

    async def load_states(self, subjects: Collection[Subject]) -> dict[Key, Subject]:
        """The same subjects with their stored state."""
        ...

    async def listings_of(self, items: Collection[ItemKey]) -> dict[Key, UUID]:
        """The listings that are known to belong to these items, each with its item; not locked."""
        ...

    async def add_subjects(self, subjects: Collection[Subject]) -> frozenset[Key]:
        """Store listings that were not known; returns those that another process stored meanwhile."""
        ...

    async def save_subjects(self, subjects: Collection[Subject]) -> None:
        """Store locked listings; one without a state keeps the stored one."""
        ...

    async def save_verdicts(self, records: Collection[VerdictRecord]) -> None:
        """Replace the verdict that each batch has on each listing, with its findings."""
        ...

    async def policies(self) -> dict[UUID, Policies]:
        """The tolerances of the transaction's workspaces that set any."""
        ...

    async def disconnected(self) -> frozenset[UUID]:
        """The disconnected connections of the transaction's workspaces."""
        ...


class Begin(Protocol):
    """Opens a transaction that sees exactly these workspaces and commits on leaving."""

    def __call__(self, workspaces: Iterable[UUID]) -> AbstractAsyncContextManager[Work]:
        """One transaction."""
        ...
