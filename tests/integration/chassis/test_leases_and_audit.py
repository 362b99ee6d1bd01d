"""Fenced leases and the audit trail on PostgreSQL; which errors pass by themselves."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import text
from support.postgres import TestServer
from support.small_service import OTHER_WORKSPACE, WORKSPACE, migrated

from truestock.chassis import audit
from truestock.chassis.auth.principal import Principal, Role
from truestock.chassis.delivery import Transient
from truestock.chassis.leases import FencedLease
from truestock.chassis.transaction import Database
from truestock.local.ports import free_port

MINUTE = timedelta(minutes=1)
ALREADY_OVER = timedelta(seconds=-1)


@pytest.fixture
async def db(postgres: TestServer) -> AsyncIterator[Database]:
    """A database with the chassis' tables."""
    async with migrated(postgres) as urls:
        opened = Database(urls.app, application_name="test", system_url=urls.system)
        yield opened
        await opened.close()


async def test_a_lease_has_one_holder_and_a_growing_fence(db: Database) -> None:
    leases = FencedLease()
    async with db.begin_system() as connection:
        first = await leases.acquire(connection, "batch-1", "worker-a", ttl=MINUTE)
        assert first is not None
        assert await leases.acquire(connection, "batch-1", "worker-b", ttl=MINUTE) is None
        assert await leases.acquire(connection, "batch-2", "worker-b", ttl=MINUTE) is not None
        assert await leases.renew(connection, first, ttl=ALREADY_OVER)
    async with db.begin_system() as connection:
        second = await leases.acquire(connection, "batch-1", "worker-b", ttl=MINUTE)
        assert second is not None
        assert second.fence > first.fence
        assert not await leases.renew(connection, first, ttl=MINUTE)
        await leases.release(connection, first)
        assert await leases.acquire(connection, "batch-1", "worker-c", ttl=MINUTE) is None
        await leases.release(connection, second)
        third = await leases.acquire(connection, "batch-1", "worker-c", ttl=MINUTE)
        assert third is not None
        assert third.fence > second.fence


async def test_of_twenty_workers_at_once_one_gets_the_lease(db: Database) -> None:
    leases = FencedLease()

    async def attempt(worker: int) -> bool:
        async with db.begin_system() as connection:
            return await leases.acquire(connection, "one", f"worker-{worker}", ttl=MINUTE) is not None

    assert sum(await asyncio.gather(*(attempt(n) for n in range(20)))) == 1


async def test_the_audit_trail_says_who_what_and_why_and_cannot_be_changed(db: Database) -> None:
    operator = Principal("u1", "Ada", frozenset({Role.OPERATOR}), WORKSPACE)
    async with db.begin([WORKSPACE]) as tx:
        await audit.record(
            tx, operator, "approve", "batch:1", before={"state": "a"}, after={"state": "b"}, reason="fine"
        )
    async with db.begin([WORKSPACE]) as tx:
        [line] = await audit.trail(tx, "batch:1")
    assert (line["who"], line["who_name"], line["action"], line["reason"]) == ("u1", "Ada", "approve", "fine")
    assert (line["before"], line["after"]) == ({"state": "a"}, {"state": "b"})
    async with db.begin([OTHER_WORKSPACE]) as tx:
        assert await audit.trail(tx, "batch:1") == []
    async with db.begin([WORKSPACE]) as tx:
        await audit.record(tx, operator, "undo", "batch:1")
        [first] = await audit.trail(tx, "batch:1", limit=1)
        [second] = await audit.trail(tx, "batch:1", after=first["audit_id"])
    assert (first["action"], second["action"]) == ("approve", "undo")

    async def rewrite() -> None:
        async with db.begin([WORKSPACE]) as tx:
            await tx.connection.execute(text("UPDATE audit SET who = 'nobody'"))

    with pytest.raises(Exception, match="permission denied"):
        await rewrite()


async def test_a_lost_connection_and_a_time_out_are_transient(db: Database) -> None:
    async def killed() -> None:
        async with db.begin([WORKSPACE]) as tx:
            await tx.connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    async def too_slow() -> None:
        async with db.begin([WORKSPACE]) as tx:
            await tx.connection.execute(text("SET LOCAL statement_timeout = '20ms'"))
            await tx.connection.execute(text("SELECT pg_sleep(5)"))

    async def nobody_there() -> None:
        absent = Database(f"postgresql://x@127.0.0.1:{free_port()}/x", application_name="test")
        async with absent.begin([WORKSPACE]):
            raise AssertionError("there is no database")

    for failing in (killed, too_slow, nobody_there):
        with pytest.raises(Transient):
            await failing()
    async with db.begin([WORKSPACE]) as tx:
        assert (await tx.connection.execute(text("SELECT 1"))).scalar_one() == 1


async def test_a_deadlock_is_transient_for_one_and_fine_for_the_other(db: Database) -> None:
    both = asyncio.Barrier(2)

    async def lock(first: int, second: int) -> str:
        async with db.begin([WORKSPACE]) as tx:
            await tx.connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": first})
            await both.wait()
            await tx.connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": second})
        return "done"

    results = await asyncio.gather(lock(1, 2), lock(2, 1), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Transient", "str"]
