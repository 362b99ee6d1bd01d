"""A PostgreSQL server that runs elsewhere: the stack makes its databases there and drops them at the end."""

from urllib.parse import urlsplit

import asyncpg

from truestock.local.errors import StackError
from truestock.local.postgres.databases import SERVICES, drop_database

VARIABLE = "TRUESTOCK_POSTGRES_URL"


class ExternalPostgres:
    """The server that ``TRUESTOCK_POSTGRES_URL`` names, with a user who may create databases and roles."""

    def __init__(self, superuser_url: str) -> None:
        self._url = urlsplit(superuser_url)

    @classmethod
    async def connect(cls, superuser_url: str) -> "ExternalPostgres":
        """Try the address; raises :class:`StackError`.

        A server that already has one of the services' databases is refused: they may hold somebody's data.
        """
        server = cls(superuser_url)
        if server._url.scheme not in ("postgresql", "postgres") or not server._url.hostname:
            raise StackError(
                f"{VARIABLE} is not a PostgreSQL address",
                "Give it as postgresql://user:password@host:port/postgres",
            )
        try:
            connection = await asyncpg.connect(superuser_url, timeout=10)
        except (OSError, TimeoutError, asyncpg.PostgresError, ValueError) as error:
            raise StackError(
                f"The PostgreSQL that {VARIABLE} names does not let us in: {type(error).__name__}",
                "Check host, port, user and password",
            ) from None
        try:
            rows = await connection.fetch(
                "select datname from pg_database where datname = any($1::text[]) order by 1", list(SERVICES)
            )
        finally:
            await connection.close()
        if rows:
            raise StackError(
                f"The external PostgreSQL already has {', '.join(row['datname'] for row in rows)}",
                "Name an empty server, or drop these databases if nobody needs them",
            )
        return server

    def url(self, database: str) -> str:
        """The given user's address of ``database``."""
        return self._url._replace(path=f"/{database}").geturl()

    async def stop(self) -> None:
        """Drop the databases that the stack made; the server and the roles stay."""
        for service in SERVICES:
            await drop_database(self._url.geturl(), service)
