"""A service as it runs: probes, authentication, problems, traces, metrics, start and stop."""

import json
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from support.broker import NewTopic
from support.issuer import Issuer, serving_issuer
from support.postgres import TestServer
from support.service_process import ServiceProcess, run_to_end, serving
from support.small_service import WORKSPACE, migrated, read_all

from truestock.local.broker import Broker
from truestock.local.ports import free_port

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"


@dataclass
class Scene:
    """A running service, its issuer and where its traces and logs go."""

    service: ServiceProcess
    issuer: Issuer
    environment: dict[str, str]
    folder: Path
    bootstrap: str

    async def call(self, method: str, path: str, token: str | None = None, **headers: str) -> Any:
        """One request; the response."""
        bearer = {"Authorization": f"Bearer {token}"} if token else {}
        return await self.service.http.request(method, path, headers={**bearer, **headers})


@pytest.fixture(scope="module")
async def scene(
    postgres: TestServer, broker: Broker, new_topic: NewTopic, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Scene]:
    """The small service, ready."""
    folder = tmp_path_factory.mktemp("service")
    incoming, outgoing = await new_topic("in"), await new_topic("out")
    async with migrated(postgres) as urls, serving_issuer() as issuer:
        environment = {
            **urls.environment(),
            "TRUESTOCK_PORT": str(free_port()),
            "TRUESTOCK_KAFKA_BOOTSTRAP": broker.bootstrap,
            "TRUESTOCK_ISSUER_URL": issuer.url,
            "TRUESTOCK_GROUP": f"{incoming}.follow",
            "TRUESTOCK_INCOMING": incoming,
            "TRUESTOCK_OUTGOING": outgoing,
            "TRUESTOCK_TRACE_FILE": str(folder / "traces.jsonl"),
        }
        async with serving(environment, folder / "service.log") as service:
            await service.ready()
            yield Scene(service, issuer, environment, folder, broker.bootstrap)


def person(scene: Scene, *roles: str, **more: Any) -> str:
    """A token of a person of the usual workspace."""
    return scene.issuer.token(roles=list(roles), workspace=WORKSPACE, **more)


async def test_probes_and_metrics_need_no_token(scene: Scene) -> None:
    for path in ("/livez", "/startupz", "/readyz", "/metrics"):
        assert (await scene.call("GET", path)).status_code == 200
    text = (await scene.call("GET", "/metrics")).text
    assert "truestock_consumer_lag_seconds" in text
    assert f'truestock_consumer_lag_records{{group="{scene.environment["TRUESTOCK_GROUP"]}"}} 0.0' in text
    assert "truestock_outbox_parked_keys 0.0" in text


async def test_a_person_reads_with_the_workspace_of_the_token(scene: Scene) -> None:
    answer = await scene.call("GET", "/v1/things/lamp", person(scene, "viewer"))
    assert answer.json() == {"name": "lamp", "workspace": str(WORKSPACE), "who": "Some One"}


@pytest.mark.parametrize(
    ("make", "status", "code"),
    [
        (lambda s: None, 401, "invalid_token"),
        (lambda s: "not.a.token", 401, "invalid_token"),
        (lambda s: person(s, "viewer", expires_in=-60), 401, "invalid_token"),
        (lambda s: s.issuer.token("truestock-small", roles=["service"]), 401, "invalid_token"),
        (lambda s: s.issuer.token(roles=["viewer"]), 401, "invalid_token"),
        (lambda s: person(s), 403, "forbidden"),
    ],
    ids=["none", "nonsense", "expired", "a service's", "without workspace", "without role"],
)
async def test_other_tokens_are_refused(scene: Scene, make: Any, status: int, code: str) -> None:
    answer = await scene.call("GET", "/v1/things/lamp", make(scene))
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["remedy"]


