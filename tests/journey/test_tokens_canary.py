"""Tokens with a unique text in them, looked for wherever no token may be; and proof that looking finds."""

import base64
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import orjson
import pytest
import zstandard
from aiokafka import AIOKafkaProducer
from support.journey import Business
from support.leaks import Place, everywhere, leaks
from support.leasing import Leasing
from support.validating import Scene, validated
from support.waiting import eventually

from truestock.contracts.topics import Topic
from truestock.local.broker import create_topics
from truestock.local.stack import Stack
from truestock.local.units import Unit


class Answers:
    """Every answer of our services to people, and every authorization code that passed the browser."""

    def __init__(self, stack: Stack) -> None:
        self._sandbox = httpx.URL(str(stack.endpoints.sandbox))
        self.bodies: list[Place] = []
        self.codes: set[str] = set()

    async def __call__(self, response: httpx.Response) -> None:
        """An event hook of httpx."""
        location = response.headers.get("location")
        if location and (code := httpx.URL(location).params.get("code")):
            self.codes.add(code)
        url = response.request.url
        if url.port == self._sandbox.port or url.path.startswith("/internal/"):
            return
        await response.aread()
        text = f"{response.headers} {response.text}"
        self.bodies.append(Place(f"answer of {url.path}: {response.status_code}", text))


@pytest.fixture
async def answers(stack: Stack) -> Answers:
    """What this test's client is answered."""
    return Answers(stack)


@pytest.fixture
async def watched(answers: Answers) -> AsyncIterator[httpx.AsyncClient]:
    """A client whose answers are kept."""
    hooks: dict[str, list[Callable[..., Any]]] = {"response": [answers]}
    async with httpx.AsyncClient(timeout=30, trust_env=False, event_hooks=hooks) as client:
        yield client


@pytest.fixture
async def canary(stack: Stack, http: httpx.AsyncClient) -> AsyncIterator[str]:
    """A text that is part of every token given out during this test."""
    text = f"canary-{uuid4().hex}"
    settings = f"{stack.endpoints.sandbox}/control/settings"
    (await http.post(settings, json={"canary": text})).raise_for_status()
    yield text
    (await http.post(settings, json={"canary": ""})).raise_for_status()


async def test_no_token_appears_anywhere(
    stack: Stack, watched: httpx.AsyncClient, answers: Answers, canary: str
) -> None:
    business = await Business.open(stack, watched)
    scene = await validated(business)
    services = await Leasing.open(stack, watched, business.workspace)
    connector, connection = stack.endpoints.connector, scene.connection.connection_id
    leased = (await services.lease(connector, connection)).json()
    assert canary in leased["access_token"], "the tokens of this test carry the canary"

    await trouble(business, scene, services, leased["token_version"])

    asked = await scene.seller.token_requests()
    assert asked["refresh_token ok"] >= 1
    assert asked["refresh_token invalid_grant"] == 1
    assert answers.codes, "the authorization codes were seen"
    statuses = {place.name.rpartition(": ")[2] for place in answers.bodies}
    assert {"200", "403", "404", "409", "422"} <= statuses, statuses

    places = [*await everywhere(stack), *answers.bodies]
    kinds = ("log of connector", "spans of validator", "event connector", "connector: public.secrets")
    for kind in kinds:
        assert any(place.name.startswith(kind) for place in places), f"{kind} was not looked at"
    assert leaks([canary, *answers.codes], places) == []


async def lost_answer(business: Business, services: Leasing) -> None:
    """A second account, whose new tokens are lost on their way to us."""
    connector = business.stack.endpoints.connector
    seller = await business.seller(generate=1)
    connection = await business.connect(seller, skip_sequence_reason="both at once, for once")
    held = (await services.lease(connector, connection.connection_id)).json()
    await seller.fault("lost_token_answer", times=1)
    answer = await services.refused(connector, connection.connection_id, held["token_version"])
    assert answer.json()["code"] == "marketplace_unavailable", answer.text


