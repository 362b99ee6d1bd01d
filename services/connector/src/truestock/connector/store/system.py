"""What the system role does across workspaces, on narrow columns."""

import logging
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from truestock.chassis.transaction import Database
from truestock.connector.custody import Custody, NotOpened, Place, Sealed
from truestock.connector.usecases.ports import StateOf

log = logging.getLogger(__name__)

ROWS = 100
"""Most rows that one round takes of each kind."""

# The first browser that opens the link is the one that must come back; the same one may open it again.
BIND_BROWSER = text(
    """
    UPDATE oauth_states SET browser_hash = :browser_hash
    WHERE ticket_hash = :ticket_hash AND NOT used AND (browser_hash IS NULL OR browser_hash = :browser_hash)
    RETURNING attempt_id, workspace_id, marketplace, used
    """
)
# Keys that a store posts come without a browser: a start that no browser opened is not pending for them.
TAKE_STATE = text(
    """
    UPDATE oauth_states SET used = true
    WHERE state_hash = :state_hash AND marketplace = :marketplace AND NOT used
      AND browser_hash = coalesce(CAST(:browser_hash AS bytea), browser_hash)
    RETURNING attempt_id, workspace_id, marketplace, used
    """
)
STATE = text(
    """
    SELECT attempt_id, workspace_id, marketplace, used FROM oauth_states
    WHERE state_hash = :state_hash AND browser_hash = :browser_hash
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
LOOKS = text(
    "SELECT workspace_id, owner_id, look_at FROM grants WHERE look_at <= :now ORDER BY look_at LIMIT :rows"
)
HEARD = text("SELECT 1 FROM notices WHERE marketplace = :marketplace AND notice_id = :notice_id")
REMEMBER_NOTICE = text(
    """
    INSERT INTO notices (marketplace, notice_id, heard_at) VALUES (:marketplace, :notice_id, :now)
    ON CONFLICT (marketplace, notice_id) DO NOTHING
    """
)
FORGET_NOTICES = text("DELETE FROM notices WHERE heard_at < CAST(:now AS timestamptz) - interval '90 days'")
OWNERS = text(
    """
    SELECT workspace_id, connection_id FROM account_owners
    WHERE marketplace = :marketplace AND (account_id = :account_id OR store = :store)
    """
)
OLD_KEY = text(
    """
    SELECT owner_id, field, workspace_id, version, key_id, wrapped_key FROM secrets
    WHERE key_id <> :newest AND key_id = ANY (CAST(:known AS text[]))
      AND (owner_id, field) > (CAST(:owner_id AS uuid), CAST(:field AS text))
    ORDER BY owner_id, field LIMIT :rows
    """
)
BEFORE_ALL = (UUID(int=0), "")
"""Where looking for data keys to wrap anew begins. In order: two processes do not wait for each other."""
REWRAP = text(
    """
    UPDATE secrets SET key_id = :key_id, wrapped_key = :wrapped_key
    WHERE owner_id = :owner_id AND field = :field AND version = :version AND wrapped_key = :old
    """
)


class PostgresSystemStore:
    """See :class:`truestock.connector.usecases.ports.SystemStore`."""

    def __init__(self, database: Database, custody: Custody) -> None:
        self._database = database
        self._custody = custody
        self._rewrapped = BEFORE_ALL

    async def bind_browser(self, ticket_hash: bytes, browser_hash: bytes) -> StateOf | None:
        """Bind a link to the browser that opened it; None when another one did, or there is no such link."""
        return await self._one(BIND_BROWSER, {"ticket_hash": ticket_hash, "browser_hash": browser_hash})

    async def take_state(
        self, state_hash: bytes, *, marketplace: str, browser_hash: bytes | None
    ) -> StateOf | None:
        """Use a state up: of two callbacks with the same state one gets it, and only from its browser."""
        wanted = {"state_hash": state_hash, "marketplace": marketplace, "browser_hash": browser_hash}
        return await self._one(TAKE_STATE, wanted)

    async def state(self, state_hash: bytes, browser_hash: bytes) -> StateOf | None:
        """Look at a browser's state, used or not."""
        return await self._one(STATE, {"state_hash": state_hash, "browser_hash": browser_hash})

    async def _one(self, statement: TextClause, wanted: dict[str, Any]) -> StateOf | None:
        async with self._database.begin_system() as connection:
            row = (await connection.execute(statement, wanted)).first()
        return StateOf(row.attempt_id, row.workspace_id, row.marketplace, row.used) if row else None

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

    async def due_looks(self, now: datetime) -> list[tuple[UUID, UUID, datetime]]:
        """(workspace, owner, when it was planned) of what is to be looked after."""
        async with self._database.begin_system() as connection:
            rows = (await connection.execute(LOOKS, {"now": now, "rows": ROWS})).all()
        return [(row.workspace_id, row.owner_id, row.look_at) for row in rows]

    async def heard(self, marketplace: str, notice_id: str) -> bool:
        """Whether a notice was acted on before."""
        async with self._database.begin_system() as connection:
            wanted = {"marketplace": marketplace, "notice_id": notice_id}
            return (await connection.execute(HEARD, wanted)).first() is not None

    async def remember_notice(self, marketplace: str, notice_id: str, now: datetime) -> None:
        """It was acted on; long after, it is forgotten."""
        async with self._database.begin_system() as connection:
            await connection.execute(FORGET_NOTICES, {"now": now})
            wanted = {"marketplace": marketplace, "notice_id": notice_id, "now": now}
            await connection.execute(REMEMBER_NOTICE, wanted)

    async def owners(
        self, marketplace: str, *, account_id: str | None, store: str | None
    ) -> list[tuple[UUID, UUID]]:
        """(workspace, connection) of an account that is named by its id or its store."""
        wanted = {"marketplace": marketplace, "account_id": account_id, "store": store}
        async with self._database.begin_system() as connection:
            rows = (await connection.execute(OWNERS, wanted)).all()
        return [(row.workspace_id, row.connection_id) for row in rows]

    async def rewrap(self) -> int:
        """Wrap data keys with the newest key; the ciphertext is neither read nor readable here.

        One round goes on where the last one ended, so that rows which do not open hold nobody up.
        """
        keys = self._custody.keys
        await keys.refresh()
        moved = 0
        owner_id, field = self._rewrapped
        wanted = {
            "newest": keys.newest,
            "known": list(keys.known),
            "rows": ROWS,
            "owner_id": owner_id,
            "field": field,
        }
        async with self._database.begin_system() as connection:
            rows = (await connection.execute(OLD_KEY, wanted)).all()
            for row in rows:
                moved += await self._rewrap(connection, row)
        self._rewrapped = (rows[-1].owner_id, rows[-1].field) if len(rows) == ROWS else BEFORE_ALL
        return moved

    async def _rewrap(self, connection: AsyncConnection, row: Row[Any]) -> int:
        place = Place(row.workspace_id, row.owner_id, row.field, row.version)
        old = bytes(row.wrapped_key)
        try:
            new = await self._custody.rewrap(Sealed(row.key_id, old, b""), place)
        except NotOpened as error:
            log.error("the %s of %s stays with its key: %s", row.field, row.owner_id, error.detail)
            return 0
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
        return changed.rowcount