async def test_a_service_names_the_workspace_of_each_call(scene: Scene) -> None:
    token = scene.issuer.token("truestock-small", roles=["service"], sub="truestock-importer")
    workspace = str(uuid4())
    answer = await scene.call("GET", "/internal/v1/things", token, **{"X-Workspace-Id": workspace})
    assert answer.json() == {"workspace": workspace, "who": "truestock-importer"}
    assert (await scene.call("GET", "/internal/v1/things", token)).status_code == 422
    foreign = scene.issuer.token("truestock-inventory", roles=["service"])
    refused = await scene.call("GET", "/internal/v1/things", foreign, **{"X-Workspace-Id": workspace})
    assert refused.status_code == 401
    as_person = person(scene, "admin")
    refused = await scene.call("GET", "/internal/v1/things", as_person, **{"X-Workspace-Id": workspace})
    assert refused.status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "headers", "status", "code"),
    [
        ("GET", "/v1/things/unknown", {}, 404, "not_found"),
        ("GET", "/nowhere", {}, 404, "not_found"),
        ("DELETE", "/v1/things/lamp", {}, 405, "method_not_allowed"),
        ("POST", "/v1/things/lamp/publish", {}, 428, "revision_required"),
        ("POST", "/v1/things/lamp/publish", {"If-Match": "soon"}, 422, "invalid_revision"),
        ("GET", "/v1/things/broken", {}, 500, "internal_error"),
    ],
)
async def test_every_error_is_a_problem_with_a_remedy(
    scene: Scene, method: str, path: str, headers: dict[str, str], status: int, code: str
) -> None:
    answer = await scene.call(method, path, person(scene, "admin"), **headers)
    body = answer.json()
    assert (answer.status_code, body["status"], body["code"]) == (status, status, code)
    assert body["remedy"]
    assert body["detail"]
    assert "hunter2" not in answer.text


async def test_a_trace_goes_from_the_request_through_the_outbox_into_the_record(scene: Scene) -> None:
    answer = await scene.call(
        "POST",
        "/v1/things/lamp/publish",
        person(scene, "operator"),
        traceparent=PARENT,
        **{"If-Match": '"7"'},
    )
    assert answer.json() == {"revision": 7}
    assert answer.headers["traceparent"].split("-")[1] == TRACE
    [record] = await read_all(scene.bootstrap, scene.environment["TRUESTOCK_OUTGOING"], until=1)
    assert dict(record.headers)["traceparent"].decode().split("-")[1] == TRACE


async def test_logs_are_json_with_the_trace_and_without_secrets(scene: Scene) -> None:
    await scene.call("GET", "/v1/things/broken", person(scene, "viewer"), traceparent=PARENT)
    lines = [json.loads(line) for line in (scene.folder / "service.log").read_text().splitlines()]
    failures = [line for line in lines if line.get("trace_id") == TRACE and line["level"] == "ERROR"]
    assert failures
    assert failures[-1]["service"] == "small"
    assert "RuntimeError" in failures[-1]["exception"]
    assert "hunter2" not in json.dumps(lines)


async def test_a_port_in_use_is_one_clear_sentence(scene: Scene) -> None:
    code, said = await run_to_end("serve", environment=scene.environment)
    assert code == 1
    assert said.strip().splitlines() == [
        f"127.0.0.1:{scene.environment['TRUESTOCK_PORT']} is in use by another process:"
        " stop that one, or set another TRUESTOCK_PORT."
    ]


async def test_missing_settings_are_named() -> None:
    code, said = await run_to_end("serve", environment={"TRUESTOCK_PORT": "1"})
    assert code == 1
    assert "TRUESTOCK_DATABASE_URL" in said
    assert "Traceback" not in said


async def test_migrating_twice_changes_nothing_and_an_absent_database_is_a_sentence(scene: Scene) -> None:
    code, _ = await run_to_end("migrate", environment=scene.environment)
    assert code == 0
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"postgresql://nobody@127.0.0.1:{unused.getsockname()[1]}/nothing"
        code, said = await run_to_end(
            "migrate", environment={**scene.environment, "TRUESTOCK_MIGRATION_DATABASE_URL": url}
        )
    assert code == 1
    assert "cannot be reached" in said
    assert "Traceback" not in said


async def test_without_its_servers_it_lives_but_is_not_ready_and_stops_when_told(
    scene: Scene, tmp_path: Path
) -> None:
    environment = {
        **scene.environment,
        "TRUESTOCK_PORT": str(free_port()),
        "TRUESTOCK_KAFKA_BOOTSTRAP": f"127.0.0.1:{free_port()}",
        "TRUESTOCK_DATABASE_URL": f"postgresql://nobody@127.0.0.1:{free_port()}/nothing",
    }
    log = tmp_path / "log"
    async with serving(environment, log) as lonely:
        await lonely.alive()
        answer = await lonely.http.get("/readyz")
        assert answer.status_code == 503
        assert set(answer.json()["reasons"]) == {"database", "broker"}
        lonely.process.terminate()
        assert await lonely.exit_code() == 0
    assert "Traceback" not in log.read_text()
