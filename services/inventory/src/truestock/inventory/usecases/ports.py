"""What the use cases need from outside."""

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from truestock.chassis.auth.principal import Principal
from truestock.chassis.delivery import Received
from truestock.contracts.events import Event, ListingImported
from truestock.contracts.listing import Account
from truestock.inventory.domain.counting import Count
from truestock.inventory.domain.known import Known, Mint
from truestock.inventory.domain.model import Item, Movement
from truestock.inventory.domain.policies import Policies
from truestock.inventory.domain.records import Decision, Held, JournalEntry, Proposal, Seeding, Split

R = TypeVar("R", bound=Received)


class Work(Protocol):
    """One transaction. The working sets that it reads for a change are locked until it ends.

    A working set is saved once; a large job takes one working set after another, of different items.
    """

    @property
    def mint(self) -> Mint:
        """New ids, and the one instant of this transaction."""

    @property
    def epoch(self) -> int:
        """Increased by a restore from backup."""

    async def first_sight(self, consumer: str, deliveries: Sequence[R]) -> list[R]:
        """The deliveries that this consumer has not handled yet."""

    def emit(self, event: Event, *, caused_by: Received | None = None) -> UUID:
        """Publish at commit."""

    def emit_tombstone(
        self, topic: str, key: str, *, workspace_id: UUID, caused_by: Received | None = None
    ) -> UUID:
        """Publish that a key is gone, at commit."""

    async def audit(
        self,
        who: Principal,
        action: str,
        subject: str,
        *,
        before: Any = None,
        after: Any = None,
        reason: str | None = None,
    ) -> None:
        """Write down who did what, and why."""

    async def for_imports(self, events: Sequence[ListingImported], also: Collection[UUID] = ()) -> Known:
        """The working set of a batch of imports, and other items."""

    async def for_items(
        self, workspace_id: UUID, item_ids: Collection[UUID], *, skus: Collection[str] = ()
    ) -> Known:
        """The working set of a command on items, with whoever has one of the SKUs."""

    async def save(
        self, known: Known, *, seedings: Sequence[Seeding] = (), movements: Sequence[Movement] = ()
    ) -> None:
        """Write the working set's changes, the seedings with what they open or supersede, and movements.

        Nothing is read after seedings: their rows may wait for the transaction's end.
        """

    def changed_items(self, known: Known) -> list[Item]:
        """The items of the working set that have another version than when they were loaded."""

    async def item_ids_of_variants(self, variant_ids: Collection[UUID]) -> dict[UUID, UUID]:
        """variant id → item id, for sellable variants of active items."""

    async def item_ids_of_channels(
        self, workspace_id: UUID, connections: Collection[UUID], marketplaces: Collection[str] = ()
    ) -> list[UUID]:
        """Items that these connections, or any connection of these marketplaces, list."""

    async def item_ids_of_batch(self, workspace_id: UUID, batch_id: UUID) -> list[UUID]:
        """Active items that a batch's listings led to."""

    async def policies(self, workspace_id: UUID) -> Policies:
        """The workspace's policies."""

    async def save_policies(self, workspace_id: UUID, policies: Policies) -> bool:
        """Write policies of the next revision; False when somebody else wrote that revision first."""

    async def save_connection(
        self,
        workspace_id: UUID,
        connection_id: UUID,
        account: Account,
        version: int,
        state: str,
        disconnected_at: datetime | None,
    ) -> bool:
        """Take over a connection's newest state; False when a newer one is known already."""

    async def apply_verdicts(self, lines: Sequence[tuple[UUID, str, str, bool, int]]) -> None:
        """Set push_allowed: connection id, listing id, fingerprint, allowed, the verdict's version."""

    async def journal(
        self, workspace_id: UUID, connection_id: UUID, batch_id: UUID | None
    ) -> list[JournalEntry]:
        """The journal of a batch, or of all batches of a connection, without what was undone already."""

    async def for_undo(self, workspace_id: UUID, entries: Sequence[JournalEntry]) -> Known:
        """The working set of an undo: the entries' listings, and their items."""

    async def mark_undone(self, entries: Sequence[JournalEntry]) -> None:
        """These journal lines were taken back."""

    async def undone(self, batch_id: UUID, connection_id: UUID) -> dict[str, Any] | None:
        """What an earlier undo of the batch did."""

    async def record_undone(
        self, workspace_id: UUID, connection_id: UUID, batch_id: UUID, result: dict[str, Any], by: str
    ) -> None:
        """The batch is undone: later imports of it are rejected."""

    async def save_count(self, count: Count) -> None:
        """Write a count, new or accepted."""

    async def count(self, count_id: UUID) -> Count | None:
        """A count, locked."""

    async def save_attestation(
        self, attestation_id: UUID, workspace_id: UUID, statement: str, by: str, item_ids: Sequence[UUID]
    ) -> None:
        """Write down who attested which items, in which words."""

    async def held(self, held_ids: Collection[UUID]) -> dict[UUID, Held]:
        """Held listings as they are now; settled under the lock of their channel listings."""

    async def split(self, split_id: UUID) -> Split | None:
        """A split proposal as it is now; settled under the lock of its item."""

    async def proposal(self, proposal_id: UUID) -> Proposal | None:
        """A change proposal as it is now; settled under the lock of its item."""

    async def close(
        self,
        ids: Collection[UUID],
        state: Decision,
        *,
        decision: str | None = None,
        only: Collection[Decision] = (Decision.OPEN,),
    ) -> None:
        """Move held listings, splits or proposals to another state."""


Begin = Callable[[Iterable[UUID]], AbstractAsyncContextManager[Work]]
"""Open a transaction that sees exactly these workspaces."""
