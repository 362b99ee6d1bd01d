"""``raise-epoch``: what is published after a restore is told apart from what was lost."""

import asyncio
import sys
from collections.abc import Mapping

from support.deliveries import delivery
from support.inventory_values import imported, listing, shown
from support.inventory_world import Inventory
from support.postgres import MakeDatabase, TestServer

from truestock.chassis.transaction import Database
from truestock.local.environment import migration_environment


async def run_command(environment: Mapping[str, str], *arguments: str) -> tuple[int, str, str]:
    """``python -m truestock.inventory …`` with the settings of the migration job."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "truestock.inventory",
        *arguments,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(60):
        out, errors = await process.communicate()
    return process.returncode or 0, out.decode(), errors.decode()


async def test_what_is_published_afterwards_has_the_higher_epoch(
    database: MakeDatabase, postgres: TestServer
) -> None:
    urls = await database("inventory")
    assert await run_command(migration_environment(urls), "raise-epoch") == (
        0,
        "The epoch is 2 now. Restart the processes of inventory: they read it when they start.\n",
        "",
    )
    opened = Database(urls.app, application_name="test", system_url=urls.system)
    inventory = Inventory.on(opened, postgres.superuser_url(urls.name))
    await inventory.seed([delivery(imported(listing("1", shown("A", 3))))])
    _, item = await inventory.published()
    await opened.close()
    assert item["epoch"] == 2


async def test_without_the_owner_role_it_says_what_is_missing(database: MakeDatabase) -> None:
    urls = await database("inventory")
    environment = migration_environment(urls)
    del environment["TRUESTOCK_MIGRATION_DATABASE_URL"]
    code, _, errors = await run_command(environment, "raise-epoch")
    assert code == 1
    assert errors == "TRUESTOCK_MIGRATION_DATABASE_URL (the owner role) is required to raise-epoch.\n"
