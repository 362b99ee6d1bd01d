"""A PostgreSQL that runs elsewhere: used, left as it was found, and never taken from somebody else."""

import asyncpg
import pytest

from truestock.local.errors import StackError
from truestock.local.options import StackOptions
from truestock.local.postgres import SERVICES, ExternalPostgres, PostgresServer
from truestock.local.postgres.databases import create_service_databases
from truestock.local.runs import Run


@pytest.fixture
async def server(run: Run) -> PostgresServer:
    return await PostgresServer.start(run)


async def databases(url: str) -> set[str]:
    connection = await asyncpg.connect(url)
    try:
        return {row["datname"] for row in await connection.fetch("select datname from pg_database")}
    finally:
        await connection.close()


async def test_the_stacks_databases_are_made_there_and_dropped_at_the_end(server: PostgresServer) -> None:
    before = await databases(server.url("postgres"))
    external = await ExternalPostgres.connect(server.url("postgres"))
    made = await create_service_databases(external.url("postgres"))
    assert set(made) == set(SERVICES)
    connection = await asyncpg.connect(made["inventory"].app)
    await connection.close()
    with pytest.raises(StackError, match="already has connector, importer, inventory, validator"):
        await ExternalPostgres.connect(server.url("postgres"))
    await external.stop()
    assert await databases(server.url("postgres")) == before
    await server.stop()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://root@127.0.0.1/x", "is not a PostgreSQL address"),
        ("postgresql://nobody:wrong@127.0.0.1:9/postgres", "does not let us in"),
    ],
)
async def test_an_address_that_cannot_be_used_is_a_sentence_without_the_password(
    url: str, words: str
) -> None:
    with pytest.raises(StackError, match=words) as caught:
        await ExternalPostgres.connect(url)
    assert "wrong" not in str(caught.value)


def test_the_address_comes_from_the_environment_and_is_not_shown() -> None:
    options = StackOptions.from_environment(
        "run", {"TRUESTOCK_POSTGRES_URL": "postgresql://a:secret@h:1/postgres"}
    )
    assert options.postgres_url == "postgresql://a:secret@h:1/postgres"
    assert "secret" not in repr(options)
