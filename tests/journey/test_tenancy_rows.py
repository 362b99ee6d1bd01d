"""The database keeps workspaces apart also where the application forgets to: without any filter of ours."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import pytest
from support.furnished import Furnished
from support.journey import Business
from support.operations import SERVICES

from truestock.local.stack import Stack

WITHOUT_TENANTS = {
    *("alembic_version", "epoch", "inbox", "leases", "limit_shares", "notices", "outbox", "refresh_leases"),
    "shared_limits",
}
"""Tables without anything that the application could read of a workspace: hashes, rows it may only insert."""

TABLES = """
SELECT c.oid::regclass::text AS name, c.relrowsecurity AS enabled, c.relforcerowsecurity AS forced,
       has_table_privilege($1, c.oid, 'SELECT') AS readable,
       has_table_privilege($1, c.oid, 'INSERT') AS insertable,
       pg_get_userbyid(c.relowner) AS owner,
       EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'workspace_id') AS tenant,
       c.relispartition AS partition
FROM pg_class c
WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
ORDER BY 1
"""
COLUMNS = """
SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
"""


@dataclass(frozen=True, slots=True)
class Table:
    """A table as the catalog describes it, seen by the application's role."""

    name: str
    enabled: bool
    forced: bool
    readable: bool
    insertable: bool
    owner: str
    tenant: bool
    partition: bool


@dataclass(frozen=True, slots=True)
class Rooms:
    """A service's database through the eyes of its application and of a superuser."""

    service: str
    app: asyncpg.Connection
    superuser: asyncpg.Connection

    @property
    def role(self) -> str:
        """The application's role."""
        return f"{self.service}_app"

    async def tables(self) -> list[Table]:
        """All tables."""
        return [Table(**row) for row in await self.superuser.fetch(TABLES, self.role)]

    async def tenant_tables(self) -> list[Table]:
        """Those with rows of workspaces."""
        found = [table for table in await self.tables() if table.tenant and not table.partition]
        assert len(found) >= 5, "the catalog was not read"
        return found

    async def workspaces_in(self, table: Table, connection: asyncpg.Connection) -> set[UUID]:
        """Whose rows a connection sees, with no filter at all."""
        rows = await connection.fetch(f"SELECT DISTINCT workspace_id FROM {table.name}")  # noqa: S608  # from the catalog
        return {row["workspace_id"] for row in rows}


@asynccontextmanager
async def rooms(stack: Stack, service: str) -> AsyncIterator[Rooms]:
    """Connections to a service's database."""
    app = await asyncpg.connect(stack.databases[service].app)
    superuser = await asyncpg.connect(stack.superuser_url(service))
    try:
        yield Rooms(service, app, superuser)
    finally:
        await app.close()
        await superuser.close()


@pytest.fixture(scope="session")
async def neighbour(stack: Stack, furnished: Furnished) -> Business:
    """A second workspace with listings of its own, beside the furnished one."""
    business = await Business.open(stack, furnished.business.http)
    connection = await business.connect(await business.seller(generate=5))
    await business.import_(connection, "sample")
    return business


async def see(connection: asyncpg.Connection, *workspaces: UUID, local: bool = False) -> None:
    """Let the connection see these workspaces, as the chassis does."""
    await connection.execute(
        "SELECT set_config('app.workspaces', $1, $2)", ",".join(map(str, workspaces)), local
    )


@pytest.mark.parametrize("service", SERVICES)
async def test_every_table_with_a_workspace_forces_row_level_security(stack: Stack, service: str) -> None:
    async with rooms(stack, service) as found:
        tables = await found.tables()
        unprotected = [t.name for t in tables if t.tenant and not (t.enabled and t.forced)]
        assert unprotected == []
        assert [t.name for t in tables if t.owner == found.role] == []
        unknown = {t.name for t in tables if not t.tenant and not t.partition} - WITHOUT_TENANTS
        assert unknown == set(), "a table without workspace_id must be known to hold nothing of a workspace"
        bypassing = await found.superuser.fetch(
            "SELECT rolname FROM pg_roles WHERE (rolbypassrls OR rolsuper) AND rolname LIKE $1", f"{service}%"
        )
        assert bypassing == []


@pytest.mark.parametrize("service", SERVICES)
async def test_without_any_filter_a_transaction_reads_its_own_workspace_only(
    stack: Stack, furnished: Furnished, neighbour: Business, service: str
) -> None:
    mine, theirs = furnished.business.workspace, neighbour.workspace
    async with rooms(stack, service) as found:
        shared_tables = 0
        for table in await found.tenant_tables():
            if not table.readable:
                continue
            everybody = await found.workspaces_in(table, found.superuser)
            shared_tables += {mine, theirs} <= everybody
            for visible in ([mine], [theirs], [mine, theirs]):
                await see(found.app, *visible)
                assert await found.workspaces_in(table, found.app) == everybody & set(visible), table.name
        assert shared_tables >= 2, "both workspaces must have rows for this to show anything"


@pytest.mark.parametrize("service", SERVICES)
async def test_a_pooled_connection_without_a_workspace_sees_nothing(
    stack: Stack, furnished: Furnished, service: str
) -> None:
    async with rooms(stack, service) as found:
        tables = [table for table in await found.tenant_tables() if table.readable]
        for table in tables:
            assert await found.workspaces_in(table, found.app) == set(), f"{table.name}, never set"
        async with found.app.transaction():
            await see(found.app, furnished.business.workspace, local=True)
            seen = [table for table in tables if await found.workspaces_in(table, found.app)]
        assert seen
        for table in tables:
            assert await found.workspaces_in(table, found.app) == set(), f"{table.name}, after SET LOCAL"


@pytest.mark.parametrize("service", SERVICES)
async def test_no_row_of_another_workspace_can_be_written_changed_or_deleted(
    stack: Stack, furnished: Furnished, neighbour: Business, service: str
) -> None:
    mine, theirs = furnished.business.workspace, neighbour.workspace
    async with rooms(stack, service) as found:
        await see(found.app, mine)
        for table in await found.tenant_tables():
            sample = await found.superuser.fetchval(
                f"SELECT row_to_json(t)::text FROM {table.name} t WHERE workspace_id = $1 LIMIT 1",  # noqa: S608  # from the catalog
                theirs,
            )
            columns = await found.superuser.fetchval(COLUMNS, table.name)
            copied = (
                f"INSERT INTO {table.name} ({columns}) OVERRIDING SYSTEM VALUE"  # noqa: S608  # from the catalog
                f" SELECT {columns} FROM json_populate_record(NULL::{table.name}, $1::json)"
            )
            sample = sample or f'{{"workspace_id": "{theirs}"}}'
            expected = "row-level security" if table.insertable else "permission denied"
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match=expected):
                await found.app.execute(copied, sample)
            for statement in (
                f"UPDATE {table.name} SET workspace_id = workspace_id WHERE workspace_id = $1",  # noqa: S608  # from the catalog
                f"DELETE FROM {table.name} WHERE workspace_id = $1",  # noqa: S608  # from the catalog
            ):
                try:
                    done = await found.app.execute(statement, theirs)
                except asyncpg.InsufficientPrivilegeError:
                    continue  # the role may not even try
                assert done.split()[-1] == "0", f"{table.name}: {done}"
