"""The embedded servers, started for real."""

import asyncpg
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from support.broker import NewTopic
from support.postgres import MakeDatabase, TestServer

from truestock.contracts.topics import ALL_TOPICS
from truestock.local.broker import Broker


async def test_postgres_writes_through_to_disk(postgres: TestServer) -> None:
    connection = await asyncpg.connect(postgres.superuser_url())
    try:
        settings = {name: await connection.fetchval(f"show {name}") for name in ("fsync", "listen_addresses")}
        assert settings == {"fsync": "on", "listen_addresses": "127.0.0.1"}
    finally:
        await connection.close()


async def test_the_application_role_neither_owns_nor_bypasses_row_security(
    empty_database: MakeDatabase,
) -> None:
    urls = await empty_database("inventory")
    connection = await asyncpg.connect(urls.app)
    try:
        role = await connection.fetchrow(
            "select rolsuper, rolbypassrls, rolcreatedb from pg_roles where rolname = current_user"
        )
        assert role is not None
        assert dict(role) == {"rolsuper": False, "rolbypassrls": False, "rolcreatedb": False}
        owner = await connection.fetchval(
            "select datdba::regrole::text from pg_database where datname = current_database()"
        )
        assert owner == "inventory_owner"
    finally:
        await connection.close()


async def test_one_service_cannot_connect_to_the_database_of_another(
    empty_database: MakeDatabase, postgres: TestServer
) -> None:
    urls = await empty_database("inventory")
    foreign = postgres.urls("validator", urls.name)
    refused = False
    try:
        await asyncpg.connect(foreign.app)
    except asyncpg.InsufficientPrivilegeError:
        refused = True
    assert refused


async def test_every_topic_of_the_contracts_exists(broker: Broker) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=broker.bootstrap)
    await admin.start()
    try:
        described = {topic["topic"]: len(topic["partitions"]) for topic in await admin.describe_topics()}
    finally:
        await admin.close()
    assert {topic.name: topic.partitions for topic in ALL_TOPICS}.items() <= described.items()


async def test_a_full_state_of_several_megabytes_is_accepted(broker: Broker, new_topic: NewTopic) -> None:
    name = await new_topic("large", partitions=1)
    producer = AIOKafkaProducer(
        bootstrap_servers=broker.bootstrap, acks="all", max_request_size=9 * 1024 * 1024
    )
    await producer.start()
    try:
        written = await producer.send_and_wait(name, b"x" * 7_500_000, key=b"k")
    finally:
        await producer.stop()
    assert written.offset == 0
