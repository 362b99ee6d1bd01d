"""The disk under the database is really full, and has space again: no loss, no restart of a service."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import httpx
import pytest
from support.history import problems
from support.history_reading import read_history, sent_by
from support.impatient import impatient_stack
from support.journey import Business
from support.pipeline import rows, shop
from support.probes import somebody_is_dead
from support.progress import closed_rows, is_through
from support.small_disk import SmallDisk, small_disk
from support.waiting import eventually, never

from truestock.local.postgres import SERVICES, PostgresServer
from truestock.local.runs import Run
from truestock.local.stack import Stack

pytestmark = [pytest.mark.kafka_only, pytest.mark.timeout(400, func_only=True)]

DISK_MB = 64
"""New databases take about 25 MB, all listings need about 15 MB more: the ballast is what stops them."""
LISTINGS = 1000
"""So many that each service that has to be struck still has work for more pages than it has free."""
SAMPLE = 4
STRUCK = {"inventory", "validator"}
"""Each of them has to find no space at its work. Where the importer is by then is chance."""
STRUCK_WITHIN_S = 30
SAID_WITHIN_S = 30
WATCHED_S = 6.0
READY_WITHIN_S = 60
"""From the moment there is space again until every service is ready."""
THROUGH_WITHIN_S = 120
_NO_SPACE = re.compile(r'file "pg_tblspc/\d+/[^/]+/(\d+)/.*: No space left on device')
"""What PostgreSQL logs when the kernel refuses a page of a table, with the number of the database."""


@dataclass
class Servers:
    """A stack whose databases lie on a small disk; the server's log of changes lies elsewhere."""

    stack: Stack
    postgres: PostgresServer
    disk: SmallDisk

    async def struck(self) -> set[str]:
        """The services whose database has found no space."""
        names = dict(await _as_superuser(self.postgres, "SELECT oid::text, datname FROM pg_database"))
        return {names[oid] for oid in _NO_SPACE.findall(self.postgres.child.log.read_text(errors="replace"))}


@pytest.fixture
async def servers(run: Run) -> AsyncIterator[Servers]:
    """Of this test alone. New databases lie where their template lies."""
    async with AsyncExitStack() as end:
        postgres = await PostgresServer.start(run)
        end.push_async_callback(postgres.stop)
        [[data]] = await _as_superuser(postgres, "SHOW data_directory")
        disk = end.enter_context(small_disk(Path(data).with_name("small"), DISK_MB))
        end.push_async_callback(postgres.stop)  # before its disk goes
        await _as_superuser(postgres, f"CREATE TABLESPACE small LOCATION '{disk.folder}'")
        await _as_superuser(postgres, "ALTER DATABASE template1 SET TABLESPACE small")
        options = impatient_stack("test-disk-full", postgres.url("postgres"))
        stack = await end.enter_async_context(Stack(options))
        yield Servers(stack, postgres, disk)


async def test_a_full_disk_loses_nothing_and_passes_without_a_restart_of_a_service(
    servers: Servers, http: httpx.AsyncClient
) -> None:
    stack = servers.stack
    business = await Business.open(stack, http)
    seller = await business.seller(shop("full", LISTINGS))
    connection = await business.connect(seller)
    sample = await business.import_(connection, "sample", size=SAMPLE)
    vouched_for = {f"{connection.connection_id}:{row.listing_id}" for row in await rows(business, sample)}
    await business.approve(sample)
    assert not await servers.struck(), "the disk is too small for what is needed before"
    bulk = await business.operator.importer.start(connection.connection_id, "bulk")

    async def under_way() -> bool:
        return await closed_rows(stack, bulk) > SAMPLE

    async def struck() -> bool:
        await nobody_dies(stack)
        found = await servers.struck()
        assert found >= STRUCK, found
        return True

    async def said() -> bool:
        answers = {service: await http.get(f"{stack[service].url}/readyz", timeout=10) for service in STRUCK}
        assert {answer.status_code for answer in answers.values()} == {503}
        for service, answer in answers.items():
            assert f"DiskFullError ({service}." in answer.json()["reasons"]["database"]
        return True

    async def through() -> bool:
        await nobody_dies(stack)
        return await is_through(stack, bulk)

    await eventually(under_way, 60, message="the import does not get under way")
    with servers.disk.full():
        await eventually(struck, STRUCK_WITHIN_S, message="the database does not find the disk full")
        await eventually(said, SAID_WITHIN_S, message="readiness does not tell of a full disk")
        await never(lambda: somebody_is_dead(stack), WATCHED_S, message="a full disk kills a service")
    # Not before: a full disk may refuse new sessions too (PostgreSQL keeps a file for them there).
    assert await closed_rows(stack, bulk) < LISTINGS, "the batch has ended on a full disk"
    for service in SERVICES:
        await stack[service].ready(READY_WITHIN_S)
    await eventually(through, THROUGH_WITHIN_S, message="the batch does not end")
    assert {stack[service].logs().count(f"{service} started") for service in SERVICES} == {1}
    found = problems(await read_history(stack, await sent_by(connection, seller), vouched_for))
    assert not found, "\n".join([f"{len(found)} problems:", *found[:30]])


async def nobody_dies(stack: Stack) -> None:
    """Fails at once, also where an assertion would only say not yet."""
    if await somebody_is_dead(stack):
        pytest.fail("a full disk kills a service")


async def _as_superuser(postgres: PostgresServer, statement: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(postgres.url("postgres"))
    try:
        return list(await connection.fetch(statement))
    finally:
        await connection.close()
