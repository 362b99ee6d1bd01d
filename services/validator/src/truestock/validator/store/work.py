"""The validator's transaction: the chassis' own, with the validator's rows."""

from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Protocol
from uuid import UUID

from msgspec.structs import replace
from sqlalchemy import TextClause

from truestock.chassis import audit
from truestock.chassis.delivery import Delivery, Transient
from truestock.chassis.statements import Row, Write, fetch
from truestock.chassis.transaction import Database, Transaction
from truestock.contracts.events import Event
from truestock.validator.domain.following import ItemKey, Key, Subject
from truestock.validator.domain.model import Policies
from truestock.validator.store import sql
from truestock.validator.store.codec import load_state, load_subject
from truestock.validator.store.columns import (
    batch_key_columns,
    finding_columns,
    key_columns,
    key_of,
    subject_columns,
    verdict_columns,
)
from truestock.validator.usecases.follow_connections import FollowedConnection
from truestock.validator.usecases.policies import KeptPolicies
from truestock.validator.usecases.ports import R, VerdictRecord


class BeginWork(Protocol):
    """Opens a transaction that sees exactly these workspaces."""

    def __call__(self, workspaces: Iterable[UUID]) -> AbstractAsyncContextManager["ValidatorWork"]:
        """One transaction."""
        ...


def begin(database: Database) -> BeginWork:
    """How the use cases open their transactions on ``database``."""

    @asynccontextmanager
    async def open_work(workspaces: Iterable[UUID]) -> AsyncIterator[ValidatorWork]:
        async with database.begin(workspaces) as transaction:
            yield ValidatorWork(transaction)

    return open_work


class ValidatorWork:
    """One transaction. Implements what the use cases ask of it (usecases/ports.py and beside them)."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    async def first_sight(self, consumer: str, deliveries: Sequence[R]) -> list[R]:
        """See the chassis' transaction."""
        return await self._tx.first_sight(consumer, deliveries)

    def emit(self, event: Event, *, caused_by: Delivery[Any] | None = None) -> UUID:
        """See the chassis' transaction."""
        return self._tx.emit(event, caused_by=caused_by)

    async def audit(
        self,
        actor: Any,
        action: str,
        subject: str,
        *,
        before: Any = None,
        after: Any = None,
        reason: str | None,
    ) -> None:
        """A line of the audit trail."""
        await audit.record(self._tx, actor, action, subject, before=before, after=after, reason=reason)

    async def lock_subjects(self, keys: Collection[Key], *, whole: bool = True) -> dict[Key, Subject]:
        """Known listings, locked until the end of the transaction."""
        if not keys:
            return {}
        found = await self._run(sql.LOCK_WHOLE if whole else sql.LOCK_LEAN, **key_columns(keys))
        return {subject.key: subject for subject in map(load_subject, found)}

    async def load_states(self, subjects: Collection[Subject]) -> dict[Key, Subject]:
        """The same subjects with their stored state."""
        known = {subject.key: subject for subject in subjects}
        found = await self._run(sql.STATES, **key_columns(known))
        return {
            key: replace(known[key], state=load_state(row.state))
            for row in found
            for key in [key_of(row.workspace_id, row.connection_id, row.listing_id)]
        }

    async def listings_of(self, items: Collection[ItemKey]) -> dict[Key, UUID]:
        """The listings that are known to belong to these items, each with its item; not locked."""
        found = await self._run(
            sql.LISTINGS_OF,
            workspace_ids=[one.workspace_id for one in items],
            item_ids=[one.item_id for one in items],
        )
        return {
            key_of(row.workspace_id, row.connection_id, row.listing_id): UUID(int=row.item_id.int)
            for row in found
        }

    async def add_subjects(self, subjects: Collection[Subject]) -> frozenset[Key]:
        """Insert; returns the keys that another transaction inserted (and committed) meanwhile."""
        added = await self._run(sql.ADD_SUBJECTS, **subject_columns(subjects))
        stored = {key_of(row.workspace_id, row.connection_id, row.listing_id) for row in added}
        return frozenset(subject.key for subject in subjects if subject.key not in stored)

    async def save_subjects(self, subjects: Collection[Subject]) -> None:
        """Update rows that this transaction has locked."""
        await self._run(sql.SAVE_SUBJECTS, **subject_columns(subjects))

    async def save_verdicts(self, records: Collection[VerdictRecord]) -> None:
        """Replace each batch's verdict on each listing, and its findings."""
        ordered = sorted(records, key=lambda one: (one.event.batch_id, one.event.key()))
        again = [one for one in ordered if one.event.version > 1]
        if again:
            await self._tx.flush()  # an earlier verdict of this transaction may be one of them
            await self._run(sql.DROP_FINDINGS, **batch_key_columns(again))
        writes = [Write(sql.SAVE_VERDICTS, verdict_columns(ordered), len(ordered))]
        findings = finding_columns(ordered)
        if findings["ordinals"]:
            writes.append(Write(sql.ADD_FINDINGS, findings, len(findings["ordinals"])))
        await self._tx.write_last(writes)

    async def policies(self) -> dict[UUID, Policies]:
        """The tolerances of the visible workspaces."""
        found = await self._run(sql.POLICIES)
        return {row.workspace_id: Policies(price_tolerance=row.price_tolerance) for row in found}

    async def kept_policies(self, workspace_id: UUID, *, lock: bool = False) -> KeptPolicies:
        """One workspace's tolerances, or the defaults at revision 0."""
        statement = sql.LOCK_POLICIES if lock else sql.KEPT_POLICIES
        found = await self._run(statement, workspace_id=workspace_id)
        if not found:
            return KeptPolicies(Policies(), 0)
        row = found[0]
        return KeptPolicies(Policies(price_tolerance=row.price_tolerance), row.revision)

    async def save_policies(self, workspace_id: UUID, kept: KeptPolicies) -> None:
        """Raises Transient when another operator was first: the command is decided again."""
        saved = await self._run(
            sql.SAVE_POLICIES,
            workspace_id=workspace_id,
            price_tolerance=kept.policies.price_tolerance,
            revision=kept.revision,
        )
        if not saved:
            raise Transient("another change of the policies came first")

    async def disconnected(self) -> frozenset[UUID]:
        """Disconnected connections of the visible workspaces."""
        return frozenset(UUID(int=row.connection_id.int) for row in await self._run(sql.DISCONNECTED))

    async def save_connections(self, connections: Collection[FollowedConnection]) -> None:
        """Unless newer news is known."""
        await self._run(
            sql.SAVE_CONNECTIONS,
            workspace_ids=[one.workspace_id for one in connections],
            connection_ids=[one.connection_id for one in connections],
            marketplaces=[one.marketplace for one in connections],
            account_ids=[one.account_id for one in connections],
            states=[str(one.state) for one in connections],
            reasons=[one.reason for one in connections],
            versions=[one.version for one in connections],
        )

    async def knows_batch(self, batch_id: UUID) -> bool:
        """Whether a visible workspace has a verdict of this batch."""
        return bool((await self._run(sql.KNOWS_BATCH, batch_id=batch_id))[0][0])

    async def batch_subjects(
        self, batch_id: UUID, listing_ids: Sequence[str] | None, most: int
    ) -> list[Subject]:
        """Seeded listings of a batch, the longest unread first."""
        found = await self._run(
            sql.BATCH_SUBJECTS,
            batch_id=batch_id,
            listing_ids=None if listing_ids is None else list(listing_ids),
            most=most,
        )
        return [load_subject(row) for row in found]

    async def _run(self, statement: TextClause, **values: Any) -> list[Row]:
        return await fetch(self._tx.connection, statement, values)
