"""What leaves the connector: events for others, and never a secret."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from support.connector_world import KEY, Operator
from support.deliveries import envelope_of
from support.postgres import TestServer
from support.waiting import eventually

from truestock.contracts import topics
from truestock.contracts.events import BatchDecision, BatchKind, ImportBatchDecided
from truestock.local.broker import Broker
from truestock.local.postgres import DatabaseUrls
from truestock.local.units import Unit


async def _events(broker: Broker, connection_id: str, count: int) -> list[tuple[str, dict[str, Any], bytes]]:
    """(type, data, traceparent) of one connection, in order, as soon as there are ``count``."""
    consumer = AIOKafkaConsumer(
        topics.CONNECTION.name, bootstrap_servers=broker.bootstrap, auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        found: list[tuple[str, dict[str, Any], bytes]] = []

        async def enough() -> bool:
            for records in (await consumer.getmany(timeout_ms=200)).values():
                for record in records:
                    if record.key == connection_id.encode():
                        headers = dict(record.headers)
                        kind = headers["ce_type"].decode().split(".")[-2]
                        found.append((kind, json.loads(record.value), headers.get("traceparent", b"")))
            return len(found) >= count

        await eventually(enough, 20, message="the events did not arrive")
        return found
    finally:
        await consumer.stop()


async def test_everybody_hears_of_a_connections_life(
    olga: Operator, logins: list[str], broker: Broker
) -> None:
    login = logins.pop()
    connection = await olga.connect(login)
    path = f"/v1/connections/{connection['connection_id']}"
    await olga.fault("revoke", login)
    await olga.lease(connection["connection_id"], refused=1)
    attempt = (await olga.call("POST", f"{path}/reauthorize")).json()
    await olga.consent(attempt["authorization_url"], login)
    now = await olga.get(path)
    body = {"reason": "the shop is closed", "withdraw": True}
    await olga.call("POST", f"{path}/disconnect", body, revision=now["revision"])
    events = await _events(broker, connection["connection_id"], 4)
    assert [kind for kind, _, _ in events] == [
        "ConnectionConfirmed",
        "ConnectionReauthorizationRequired",
        "ConnectionRestored",
        "ConnectionDisconnected",
    ]
    assert [data["version"] for _, data, _ in events] == [1, 2, 3, 4]
    assert {data["workspace_id"] for _, data, _ in events} == {str(olga.workspace)}
    assert events[0][1]["settings_hash"] == connection["settings_hash"]
    assert events[3][1]["withdraw"] is True
    assert events[0][2], "the confirmation's trace travels with the event"


async def test_an_approved_sample_opens_the_way_for_the_next_connection(
    olga: Operator, logins: list[str], broker: Broker
) -> None:
    connection = await olga.connect(logins.pop())
    path = f"/v1/connections/{connection['connection_id']}"
    producer = AIOKafkaProducer(bootstrap_servers=broker.bootstrap, acks="all")
    await producer.start()
    try:
        for version, decision in enumerate((BatchDecision.APPROVED, BatchDecision.UNDONE), 1):
            event = ImportBatchDecided(
                workspace_id=olga.workspace,
                occurred_at=datetime.now(UTC),
                correlation_id=uuid4(),
                connection_id=UUID(connection["connection_id"]),
                batch_id=uuid4(),
                kind=BatchKind.SAMPLE,
                version=version,
                decision=decision,
                decided_by="olga",
                account_id=connection["account"]["id"],
                mapping_version="etsy-1",
            )
            envelope = envelope_of(event)
            await producer.send_and_wait(
                event.TOPIC,
                event.model_dump_json().encode(),
                key=event.key().encode(),
                headers=envelope.headers(),
            )
            wanted = decision is BatchDecision.APPROVED

            async def heard(wanted: bool = wanted) -> bool:
                return bool((await olga.get(path))["sample_approved"] is wanted)

            await eventually(heard, 20, message="the decision did not arrive")
            if wanted:
                attempt = await olga.start()
                reject = f"/v1/attempts/{attempt['attempt_id']}/reject"
                await olga.call("POST", reject, {"reason": "only looking"}, revision=1)
    finally:
        await producer.stop()


async def test_no_token_is_in_the_database_or_the_logs(
    olga: Operator,
    logins: list[str],
    postgres: TestServer,
    connector_database: DatabaseUrls,
    connectors: list[Unit],
) -> None:
    connection = await olga.connect(logins.pop())
    token = (await olga.lease(connection["connection_id"])).json()["access_token"]
    admin = await asyncpg.connect(postgres.superuser_url(connector_database.name))
    try:
        tables = await admin.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        dump = ""
        for table in tables:
            rows = await admin.fetch(f'SELECT t::text FROM "{table[0]}" t')  # noqa: S608  # our own tables
            dump += "\n".join(row[0] for row in rows)
    finally:
        await admin.close()
    assert connection["connection_id"] in dump
    told = dump + "".join(unit.logs() for unit in connectors)
    told += "".join(json.dumps(span) for unit in connectors for span in unit.spans())
    told += json.dumps(await olga.get("/v1/connections")) + json.dumps(await olga.get("/v1/attempts"))
    assert token not in told
    assert token.partition(".")[2] not in told
    assert KEY not in told


async def test_a_system_role_sees_no_secret_and_an_application_without_workspace_nothing(
    olga: Operator, logins: list[str], connector_database: DatabaseUrls
) -> None:
    await olga.connect(logins.pop())
    environment = connector_database.environment()
    system = await asyncpg.connect(environment["TRUESTOCK_SYSTEM_DATABASE_URL"])
    try:
        for statement in (
            "SELECT ciphertext FROM secrets",
            "SELECT * FROM connections",
            "SELECT * FROM audit",
        ):
            try:
                await system.fetch(statement)
            except asyncpg.InsufficientPrivilegeError:
                continue
            raise AssertionError(f"the system role may {statement}")
    finally:
        await system.close()
    application = await asyncpg.connect(environment["TRUESTOCK_DATABASE_URL"])
    try:
        for table in ("connections", "attempts", "grants", "secrets", "account_owners", "audit"):
            assert await application.fetch(f"SELECT * FROM {table}") == []  # noqa: S608  # names from above
    finally:
        await application.close()
