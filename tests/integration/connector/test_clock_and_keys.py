"""What the clock and the keyring do: expiry erases, rotation moves, no key no start."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import asyncpg
import pytest
from support.connector_values import attempt
from support.connector_world import Operator
from support.postgres import MakeDatabase, TestServer
from support.waiting import eventually

from truestock.chassis.transaction import Database
from truestock.connector.custody import Custody, NotOpened, Place
from truestock.connector.keyring import Keyring
from truestock.connector.store.system import PostgresSystemStore
from truestock.connector.store.unit import Units
from truestock.local.postgres import DatabaseUrls

TTL = timedelta(seconds=60)


@pytest.mark.parametrize("consented", [False, True])
async def test_an_attempt_nobody_finishes_expires_and_its_secrets_are_erased(
    consented: bool,
    olga: Operator,
    logins: list[str],
    postgres: TestServer,
    connector_database: DatabaseUrls,
) -> None:
    shown = await olga.authorize(logins[0]) if consented else await olga.start()
    path = f"/v1/attempts/{shown['attempt_id']}"
    admin = await asyncpg.connect(postgres.superuser_url(connector_database.name))
    try:
        count = "SELECT count(*) FROM secrets WHERE owner_id = $1"
        assert await admin.fetchval(count, shown["attempt_id"]) == (2 if consented else 3)
        past = datetime.now(UTC) - timedelta(seconds=1)
        await admin.execute(
            "UPDATE attempts SET expires_at = $1 WHERE attempt_id = $2", past, shown["attempt_id"]
        )

        async def expired() -> bool:
            return bool((await olga.get(path))["state"] == "expired")

        await eventually(expired, 20, message="the sweeper did not come")
        assert await admin.fetchval(count, shown["attempt_id"]) == 0
    finally:
        await admin.close()
    if consented:
        answer = await olga.confirm(await olga.get(path))
        assert (answer.status_code, answer.json()["code"]) == (409, "attempt_not_awaiting_confirmation")
    await olga.start()


async def test_the_key_is_rotated_online(database: MakeDatabase) -> None:
    urls = (await database("connector")).environment()
    opened = Database(
        urls["TRUESTOCK_DATABASE_URL"],
        application_name="test",
        system_url=urls["TRUESTOCK_SYSTEM_DATABASE_URL"],
        pool_size=2,
    )
    old, new = ("k1", os.urandom(32)), ("k2", os.urandom(32))
    workspace, owner = uuid4(), uuid4()
    try:
        async with Units(opened, Custody(Keyring([old])), "test", TTL)([workspace]) as tx:
            await tx.seal(Place(workspace, owner, "refresh_token", 1), "r1")
        both = Custody(Keyring([new, old]))
        assert await PostgresSystemStore(opened, both).rewrap() == 1
        assert await PostgresSystemStore(opened, both).rewrap() == 0
        async with Units(opened, Custody(Keyring([new])), "test", TTL)([workspace]) as tx:
            assert await tx.unseal(owner, "refresh_token") == "r1"
        with pytest.raises(NotOpened):
            async with Units(opened, Custody(Keyring([old])), "test", TTL)([workspace]) as tx:
                await tx.unseal(owner, "refresh_token")
        async with Units(opened, both, "test", TTL)([uuid4()]) as tx:
            assert await tx.unseal(owner, "refresh_token") is None, "another workspace"
    finally:
        await opened.close()


async def test_two_unfinished_attempts_to_connect_are_refused_by_the_database_too(
    database: MakeDatabase,
) -> None:
    urls = (await database("connector")).environment()
    opened = Database(urls["TRUESTOCK_DATABASE_URL"], application_name="test", pool_size=2)
    begin, one = Units(opened, Custody(Keyring([("k1", bytes(32))])), "test", TTL), attempt()
    try:
        async with begin([one.workspace_id]) as tx:
            await tx.save_attempt(one)
        with pytest.raises(Exception, match="attempts_one_at_a_time"):
            async with begin([one.workspace_id]) as tx:
                await tx.save_attempt(attempt())
    finally:
        await opened.close()


def test_without_a_key_there_is_no_start() -> None:
    nowhere = "postgresql://nobody@127.0.0.1:9/none"
    settings = {
        "TRUESTOCK_PORT": "0",
        "TRUESTOCK_DATABASE_URL": nowhere,
        "TRUESTOCK_SYSTEM_DATABASE_URL": nowhere,
        "TRUESTOCK_KAFKA_BOOTSTRAP": "127.0.0.1:9",
        "TRUESTOCK_ISSUER_URL": "http://127.0.0.1:9",
        "TRUESTOCK_ETSY_CLIENT_ID": "app",
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TRUESTOCK_")}
    ended = subprocess.run(
        [sys.executable, "-m", "truestock.connector", "serve"],
        env={**kept, **settings},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1
    assert "does not start without a key: set TRUESTOCK_KEYS" in ended.stderr
    assert "Traceback" not in ended.stderr
