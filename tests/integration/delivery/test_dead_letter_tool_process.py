"""The dead letters of a running service: over HTTP for its admins, by its own command for the platform."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiokafka import AIOKafkaProducer
from support.broker import NewTopic
from support.issuer import Issuer, serving_issuer
from support.postgres import TestServer
from support.service_process import ServiceProcess, output_of, serving
from support.small_service import (
    OTHER_WORKSPACE,
    PERMANENT,
    WORKSPACE,
    Fact,
    fact,
    migrated,
    record_headers,
    stored_numbers,
)
from support.waiting import eventually

from truestock.chassis.deadletters import WHY, topic_of
from truestock.chassis.kafka import create_producer
from truestock.local.broker import Broker
from truestock.local.ports import free_port
from truestock.local.postgres import DatabaseUrls

pytestmark = pytest.mark.kafka


@dataclass
class Scene:
    """A running service, and a producer that puts letters into its dead-letter topic."""

    service: ServiceProcess
    issuer: Issuer
    environment: dict[str, str]
    urls: DatabaseUrls
    producer: AIOKafkaProducer
    group: str

    async def put(self, event: Fact, value: bytes | None = None) -> str:
        """A dead letter of this event; its id."""
        why = dict.fromkeys(WHY, b"0") | {"dlq.original-topic": b"t", "dlq.reason": b"a bug"}
        sent = await self.producer.send_and_wait(
            topic_of(self.group),
            value if value is not None else event.model_dump_json().encode(),
            event.key().encode(),
            headers=[*record_headers(event), *why.items()],
        )
        return f"{self.group}/{sent.partition}/{sent.offset}"

    async def call(self, method: str, path: str, *roles: str, **more: Any) -> httpx.Response:
        """One request of a person with these roles in a workspace; the usual one unless told."""
        token = self.issuer.token(roles=list(roles), workspace=more.pop("workspace", WORKSPACE))
        bearer = {"Authorization": f"Bearer {token}"}
        return await self.service.http.request(method, f"/v1/dead-letters{path}", headers=bearer, **more)

    async def command(self, *arguments: str) -> tuple[int, list[dict[str, Any]], str]:
        """The service's command: exit code, what it printed, and its complaint."""
        code, out, errors = await output_of("dead-letters", *arguments, environment=self.environment)
        return code, [json.loads(line) for line in out.splitlines()], errors

    async def ids(self, *roles: str) -> list[str]:
        """The open letters of the usual workspace."""
        answer = await self.call("GET", f"?group={self.group}", *roles)
        return [item["id"] for item in answer.json()["items"]]


@pytest.fixture(scope="module")
async def scene(
    postgres: TestServer, broker: Broker, new_topic: NewTopic, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Scene]:
    """The small service, alive."""
    incoming, outgoing = await new_topic("in"), await new_topic("out")
    group = f"{incoming}.follow"
    await new_topic(exactly=topic_of(group), partitions=1)
    producer = create_producer(broker.bootstrap, client_id="test")
    await producer.start()
    async with migrated(postgres) as urls, serving_issuer() as issuer:
        environment = {
            **urls.environment(),
            "TRUESTOCK_PORT": str(free_port()),
            "TRUESTOCK_KAFKA_BOOTSTRAP": broker.bootstrap,
            "TRUESTOCK_ISSUER_URL": issuer.url,
            "TRUESTOCK_GROUP": group,
            "TRUESTOCK_INCOMING": incoming,
            "TRUESTOCK_OUTGOING": outgoing,
        }
        log: Path = tmp_path_factory.mktemp("service") / "service.log"
        async with serving(environment, log) as service:
            await service.alive()
            yield Scene(service, issuer, environment, urls, producer, group)
    await producer.stop()


async def test_an_admin_replays_what_the_list_shows(scene: Scene) -> None:
    letter = await scene.put(fact("fine", 7))
    assert letter in await scene.ids("admin")
    shown = (await scene.call("GET", f"/{letter}", "admin")).json()
    assert (shown["key"], shown["reason"], shown["state"]) == ("fine", "a bug", "open")
    assert json.loads(shown["text"])["number"] == 7
    assert not any(name.startswith("dlq.") for name in shown["headers"])
    for _ in range(2):
        answer = await scene.call("POST", f"/{letter}/replay", "admin")
        assert (answer.status_code, answer.json()["state"]) == (200, "replayed")
    assert letter not in await scene.ids("admin")

    async def is_stored() -> bool:
        return (await stored_numbers(scene.urls)).count(7) == 1

    await eventually(is_stored)


async def test_a_letter_that_fails_again_says_why(scene: Scene) -> None:
    letter = await scene.put(fact("bad", PERMANENT))
    answer = await scene.call("POST", f"/{letter}/replay", "admin")
    assert (answer.status_code, answer.json()["code"]) == (409, "fails_again")
    assert "fourteen is never right" in answer.json()["detail"]
    gone = await scene.call("POST", f"/{letter}/discard", "admin", json={"reason": "made up"})
    assert (gone.json()["settled_by"], gone.json()["settled_reason"]) == ("Some One", "made up")
    assert letter not in await scene.ids("admin")


async def test_only_admins_of_the_letters_workspace_get_at_it(scene: Scene) -> None:
    letter = await scene.put(fact("mine", 8))
    for method, path in (("GET", ""), ("GET", f"/{letter}"), ("POST", f"/{letter}/replay")):
        assert (await scene.call(method, path, "operator")).status_code == 403
        assert (await scene.service.http.request(method, f"/v1/dead-letters{path}")).status_code == 401
    for method, path in (("GET", ""), ("POST", "/replay"), ("POST", "/discard")):
        answer = await scene.call(
            method,
            f"/{letter}{path}",
            "admin",
            workspace=OTHER_WORKSPACE,
            **({"json": {"reason": "r"}} if path == "/discard" else {}),
        )
        assert answer.status_code == 404
    listed = await scene.call("GET", "", "admin", workspace=OTHER_WORKSPACE)
    assert listed.json() == {"items": [], "next_cursor": None}
    assert letter in await scene.ids("admin")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("?cursor=nonsense", 422),
        ("?group=somebody.else", 404),
        ("/somebody.else/0/0", 404),
        ("?limit=0", 422),
    ],
)
async def test_what_makes_no_sense_is_refused(scene: Scene, path: str, status: int) -> None:
    assert (await scene.call("GET", path, "admin")).status_code == status


async def test_the_platforms_command_reaches_what_names_no_workspace(scene: Scene) -> None:
    letter = await scene.put(fact("torn", 9), b"\x00 not json")
    assert letter not in await scene.ids("admin")
    code, listed, _ = await scene.command("list", "--group", scene.group)
    assert (code, [one["id"] for one in listed if one["key"] == "torn"]) == (0, [letter])
    code, _, complaint = await scene.command("replay", letter)
    assert (code, "fails again" in complaint) == (1, True)
    code, [gone], _ = await scene.command("discard", letter, "--who", "ops", "--reason", "torn by a disk")
    assert (code, gone["state"], gone["settled_by"], gone["workspace_id"]) == (0, "discarded", "ops", None)
    _, listed, _ = await scene.command("list")
    assert letter not in [one["id"] for one in listed]
    _, [shown], _ = await scene.command("show", letter)
    assert (shown["text"], shown["settled_reason"]) == ("\x00 not json", "torn by a disk")
