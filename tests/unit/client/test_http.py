"""Calls to a service: revisions, paging, refusals."""

import httpx
import pytest
from support.client_world import ENDPOINTS, Call, World, batch, connection, page

from truestock.client.errors import LOGIN_EXPIRED
from truestock.client.facade import Truestock
from truestock.client.tokens import FixedToken
from truestock.contracts.problem import Refusal, RefusalKind


async def test_the_revision_that_was_seen_is_sent_back(world: World, client: Truestock) -> None:
    world.on("POST http://importer/v1/batches/b-1/approve", batch(state="approved"))
    await client.importer.decide("b-1", "approve", revision=7)
    call = world.calls[0]
    assert call.headers["if-match"] == '"7"'
    assert call.headers["authorization"] == "Bearer token-1"


async def test_lists_are_read_to_their_end(world: World, client: Truestock) -> None:
    first, second = batch(batch_id="b-1"), batch(batch_id="b-2")
    world.on("GET http://importer/v1/batches", page(first, cursor="next"), page(second))
    found = [one.batch_id async for one in client.importer.batches(connection_id="c-1")]
    assert found == ["b-1", "b-2"]
    assert [call.query.get("cursor") for call in world.calls] == [None, "next"]
    assert {call.query["connection_id"] for call in world.calls} == {"c-1"}


async def test_the_audit_of_an_attempt_says_why_it_was_started_out_of_turn(
    world: World, client: Truestock
) -> None:
    line = {"action": "attempt.started", "who": "olga", "reason": "the outlet goes in parallel"}
    world.on("GET http://connector/v1/attempts/a-1/audit", page(line))
    [found] = [one async for one in client.connector.attempt_audit("a-1")]
    assert (found.action, found.who, found.reason) == tuple(line.values())


async def test_members_this_client_does_not_know_are_ignored(world: World, client: Truestock) -> None:
    world.on("GET http://connector/v1/connections/c-1", connection(invented_later={"a": 1}))
    assert (await client.connector.connection("c-1")).account.name == "Potter"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (403, RefusalKind.FORBIDDEN),
        (404, RefusalKind.NOT_FOUND),
        (409, RefusalKind.CONFLICT),
        (412, RefusalKind.STALE),
        (422, RefusalKind.INVALID),
        (428, RefusalKind.STALE),
        (503, RefusalKind.UNAVAILABLE),
    ],
)
async def test_a_problem_becomes_a_refusal(
    world: World, client: Truestock, status: int, kind: RefusalKind
) -> None:
    world.refuse("GET http://importer/v1/batches/b-1", status, "some_code", "It is so.", "Do that.")
    with pytest.raises(Refusal) as caught:
        await client.importer.batch("b-1")
    refusal = caught.value
    assert (refusal.kind, refusal.code, refusal.detail, refusal.remedy) == (
        kind,
        "some_code",
        "It is so.",
        "Do that.",
    )


async def test_extras_of_a_problem_survive(world: World, client: Truestock) -> None:
    problem = {"detail": "no", "remedy": "wait", "code": "batch_unfinished", "batch_id": "b-9", "kind": "x"}
    world.answers["POST http://importer/v1/batches"] = (409, problem)
    with pytest.raises(Refusal) as caught:
        await client.importer.start("c-1", "bulk")
    assert caught.value.extras == {"batch_id": "b-9"}


async def test_an_answer_that_is_no_problem_still_has_a_remedy(world: World, client: Truestock) -> None:
    world.answers["GET http://importer/v1/batches/b-1"] = (502, b"<html>bad gateway</html>")
    with pytest.raises(Refusal) as caught:
        await client.importer.batch("b-1")
    assert caught.value.detail == "The importer answered 502."
    assert caught.value.remedy


async def test_an_expired_login_says_how_to_log_in(world: World, client: Truestock) -> None:
    world.refuse("GET http://importer/v1/batches/b-1", 401, "token_expired", "expired", "log in")
    with pytest.raises(Refusal, match="truestock login") as caught:
        await client.importer.batch("b-1")
    assert caught.value.code == LOGIN_EXPIRED


async def test_a_refused_token_is_renewed_once(world: World) -> None:
    class Renewing:
        async def __call__(self, *, refused: str | None = None) -> str:
            return "token-2" if refused == "token-1" else "token-1"

    def answer(call: Call) -> tuple[int, object]:
        return (200, batch()) if call.headers["authorization"] == "Bearer token-2" else (401, {})

    world.answers["GET http://importer/v1/batches/b-1"] = answer
    async with httpx.AsyncClient(transport=httpx.ASGITransport(world)) as http:
        client = Truestock(ENDPOINTS, Renewing(), http=http)
        assert (await client.importer.batch("b-1")).batch_id == "b-1"
    assert len(world.calls) == 2


async def test_a_service_that_does_not_answer_is_named() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    async with httpx.AsyncClient(transport=httpx.MockTransport(refuse)) as http:
        client = Truestock(ENDPOINTS, FixedToken("token-1"), http=http)
        with pytest.raises(Refusal, match="importer does not answer at http://importer"):
            await client.importer.batch("b-1")


async def test_an_answer_of_another_shape_is_refused(world: World, client: Truestock) -> None:
    world.on("GET http://importer/v1/batches/b-1", {"hello": "world"})
    with pytest.raises(Refusal) as caught:
        await client.importer.batch("b-1")
    assert caught.value.code == "unreadable_answer"
