"""Servers and a service of their own for a long stream; autovacuum is scaled with its length."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from support.broker import broker_mode
from support.growth import KEEP_DAYS, Growing
from support.growth_streams import NOBODY, Stream, Surroundings
from support.postgres import TestServer
from support.reimports import Feed, Reimports
from support.service_process import serving
from support.waiting import eventually

from truestock.chassis.kafka import create_producer
from truestock.contracts.topics import Topic
from truestock.local.broker import create_topics, start_broker
from truestock.local.environment import Addresses, Secrets, service_environment
from truestock.local.ports import free_port
from truestock.local.postgres import SERVICES, DatabaseUrls, PostgresServer, create_roles
from truestock.local.runs import Run

NAPTIME_S = 60
"""PostgreSQL's default: so often autovacuum looks at a database."""
_THRESHOLD = """
SELECT option_value::int FROM pg_class, pg_options_to_table(reloptions)
WHERE oid = 'outbox'::regclass AND option_name = 'autovacuum_vacuum_threshold'
"""


@asynccontextmanager
async def growing(folder: Path, stream: Stream, *, scale: float) -> AsyncIterator[Growing]:
    """Servers of its own, a service without a past, and nothing sent yet.

    ``scale``: how often and from how many dead rows on autovacuum works, as a share of what it is in
    production, so that a shorter stream meets it as often.
    """
    async with AsyncExitStack() as end:
        run = Run.open("test-growth")
        end.callback(run.close)
        secrets = Secrets.make(SERVICES)
        around = await end.enter_async_context(stream.surrounded(run, secrets, stream.listings))
        server = await PostgresServer.start(run)
        end.push_async_callback(server.stop)
        broker = await start_broker(run, broker_mode())
        end.push_async_callback(broker.stop)
        await create_topics(broker.bootstrap)
        databases = TestServer(run, server, await create_roles(server.url("postgres")))
        urls = await databases.migrated(stream.service)
        database = await asyncpg.connect(server.url(urls.name))
        end.push_async_callback(database.close)
        await _scale_autovacuum(database, scale)
        first = datetime.now(UTC).date()
        long_ago = await _partition_of_long_ago(database, first)
        service = await end.enter_async_context(
            serving(
                _environment(
                    stream.service,
                    _addresses(broker.bootstrap, around),
                    urls,
                    secrets,
                    folder / "traces.jsonl",
                ),
                folder / f"{stream.service}.log",
                module=f"truestock.{stream.service}",
            )
        )
        await service.ready()
        producer, admin, answers = await _clients(broker.bootstrap, stream.answers, end)
        made = Growing(
            database,
            urls,
            stream,
            service,
            Reimports(around.events, new_batches=stream.new_batches),
            Feed(producer, stream.topic.name),
            admin,
            answers,
            first,
        )

        async def is_gone() -> bool:
            return long_ago not in await made.partitions()

        await eventually(is_gone, message="the service leaves an old partition where it is")
        yield made


async def _clients(
    bootstrap: str, topic: Topic, end: AsyncExitStack
) -> tuple[AIOKafkaProducer, AIOKafkaAdminClient, AIOKafkaConsumer]:
    """Started, and stopped at the end."""
    producer = create_producer(bootstrap, client_id="test")
    end.push_async_callback(producer.stop)
    await producer.start()
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    end.push_async_callback(admin.close)
    await admin.start()
    answers = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    end.push_async_callback(answers.stop)
    await answers.start()
    answers.assign([TopicPartition(topic.name, n) for n in range(topic.partitions)])
    await answers.seek_to_end()
    return producer, admin, answers


async def _partition_of_long_ago(database: "asyncpg.Connection[asyncpg.Record]", today: date) -> date:
    """As a service that was off for a week finds it."""
    day = today - timedelta(days=KEEP_DAYS + 7)
    await database.execute(
        f"CREATE TABLE inbox_{day:%Y%m%d} PARTITION OF inbox"
        f" FOR VALUES FROM ('{day}') TO ('{day + timedelta(days=1)}')"
    )
    return day


async def _scale_autovacuum(database: "asyncpg.Connection[asyncpg.Record]", scale: float) -> None:
    threshold = await database.fetchval(_THRESHOLD)
    assert threshold, "autovacuum would wait for a share of an outbox whose size is chance"
    if scale < 1:
        await database.execute(f"ALTER SYSTEM SET autovacuum_naptime = {max(1, round(NAPTIME_S * scale))}")
        await database.execute("SELECT pg_reload_conf()")
        await database.execute(
            f"ALTER TABLE outbox SET (autovacuum_vacuum_threshold = {round(threshold * scale)})"
        )


def _addresses(bootstrap: str, around: Surroundings) -> Addresses:
    services = dict.fromkeys(SERVICES, NOBODY) | {"connector": around.connector}
    return Addresses(bootstrap, around.sandbox, services)


def _environment(
    service: str, addresses: Addresses, urls: DatabaseUrls, secrets: Secrets, traces: Path
) -> dict[str, str]:
    return {
        **service_environment(service, addresses, urls, secrets, traces, port=free_port()),
        "TRUESTOCK_TRACE_RATIO": "0",
        "TRUESTOCK_INBOX_KEEP_DAYS": str(KEEP_DAYS),
    }
