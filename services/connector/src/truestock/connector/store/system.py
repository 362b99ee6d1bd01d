"""What the system role does across workspaces, on narrow columns."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from truestock.chassis.transaction import Database
from truestock.connector.custody import Keyring, Place, Sealed
from truestock.connector.usecases.ports import StateOf

ROWS = 100
"""Most rows that one round takes of each kind."""

TAKE_STATE = text(
    """
    DELETE FROM oauth_states WHERE state_hash = :state_hash
    RETURNING attempt_id, workspace_id, marketplace
    """
)
FORGET_STATES = text(
    "DELETE FROM oauth_states WHERE expires_at < CAST(:now AS timestamptz) - interval '1 day'"
)
OVERDUE = text(
    """
    SELECT workspace_id, attempt_id FROM attempts
    WHERE state IN ('started', 'awaiting_confirmation') AND expires_at <= :now
    ORDER BY expires_at LIMIT :rows
    """
)
DUE = text(
    """
    SELECT workspace_id, owner_id FROM grants
    WHERE refresh_at <= :now AND (cooldown_until IS NULL OR cooldown_until <= :now)
    ORDER BY refresh_at LIMIT :rows
    """
)
OLD_KEY = text(
    """
    SELECT owner_id, field, workspace_id, version, key_id, wrapped_key FROM secrets
    WHERE key_id <> :newest AND key_id = ANY (CAST(:known AS text[])) LIMIT :rows
    """
)
REWRAP = text(
    """
    UPDATE secrets SET key_id = :key_id, wrapped_key = :wrapped_key
    WHERE owner_id = :owner_id AND field = :field AND version = :version AND wrapped_key = :old
    """
)


class PostgresSystemStore:
    """See :class:`truestock.connector.usecases.ports.SystemStore`."""

    def __init__(self, database: Database, keyring: Keyring) -> None:
        self._database = database
        self._keyring = keyring

    async def take_state(self, state_hash: bytes) -> StateOf | None:
        """Use a state up: of two callbacks with the same state one gets it."""
        async with self._database.begin_system() as connection:
            row = (await connection.execute(TAKE_STATE, {"state_hash": state_hash})).first()
        return StateOf(row.attempt_id, row.workspace_id, row.marketplace) if row else None

    async def overdue_attempts(self, now: datetime) -> list[tuple[UUID, UUID]]:
        """(workspace, attempt) past their deadline; states long past theirs are forgotten."""
        async with self._database.begin_system() as connection:
            await connection.execute(FORGET_STATES, {"now": now})
            rows = (await connection.execute(OVERDUE, {"now": now, "rows": ROWS})).all()
        return [(row.workspace_id, row.attempt_id) for row in rows]

    async def due_grants(self, now: datetime) -> list[tuple[UUID, UUID]]:
        """(workspace, owner) whose tokens end soon."""
        async with self._database.begin_system() as connection:
            rows = (await connection.execute(DUE, {"now": now, "rows": ROWS})).all()
        return [(row.workspace_id, row.owner_id) for row in rows]

    async def rewrap(self) -> int:
        """Wrap data keys with the newest key; the ciphertext is neither read nor readable here."""
        moved = 0
        async with self._database.begin_system() as connection:
            wanted = {"newest": self._keyring.newest, "known": list(self._keyring.known), "rows": ROWS}
            for row in (await connection.execute(OLD_KEY, wanted)).all():
                place = Place(row.workspace_id, row.owner_id, row.field, row.version)
                old = bytes(row.wrapped_key)
                new = self._keyring.rewrap(Sealed(row.key_id, old, b""), place)
                changed = await connection.execute(
                    REWRAP,
                    {
                        "key_id": new.key_id,
                        "wrapped_key": new.wrapped_key,
                        "owner_id": row.owner_id,
                        "field": row.field,
                        "version": row.version,
                        "old": old,
                    },
                )
                moved += changed.rowcount
        return moved
