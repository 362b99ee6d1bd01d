"""One transaction of inventory: what the use cases call, put together from loading and saving."""

from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import text

from truestock.chassis import audit
from truestock.chassis.auth.principal import Principal
from truestock.chassis.delivery import Received
from truestock.chassis.ids import new_id
from truestock.chassis.statements import write
from truestock.chassis.transaction import Database, Transaction
from truestock.contracts.events import Event, ListingImported
from truestock.contracts.listing import Account
from truestock.inventory.domain.counting import Count
from truestock.inventory.domain.known import Known, Mint
from truestock.inventory.domain.model import ChannelListing, Item, ListingKey, Movement
from truestock.inventory.domain.policies import Policies
from truestock.inventory.domain.records import Decision, Held, JournalEntry, Proposal, Seeding, Split
from truestock.inventory.store import (
    counts,
    decisions,
    finding,
    loading,
    saving,
    settings_of_workspace,
    undoing,
    verdicts,
)

R = TypeVar("R", bound=Received)


class Store:
    """Opens transactions; the epoch is read once per process (a restore restarts the processes)."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._epoch: int | None = None

    @asynccontextmanager
    async def begin(self, workspaces: Iterable[UUID]) -> AsyncIterator["StoreWork"]:
        """A transaction that sees exactly these workspaces and commits on leaving."""
        async with self._database.begin(workspaces) as tx:
            if self._epoch is None:
                self._epoch = (await tx.connection.execute(text("SELECT epoch FROM epoch"))).scalar_one()
            yield StoreWork(tx, self._epoch)


class StoreWork:
    """See :class:`truestock.inventory.usecases.ports.Work`."""

    def __init__(self, tx: Transaction, epoch: int) -> None:
        self._tx = tx
        self.connection = tx.connection
        self.epoch = epoch
        self.mint = Mint(new_id, datetime.now(UTC))
        self._items: dict[UUID, Item] = {}
        self._listings: dict[ListingKey, ChannelListing] = {}

    async def first_sight(self, consumer: str, deliveries: Sequence[R]) -> list[R]:
        """The deliveries that this consumer has not handled yet."""
        return await self._tx.first_sight(consumer, deliveries)

    def emit(self, event: Event, *, caused_by: Received | None = None) -> UUID:
        """Publish at commit."""
        return self._tx.emit(event, caused_by=caused_by)

    def emit_tombstone(
        self, topic: str, key: str, *, workspace_id: UUID, caused_by: Received | None = None
    ) -> UUID:
        """Publish that a key is gone, at commit."""
        return self._tx.emit_tombstone(topic, key, workspace_id=workspace_id, caused_by=caused_by)

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
        await audit.record(self._tx, who, action, subject, before=before, after=after, reason=reason)

    async def for_imports(self, events: Sequence[ListingImported], also: Collection[UUID] = ()) -> Known:
        """The working set of a batch of imports, and other items."""
        return self._remember(await loading.for_imports(self.connection, events, also))

    async def for_items(
        self, workspace_id: UUID, item_ids: Collection[UUID], *, skus: Collection[str] = ()
    ) -> Known:
        """The working set of a command on items, with whoever has one of the SKUs."""
        return self._remember(await loading.for_items(self.connection, workspace_id, item_ids, skus))

    async def save(
        self, known: Known, *, seedings: Sequence[Seeding] = (), movements: Sequence[Movement] = ()
    ) -> None:
        """Write the working set's changes, the seedings with what they open or supersede, and movements.

        Nothing is read after seedings: what needs no other statement is written at the transaction's end.
        """
        lines = [*movements, *(line for seeding in seedings for line in seeding.movements)]
        writes = [
            *saving.items(known.items.values(), self._items),
            *saving.listings(known.listings.values(), self._listings),
            *saving.movements(lines),
            *saving.journal(seedings, [new_id() for _ in seedings], self.mint.now),
        ]
        if not seedings:
            await write(self.connection, writes)
            return
        await self._tx.write_last(writes)
        superseded = {each for seeding in seedings for each in seeding.effects.superseded}
        if superseded or any(seeding.held or seeding.split or seeding.proposal for seeding in seedings):
            await self._tx.flush()  # they refer to the rows above
        await decisions.close(self.connection, superseded, Decision.SUPERSEDED)
        await decisions.add_held(self.connection, [s.held for s in seedings if s.held])
        await decisions.add_splits(self.connection, [s.split for s in seedings if s.split])
        await decisions.add_proposals(self.connection, [s.proposal for s in seedings if s.proposal])

    def changed_items(self, known: Known) -> list[Item]:
        """The items of the working set that have another version than when they were loaded."""
        old = {item_id: item.version for item_id, item in self._items.items()}
        return [item for item in known.items.values() if item.version != old.get(item.item_id)]

    async def item_ids_of_variants(self, variant_ids: Collection[UUID]) -> dict[UUID, UUID]:
        """variant id → item id, for sellable variants of active items."""
        return await finding.item_ids_of_variants(self.connection, variant_ids)

    async def item_ids_of_channels(
        self, workspace_id: UUID, connections: Collection[UUID], marketplaces: Collection[str] = ()
    ) -> list[UUID]:
        """Items that these connections, or any connection of these marketplaces, list."""
        return await finding.item_ids_of_channels(self.connection, workspace_id, connections, marketplaces)

    async def item_ids_of_batch(self, workspace_id: UUID, batch_id: UUID) -> list[UUID]:
        """Active items that a batch's listings led to."""
        return await finding.item_ids_of_batch(self.connection, workspace_id, batch_id)

    async def policies(self, workspace_id: UUID) -> Policies:
        """The workspace's policies."""
        return await loading.policies(self.connection, workspace_id)

    async def save_policies(self, workspace_id: UUID, policies: Policies) -> bool:
        """Write policies of the next revision; False when somebody else wrote that revision first."""
        return await settings_of_workspace.save_policies(self.connection, workspace_id, policies)

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
        return await settings_of_workspace.save_connection(
            self.connection, workspace_id, connection_id, account, version, state, disconnected_at
        )

    async def apply_verdicts(self, lines: Sequence[verdicts.VerdictLine]) -> None:
        """Set push_allowed for the fingerprints that listings have now."""
        await verdicts.apply(self.connection, lines)

    async def journal(
        self, workspace_id: UUID, connection_id: UUID, batch_id: UUID | None
    ) -> list[JournalEntry]:
        """The journal of a batch, or of all batches of a connection, without what was undone already."""
        return await undoing.entries(self.connection, workspace_id, connection_id, batch_id)

    async def for_undo(self, workspace_id: UUID, entries: Sequence[JournalEntry]) -> Known:
        """The working set of an undo: the entries' listings, and their items."""
        return self._remember(await loading.for_undo(self.connection, workspace_id, entries))

    async def mark_undone(self, entries: Sequence[JournalEntry]) -> None:
        """These journal lines were taken back."""
        await undoing.mark(self.connection, [entry.seeding_id for entry in entries], self.mint.now)

    async def undone(self, batch_id: UUID, connection_id: UUID) -> dict[str, Any] | None:
        """What an earlier undo of the batch did."""
        return await undoing.recorded(self.connection, batch_id, connection_id)

    async def record_undone(
        self, workspace_id: UUID, connection_id: UUID, batch_id: UUID, result: dict[str, Any], by: str
    ) -> None:
        """The batch is undone: later imports of it are rejected."""
        await undoing.record(
            self.connection, workspace_id, connection_id, batch_id, result, self.mint.now, by
        )

    async def save_count(self, count: Count) -> None:
        """Write a count, new or accepted."""
        await counts.save(self.connection, count)

    async def count(self, count_id: UUID) -> Count | None:
        """A count, locked."""
        return await counts.load(self.connection, count_id)

    async def save_attestation(
        self, attestation_id: UUID, workspace_id: UUID, statement: str, by: str, item_ids: Sequence[UUID]
    ) -> None:
        """Write down who attested which items, in which words."""
        await counts.attest(
            self.connection, attestation_id, workspace_id, statement, by, self.mint.now, item_ids
        )

    async def held(self, held_ids: Collection[UUID]) -> dict[UUID, Held]:
        """Held listings, as they are now."""
        return await decisions.held(self.connection, held_ids)

    async def split(self, split_id: UUID) -> Split | None:
        """A split proposal, as it is now."""
        return await decisions.split(self.connection, split_id)

    async def proposal(self, proposal_id: UUID) -> Proposal | None:
        """A change proposal, as it is now."""
        return await decisions.proposal(self.connection, proposal_id)

    async def close(
        self,
        ids: Collection[UUID],
        state: Decision,
        *,
        decision: str | None = None,
        only: Collection[Decision] = (Decision.OPEN,),
    ) -> None:
        """Move held listings, splits or proposals to another state."""
        await decisions.close(self.connection, ids, state, decision=decision, only=only)

    def _remember(self, known: Known) -> Known:
        self._items.update(known.items)
        self._listings.update(known.listings)
        return known
