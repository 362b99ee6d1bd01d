"""The transaction that the use cases see."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from truestock.chassis import audit
from truestock.chassis.auth.principal import Principal
from truestock.chassis.delivery import Delivery
from truestock.chassis.leases import FencedLease, Lease
from truestock.chassis.transaction import Database, Transaction
from truestock.connector.custody import Custody, Place
from truestock.connector.domain.access import Grant
from truestock.connector.domain.attempts import Attempt
from truestock.connector.domain.connections import Connection
from truestock.connector.domain.deadlines import Notification
from truestock.connector.store import attempts, connections, vault
from truestock.connector.usecases.ports import Held, Policy, Unit
from truestock.contracts.events import Event, ImportBatchDecided

LEASES = FencedLease()

ENSURE_POLICY = text(
    """
    INSERT INTO workspace_policies (workspace_id, priority, revision) VALUES (:workspace_id, '{}', 0)
    ON CONFLICT (workspace_id) DO NOTHING
    """
)
LOCK_POLICY = text(
    "SELECT priority, revision FROM workspace_policies WHERE workspace_id = :workspace_id FOR UPDATE"
)
POLICY = text("SELECT priority, revision FROM workspace_policies WHERE workspace_id = :workspace_id")
SAVE_POLICY = text(
    """
    UPDATE workspace_policies SET priority = CAST(:priority AS text[]), revision = :revision
    WHERE workspace_id = :workspace_id
    """
)


class StoreUnit:
    """See :class:`truestock.connector.usecases.ports.Unit`."""

    def __init__(self, tx: Transaction, custody: Custody, holder: str, lease_ttl: timedelta) -> None:
        self._tx = tx
        self._db = tx.connection
        self._custody = custody
        self._holder = holder
        self._lease_ttl = lease_ttl

    async def lock_workspace(self, workspace_id: UUID) -> Policy:
        """Serialise what a workspace may do once at a time; its policies come along."""
        await self._db.execute(ENSURE_POLICY, {"workspace_id": workspace_id})
        row = (await self._db.execute(LOCK_POLICY, {"workspace_id": workspace_id})).one()
        return Policy(tuple(row.priority), row.revision)

    async def policy(self, workspace_id: UUID) -> Policy:
        """The workspace's policies."""
        row = (await self._db.execute(POLICY, {"workspace_id": workspace_id})).first()
        return Policy(tuple(row.priority), row.revision) if row else Policy((), 0)

    async def save_policy(self, workspace_id: UUID, policy: Policy) -> None:
        """Replace them; the workspace is locked."""
        await self._db.execute(
            SAVE_POLICY,
            {
                "workspace_id": workspace_id,
                "priority": list(policy.priority),
                "revision": policy.revision,
            },
        )

    async def attempt(self, attempt_id: UUID, *, lock: bool = False) -> Attempt | None:
        """One attempt."""
        return await attempts.by_id(self._db, attempt_id, lock=lock)

    async def attempts(self, state: str | None, connection_id: UUID | None = None) -> list[Attempt]:
        """The newest hundred."""
        return await attempts.newest(self._db, state, connection_id)

    async def connecting(self) -> Attempt | None:
        """The unfinished attempt to connect."""
        return await attempts.connecting(self._db)

    async def save_attempt(self, attempt: Attempt) -> None:
        """Insert or update."""
        await attempts.save(self._db, attempt)

    async def remember_state(self, state_hash: bytes, ticket_hash: bytes, attempt: Attempt) -> None:
        """Bind an OAuth state and its link to their attempt."""
        await attempts.remember_state(self._db, state_hash, ticket_hash, attempt)

    async def connection(self, connection_id: UUID, *, lock: bool = False) -> Connection | None:
        """One connection."""
        return await connections.by_id(self._db, connection_id, lock=lock)

    async def connection_of(self, marketplace: str, account_id: str) -> Connection | None:
        """The connection of an account."""
        return await connections.by_account(self._db, marketplace, account_id)

    async def connections(self) -> list[Connection]:
        """All of the workspace."""
        return await connections.every(self._db)

    async def save_connection(self, connection: Connection) -> None:
        """Insert or update."""
        await connections.save(self._db, connection)

    async def claim_account(self, connection: Connection) -> bool:
        """Become the account's one owner."""
        return await connections.claim_account(self._db, connection)

    async def release_account(self, connection: Connection) -> None:
        """Stop being it."""
        await connections.release_account(self._db, connection)

    async def grant(self, owner_id: UUID) -> Grant | None:
        """What is known about the tokens."""
        return await vault.grant(self._db, owner_id)

    async def save_grant(self, grant: Grant, *, replacing: int | None) -> bool:
        """Compare and set."""
        return await vault.save_grant(self._db, grant, replacing=replacing)

    async def retire_grant(self, owner_id: UUID) -> None:
        """Nothing refreshes it any more."""
        await vault.retire_grant(self._db, owner_id)

    async def take_lease(self, owner_id: UUID) -> Held | None:
        """The right to refresh; None while another process has it."""
        return await LEASES.acquire(self._db, f"refresh:{owner_id}", self._holder, ttl=self._lease_ttl)

    async def plan_look(self, owner_id: UUID, *, seen: datetime, at: datetime | None) -> bool:
        """Plan the next look after it; False when another process has done so."""
        return await vault.plan_look(self._db, owner_id, seen=seen, at=at)

    async def warn_once(self, connection: Connection, warning: Notification) -> bool:
        """Whether this warning is the first of its kind."""
        return await connections.warn_once(self._db, connection, warning)

    async def renew_lease(self, held: Held) -> bool:
        """Keep it for longer; False when another process has it now."""
        return isinstance(held, Lease) and await LEASES.renew(self._db, held, ttl=self._lease_ttl)

    async def release_lease(self, held: Held) -> None:
        """Give it back."""
        if isinstance(held, Lease):
            await LEASES.release(self._db, held)

    async def seal(self, place: Place, secret: str) -> None:
        """Store a secret encrypted."""
        await vault.seal(self._db, self._custody, place, secret)

    async def unseal(self, owner_id: UUID, field: str, version: int | None = None) -> str | None:
        """Read a secret, of exactly this version if one is named."""
        return await vault.unseal(self._db, self._custody, owner_id, field, version)

    async def erase(self, owner_id: UUID) -> None:
        """Delete an owner's secrets."""
        await vault.erase(self._db, owner_id)

    def emit(self, event: Event) -> None:
        """Publish if this transaction commits."""
        self._tx.emit(event)

    async def first_sight(
        self, consumer: str, deliveries: Sequence[Delivery[ImportBatchDecided]]
    ) -> list[Delivery[ImportBatchDecided]]:
        """Those that ``consumer`` has not handled yet."""
        return await self._tx.first_sight(consumer, deliveries)

    async def audit(
        self,
        principal: Principal,
        action: str,
        subject: UUID,
        *,
        before: Any = None,
        after: Any = None,
        reason: str | None = None,
    ) -> None:
        """One line of the trail."""
        await audit.record(
            self._tx, principal, action, str(subject), before=before, after=after, reason=reason
        )

    async def trail(self, subject: UUID, after: int, limit: int) -> list[dict[str, Any]]:
        """The lines about a subject that follow line ``after``, oldest first."""
        return await audit.trail(self._tx, str(subject), after=after, limit=limit)


class Units:
    """Opens transactions of a database."""

    def __init__(self, database: Database, custody: Custody, holder: str, lease_ttl: timedelta) -> None:
        self._database = database
        self._custody = custody
        self._holder = holder
        self._lease_ttl = lease_ttl

    @asynccontextmanager
    async def __call__(self, workspaces: Iterable[UUID]) -> AsyncIterator[Unit]:
        """Commits on leaving."""
        async with self._database.begin(workspaces) as tx:
            yield StoreUnit(tx, self._custody, self._holder, self._lease_ttl)
