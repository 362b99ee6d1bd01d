"""Grants and sealed secrets."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from truestock.connector.custody import Custody, Place, Sealed
from truestock.connector.domain.access import Grant
from truestock.connector.domain.deadlines import next_look

GRANT = text(
    """
    SELECT owner_id, workspace_id, token_version, obtained_at, access_expires_at, refresh_expires_at,
           coalesce(consented_at, obtained_at) AS consented_at,
           coalesce(account_seen, token_version) AS account_seen, failures, cooldown_until
    FROM grants WHERE owner_id = :owner_id
    """
)
INSERT = text(
    """
    INSERT INTO grants (owner_id, workspace_id, token_version, obtained_at, access_expires_at,
                        refresh_expires_at, refresh_at, consented_at, account_seen, failures,
                        cooldown_until, look_at)
    VALUES (:owner_id, :workspace_id, :token_version, :obtained_at, :access_expires_at,
            :refresh_expires_at, :refresh_at, :consented_at, :account_seen, :failures,
            :cooldown_until, :look_at)
    ON CONFLICT (owner_id) DO NOTHING
    """
)
# The version is the fence of the data: whoever started from an older one writes nothing.
REPLACE = text(
    """
    UPDATE grants SET token_version = :token_version, obtained_at = :obtained_at,
        access_expires_at = :access_expires_at, refresh_expires_at = :refresh_expires_at,
        refresh_at = :refresh_at, consented_at = :consented_at, account_seen = :account_seen,
        failures = :failures, cooldown_until = :cooldown_until, look_at = coalesce(look_at, :look_at)
    WHERE owner_id = :owner_id AND token_version = :replacing
    """
)
PLAN_LOOK = text("UPDATE grants SET look_at = :at WHERE owner_id = :owner_id AND look_at = :seen")
RETIRE = text("UPDATE grants SET refresh_at = NULL, look_at = NULL WHERE owner_id = :owner_id")
FORGET = text(
    """
    DELETE FROM grants WHERE owner_id = :owner_id
      AND NOT EXISTS (SELECT FROM connections WHERE connection_id = :owner_id)
    """
)
SEAL = text(
    """
    INSERT INTO secrets (owner_id, field, workspace_id, version, key_id, wrapped_key, ciphertext)
    VALUES (:owner_id, :field, :workspace_id, :version, :key_id, :wrapped_key, :ciphertext)
    ON CONFLICT (owner_id, field) DO UPDATE SET
        version = excluded.version, key_id = excluded.key_id,
        wrapped_key = excluded.wrapped_key, ciphertext = excluded.ciphertext
    """
)
UNSEAL = text(
    """
    SELECT workspace_id, version, key_id, wrapped_key, ciphertext FROM secrets
    WHERE owner_id = :owner_id AND field = :field
    """
)
ERASE = text("DELETE FROM secrets WHERE owner_id = :owner_id")


async def grant(connection: AsyncConnection, owner_id: UUID) -> Grant | None:
    """What is known about an owner's tokens."""
    row = (await connection.execute(GRANT, {"owner_id": owner_id})).mappings().first()
    return Grant(**row) if row else None


async def save_grant(connection: AsyncConnection, new: Grant, *, replacing: int | None) -> bool:
    """Insert (``replacing`` None) or replace exactly that version; False when it is not current."""
    values = {
        "owner_id": new.owner_id,
        "workspace_id": new.workspace_id,
        "token_version": new.token_version,
        "obtained_at": new.obtained_at,
        "access_expires_at": new.access_expires_at,
        "refresh_expires_at": new.refresh_expires_at,
        "refresh_at": new.refresh_at,
        "consented_at": new.consented_at,
        "account_seen": new.account_seen,
        "look_at": next_look(new, new.obtained_at),
        "failures": new.failures,
        "cooldown_until": new.cooldown_until,
    }
    if replacing is None:
        saved = await connection.execute(INSERT, values)
    else:
        saved = await connection.execute(REPLACE, {**values, "replacing": replacing})
    return saved.rowcount == 1


async def retire_grant(connection: AsyncConnection, owner_id: UUID) -> None:
    """Nothing refreshes it any more. A connection's version stays known: it never goes back."""
    await connection.execute(FORGET, {"owner_id": owner_id})
    await connection.execute(RETIRE, {"owner_id": owner_id})


async def plan_look(
    connection: AsyncConnection, owner_id: UUID, *, seen: datetime, at: datetime | None
) -> bool:
    """Move the next look from ``seen`` to ``at``; False when somebody else has moved it."""
    planned = await connection.execute(PLAN_LOOK, {"owner_id": owner_id, "seen": seen, "at": at})
    return planned.rowcount == 1


async def seal(connection: AsyncConnection, custody: Custody, place: Place, secret: str) -> None:
    """Store ``secret`` encrypted, replacing the field's former version."""
    sealed = await custody.seal(secret, place)
    await connection.execute(
        SEAL,
        {
            "owner_id": place.owner_id,
            "field": place.field,
            "workspace_id": place.workspace_id,
            "version": place.version,
            "key_id": sealed.key_id,
            "wrapped_key": sealed.wrapped_key,
            "ciphertext": sealed.ciphertext,
        },
    )


async def unseal(
    connection: AsyncConnection, custody: Custody, owner_id: UUID, field: str, version: int | None
) -> str | None:
    """The secret; None when there is none. Raises :class:`NotOpened` when it does not open.

    ``version`` is the one that it must be of: a former row that was put back is consistent in itself.
    """
    row = (await connection.execute(UNSEAL, {"owner_id": owner_id, "field": field})).mappings().first()
    if row is None:
        return None
    sealed = Sealed(row["key_id"], bytes(row["wrapped_key"]), bytes(row["ciphertext"]))
    wanted = row["version"] if version is None else version
    return await custody.open(sealed, Place(row["workspace_id"], owner_id, field, wanted))


async def erase(connection: AsyncConnection, owner_id: UUID) -> None:
    """Delete all secrets of an owner."""
    await connection.execute(ERASE, {"owner_id": owner_id})
