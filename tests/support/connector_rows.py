"""The connector's rows as a superuser sees them: tests let time pass here, and tamper."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg

from truestock.connector.custody import Place, Sealed

ACCESS, REFRESH = "access_token", "refresh_token"


class Rows:
    """Changes behind the service's back."""

    def __init__(self, admin: "asyncpg.Connection[asyncpg.Record]") -> None:
        self._admin = admin

    @classmethod
    @asynccontextmanager
    async def of(cls, superuser_url: str) -> AsyncIterator["Rows"]:
        """The rows of a database."""
        admin = await asyncpg.connect(superuser_url)
        try:
            yield cls(admin)
        finally:
            await admin.close()

    async def _grant(self, owner: str, change: str, *values: Any) -> None:
        statement = f"UPDATE grants SET {change} WHERE owner_id = $1"  # noqa: S608  # texts from below
        assert await self._admin.execute(statement, UUID(owner), *values) == "UPDATE 1"

    async def expire(self, owner: str) -> None:
        """The access token has just ended; the sweepers have not noticed."""
        await self._grant(owner, "access_expires_at = now() - interval '1 second'")

    async def end_cooldown(self, owner: str) -> None:
        """The pause after a failure is over."""
        await self._grant(owner, "cooldown_until = now() - interval '1 second'")

    async def look_now(self, owner: str, *, consented: timedelta | None = None) -> None:
        """It is time to look after the connection; ``consented``: so long ago the seller agreed."""
        await self._grant(
            owner,
            "look_at = now() - interval '1 second', "
            "consented_at = coalesce(now() - CAST($2 AS interval), consented_at)",
            consented,
        )

    async def looked(self, owner: str) -> bool:
        """Whether somebody has looked since."""
        found = await self._admin.fetchval("SELECT look_at > now() FROM grants WHERE owner_id = $1", owner)
        return found is True

    async def expire_attempt(self, attempt_id: str) -> None:
        """The seller comes too late."""
        statement = "UPDATE attempts SET expires_at = now() - interval '1 second' WHERE attempt_id = $1"
        await self._admin.execute(statement, attempt_id)

    async def secrets(self, owner: str) -> int:
        """How many secrets are kept of it."""
        return int(await self._admin.fetchval("SELECT count(*) FROM secrets WHERE owner_id = $1", owner))

    async def wrapped_with(self, key_id: str) -> int:
        """How many secrets name this key-encryption key."""
        return int(await self._admin.fetchval("SELECT count(*) FROM secrets WHERE key_id = $1", key_id))

    async def secret(self, owner: str, field: str) -> dict[str, Any]:
        """One sealed row."""
        row = await self._admin.fetchrow(
            "SELECT * FROM secrets WHERE owner_id = $1 AND field = $2", owner, field
        )
        assert row is not None
        return dict(row)

    async def put_secret(self, owner: str, field: str, row: dict[str, Any], **changed: Any) -> None:
        """Put the sealed value of ``row`` (another place's, or a former one) into this place."""
        new = {**row, **changed}
        await self._admin.execute(
            "UPDATE secrets SET version = $3, key_id = $4, wrapped_key = $5, ciphertext = $6 "
            "WHERE owner_id = $1 AND field = $2",
            UUID(owner),
            field,
            *(new[name] for name in ("version", "key_id", "wrapped_key", "ciphertext")),
        )

    async def place(self, owner: str, field: str) -> Place:
        """Where the secret belongs."""
        row = await self.secret(owner, field)
        return Place(row["workspace_id"], UUID(owner), field, row["version"])

    async def put_sealed(self, owner: str, field: str, sealed: Sealed) -> None:
        """Replace a secret by another that was sealed for its place."""
        row = await self.secret(owner, field)
        new = {
            "key_id": sealed.key_id,
            "wrapped_key": sealed.wrapped_key,
            "ciphertext": sealed.ciphertext,
        }
        await self.put_secret(owner, field, row, **new)
