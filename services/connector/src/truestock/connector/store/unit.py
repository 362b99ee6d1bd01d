"""The transaction that the use cases see."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from truestock.chassis import audit
from truestock.chassis.auth.principal import Principal
from truestock.chassis.delivery import Delivery
from truestock.chassis.leases import FencedLease, Lease
from truestock.chassis.transaction import Database, Transaction
from truestock.connector.custody import Keyring, Place
from truestock.connector.domain.access import Grant
from truestock.connector.domain.attempts import Attempt
from truestock.connector.domain.connections import Connection
from truestock.connector.store import attempts, connections, vault
from truestock.connector.usecases.ports import Held, Policy, Unit
from truestock.contracts.events import Event, ImportBatchDecided

LEASE_TTL = timedelta(seconds=60)
"""How long one process may take for a refresh; its HTTP time-out is a fraction of that."""
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

    def __init__(self, tx: Transaction, keyring: Keyring, holder: str) -> None:
        self._tx = tx
        self._db = tx.connection
        self._keyring = keyring
        self._holder = holder

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

    async def remember_state(self, state_hash: bytes, attempt: Attempt) -> None:
        """Bind an OAuth state to its attempt."""
        await attempts.remember_state(self._db, state_hash, attempt)

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
        return await LEASES.acquire(self._db, f"refresh:{owner_id}", self._holder, ttl=LEASE_TTL)

    async def release_lease(self, held: Held) -> None:
        """Give it back."""
        if isinstance(held, Lease):
            await LEASES.release(self._db, held)

    async def seal(self, place: Place, secret: str) -> None:
        """Store a secret encrypted."""
        await vault.seal(self._db, self._keyring, place, secret)

    async def unseal(self, owner_id: UUID, field: str) -> str | None:
        """Read a secret."""
        return await vault.unseal(self._db, self._keyring, owner_id, field)

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

    async def trail(self, subject: UUID) -> list[dict[str, Any]]:
        """All lines about a subject."""
        return await audit.trail(self._tx, str(subject))


class Units:
    """Opens transactions of a database."""

    def __init__(self, database: Database, keyring: Keyring, holder: str) -> None:
        self._database = database
        self._keyring = keyring
        self._holder = holder

    @asynccontextmanager
    async def __call__(self, workspaces: Iterable[UUID]) -> AsyncIterator[Unit]:
        """Commits on leaving."""
        async with self._database.begin(workspaces) as tx:
            yield StoreUnit(tx, self._keyring, self._holder)
