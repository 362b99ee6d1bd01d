"""What row-level security costs a row does not depend on how many workspaces a batch has."""

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, text
from support.small_service import OTHER_WORKSPACE, WORKSPACE

from truestock.chassis.migrations import VISIBLE, VISIBLE_BEFORE, rewrite_tenant_policies
from truestock.chassis.migrations.runner import owner_transaction
from truestock.chassis.transaction import Database
from truestock.local.postgres import DatabaseUrls


async def filter_of(db: Database) -> str:
    """What PostgreSQL does with each row of a tenant table."""
    async with db.begin([WORKSPACE, OTHER_WORKSPACE]) as tx:
        await tx.connection.execute(text("SET LOCAL enable_bitmapscan = off"))
        await tx.connection.execute(text("SET LOCAL enable_indexscan = off"))
        plan = await tx.connection.execute(text("EXPLAIN (VERBOSE) SELECT number FROM facts"))
        (found,) = [line.strip() for line in map(str, plan.scalars()) if "Filter:" in line]
    return found


async def test_the_list_of_workspaces_is_parsed_once_per_statement(db: Database) -> None:
    assert await filter_of(db) == "Filter: (facts.workspace_id = ANY ((InitPlan 1).col1))"


async def test_a_database_from_before_gets_the_cheaper_policies(db: Database, urls: DatabaseUrls) -> None:
    await rewrite(urls, VISIBLE_BEFORE)
    assert "::uuid[]" in await filter_of(db)
    await rewrite(urls, VISIBLE)
    assert "::uuid[]" not in await filter_of(db)


async def rewrite(urls: DatabaseUrls, visible: str) -> None:
    """As a migration does it."""

    def run(connection: Connection) -> None:
        with Operations.context(MigrationContext.configure(connection)) as op:
            rewrite_tenant_policies(op, visible)

    async with owner_transaction(urls.owner) as connection:
        await connection.run_sync(run)