async def trouble(business: Business, scene: Scene, services: Leasing, version: int) -> None:
    """Refreshes that work and fail, errors of every kind, reauthorization, disconnection."""
    connector, connection = business.stack.endpoints.connector, scene.connection.connection_id
    path = f"/internal/v1/connections/{connection}/lease"
    assert (await business.call("connector", "POST", f"/v1/connections/{connection}/check")).is_success
    assert (await services.refused(connector, connection, version)).is_success
    await scene.seller.fault("server_error", times=2)
    await scene.edit(title="Blue mug")
    await scene.next_verdict()
    await lost_answer(business, services)
    # A person may not lease, a wrong body and a wrong id are named without repeating anything secret.
    assert (await business.call("connector", "POST", path)).status_code in (401, 403, 422)
    refused = await business.call("connector", "POST", "/v1/attempts", {"marketplace": "etsy"}, who="viewer")
    assert refused.status_code == 403
    assert (await business.call("connector", "GET", f"/v1/connections/{uuid4()}")).status_code == 404
    assert (await business.call("connector", "POST", "/v1/attempts", {"market": 1})).status_code == 422

    await scene.seller.fault("revoke")
    held = (await services.lease(connector, connection)).json()
    dead = await services.refused(connector, connection, held["token_version"])
    assert dead.json()["code"] == "reauthorization_required"
    check = await business.call("connector", "POST", f"/v1/connections/{connection}/check")
    assert check.status_code == 409

    async def told() -> bool:
        seen = await business.operator.connector.connection(connection)
        return seen.state == "reauthorization_required"

    await eventually(told, message="the access is not dead")
    again = await business.operator.connector.reauthorize(connection)
    assert (await business.authorize(scene.seller, again)).state == "confirmed"
    await scene.read_again()
    alive = await business.operator.connector.connection(connection)
    await business.operator.connector.disconnect(
        connection, reason="the end", withdraw=False, revision=alive.revision
    )
    assert [one async for one in business.operator.connector.audit(connection)]


@pytest.fixture
async def leaky(stack: Stack) -> AsyncIterator[Unit]:
    """A part of the stack that never ran, with a log and spans for this test to write."""
    unit = Unit(stack.run, "leaky", ["leaky"], {}, 0, ready_path="/")
    stack.units["leaky"] = unit
    yield unit
    del stack.units["leaky"]
    unit.log.unlink()
    unit.traces.unlink()


async def test_the_search_finds_a_leak_in_every_place_and_form(stack: Stack, leaky: Unit) -> None:
    """The same search, on leaks that this test puts there itself."""
    secret = f"leak-{uuid4().hex}"
    token = f"12.{secret}-and-more"
    coded = base64.urlsafe_b64encode(f"user:{token}".encode()).decode()
    leaky.log.write_text(f'{{"message": "Authorization: Basic {coded}"}}\n')
    leaky.traces.write_text(f'{{"name": "seeded", "attributes": {{"token": "{token}"}}}}\n')
    topic = f"test.leaks.{uuid4().hex}"
    await create_topics(stack.broker.bootstrap, [Topic(topic, partitions=1)])
    producer = AIOKafkaProducer(bootstrap_servers=stack.broker.bootstrap, acks="all")
    await producer.start()
    await producer.send_and_wait(topic, orjson.dumps({"reason": f"Bearer {token}"}), b"k")
    await producer.stop()
    database = await asyncpg.connect(stack.superuser_url("inventory"))
    try:
        await database.execute("CREATE TABLE leak (n int, t text, b bytea)")
        rows = [
            (coded, None),
            (None, token.encode()),
            (token.encode().hex(), None),
            (None, zstandard.ZstdCompressor().compress(token.encode() * 9)),
            ("nothing", None),
        ]
        await database.executemany(
            "INSERT INTO leak VALUES ($1, $2, $3)", [(n, *row) for n, row in enumerate(rows)]
        )
        found = leaks([secret], await everywhere(stack, [topic]))
    finally:
        await database.execute("DROP TABLE IF EXISTS leak")
        await database.close()
    assert found == [
        f"event {topic}/0@0",
        *(f"inventory: public.leak row {n}" for n in range(4)),
        "log of leaky",
        "spans of leaky",
    ]
    assert leaks([secret], [Place("an answer", f"<p>{coded}</p>")]) == ["an answer"]
    assert leaks([secret], [Place("another answer", f"<p>{coded[:20]}</p>")]) == []
