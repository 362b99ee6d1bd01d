"""Calls between services: token, workspace, trace; refusals and time-outs as exceptions."""

import asyncio
from collections.abc import Callable
from uuid import uuid4

import httpx
import pytest
from support.issuer import Issuer

from truestock.chassis.delivery import Transient
from truestock.chassis.http import ServiceClient
from truestock.chassis.settings import ServiceSettings
from truestock.contracts.problem import Refusal, RefusalKind

WORKSPACE = uuid4()
Answer = Callable[[httpx.Request], httpx.Response]


class Other:
    """Another service and the issuer, in memory."""

    def __init__(self, answer: Answer) -> None:
        self.issuer = Issuer()
        self.requests: list[httpx.Request] = []
        self._answer = answer

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.host == "issuer.test":
            status, body = self.issuer.answer(request.method, request.url.path, request.content.decode())
            return httpx.Response(status, json=body)
        self.requests.append(request)
        return self._answer(request)

    def client(self) -> ServiceClient:
        """The client under test."""
        settings = ServiceSettings(
            port=0,
            database_url="postgresql://x",
            system_database_url="postgresql://x",
            kafka_bootstrap="x",
            issuer_url=self.issuer.url,
            client_secret="made-up",
        )
        http = httpx.AsyncClient(transport=httpx.MockTransport(self))
        return ServiceClient(http, "http://connector.test/", "truestock-connector", settings)


async def test_a_call_carries_token_workspace_and_revision() -> None:
    other = Other(lambda _: httpx.Response(200, json={"ok": True}))
    client = other.client()
    body = await client.post("/internal/v1/x", workspace_id=WORKSPACE, json={"a": 1}, if_match=3)
    await client.get("/internal/v1/y", workspace_id=WORKSPACE, params={"q": "z"})
    assert body == {"ok": True}
    post, get = other.requests
    assert post.headers["authorization"].startswith("Bearer ey")
    assert post.headers["x-workspace-id"] == str(WORKSPACE)
    assert post.headers["if-match"] == '"3"'
    assert str(get.url) == "http://connector.test/internal/v1/y?q=z"
    assert other.issuer.issued == 1


async def test_fifty_calls_at_once_ask_for_one_token() -> None:
    other = Other(lambda _: httpx.Response(204))
    client = other.client()
    await asyncio.gather(*(client.get("/x", workspace_id=WORKSPACE) for _ in range(50)))
    assert other.issuer.issued == 1


async def test_a_refused_token_is_replaced_once() -> None:
    answers = iter([httpx.Response(401), httpx.Response(200, json=1)])
    other = Other(lambda _: next(answers))
    assert await other.client().get("/x", workspace_id=WORKSPACE) == 1
    assert other.issuer.issued == 2


async def test_a_refusal_comes_through_with_its_code_remedy_and_extras() -> None:
    problem = {
        "code": "disconnected",
        "detail": "It is gone.",
        "remedy": "Connect.",
        "status": 409,
        "since": "x",
    }
    other = Other(lambda _: httpx.Response(409, json=problem))
    with pytest.raises(Refusal) as refused:
        await other.client().get("/x", workspace_id=WORKSPACE)
    error = refused.value
    assert (error.code, error.kind, error.remedy) == ("disconnected", RefusalKind.CONFLICT, "Connect.")
    assert error.extras == {"since": "x"}


@pytest.mark.parametrize("status", [401, 408, 429, 500, 503])
async def test_what_passes_by_itself_is_transient(status: int) -> None:
    other = Other(lambda _: httpx.Response(status))
    with pytest.raises(Transient):
        await other.client().get("/x", workspace_id=WORKSPACE)


async def test_no_answer_is_transient() -> None:
    def broken(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with pytest.raises(Transient):
        await Other(broken).client().get("/x", workspace_id=WORKSPACE)
