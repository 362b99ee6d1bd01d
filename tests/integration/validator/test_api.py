"""The validator's API: reports worst first, another live read, tolerances, and clear refusals."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from support.validator_values import (
    BATCH,
    CONNECTION,
    WORKSPACE,
    evidence,
    seeded,
    sellable,
    state,
    uid,
    variant,
)
from support.validator_world import World

from truestock.chassis import problems
from truestock.chassis.auth import Principal, Role
from truestock.validator.api import build_router
from truestock.validator.domain.model import Unreadable, UnreadableReason
from truestock.validator.usecases.policies import ChangePolicies


class Tokens:
    """Verifies tokens that say who somebody is: ``role`` or ``role@workspace``."""

    async def person(self, token: str) -> Principal:
        """The person that the token names."""
        role, _, workspace = token.partition("@")
        return Principal("u1", "Olga", frozenset({Role(role)}), UUID(workspace) if workspace else WORKSPACE)


@pytest.fixture
async def api(world: World) -> AsyncIterator[httpx.AsyncClient]:
    """An operator's client."""
    app = FastAPI()
    problems.install(app)
    app.state.verifier = Tokens()
    app.include_router(
        build_router(world.reports, world.revalidate_batch, ChangePolicies(world.begin), world.begin)
    )
    transport = httpx.ASGITransport(app=app)
    headers = {"Authorization": "Bearer operator"}
    async with httpx.AsyncClient(transport=transport, base_url="http://validator", headers=headers) as client:
        yield client


async def three_listings(world: World) -> None:
    """One passed, one drifted, one with a warning."""
    shown = [evidence(listing_id=one) for one in ("A", "B", "C")]
    world.shop.show(shown[0], evidence(sellable(quantity=1), listing_id="B"), shown[2])
    await world.seed(
        seeded(state(listing_id="A", item_id=uid("A")), shown[0]),
        seeded(state(listing_id="B", item_id=uid("B")), shown[1]),
        seeded(state(variant(confirmed=False), listing_id="C", item_id=uid("C")), shown[2]),
    )


async def test_the_report_counts_and_shows_the_worst_first(world: World, api: httpx.AsyncClient) -> None:
    await three_listings(world)
    report = (await api.get(f"/v1/batches/{BATCH}/report")).json()
    assert report["verdicts"] == {"passed": 1, "failed": 1, "passed_with_warnings": 1}
    assert report["by_check"] == {
        "stock.quantity": {"drift": {"blocker": 1}},
        "stock.confirmed": {"attention": {"warning": 1}},
    }
    assert [(one["listing_id"], one["item_id"]) for one in report["findings"]] == [
        ("B", str(uid("B"))),
        ("C", str(uid("C"))),
    ]
    assert report["findings"][0]["title"] == "Linen shirt"
    assert report["next_cursor"] is None


async def test_pages_follow_each_other_without_gap_or_repetition(
    world: World, api: httpx.AsyncClient
) -> None:
    await three_listings(world)
    for path, field, expected in (
        (f"/v1/verdicts?connection_id={CONNECTION}", "listing_id", ["A", "B", "C"]),
        (f"/v1/findings?batch_id={BATCH}", "listing_id", ["B", "C"]),
        (f"/v1/findings?connection_id={CONNECTION}", "listing_id", ["B", "C"]),
    ):
        seen: list[Any] = []
        cursor: str | None = ""
        while cursor is not None:
            page = (await api.get(f"{path}&limit=1" + (f"&cursor={cursor}" if cursor else ""))).json()
            seen += [one[field] for one in page["items"]]
            cursor = page["next_cursor"]
        assert seen == expected


async def test_filters(world: World, api: httpx.AsyncClient) -> None:
    await three_listings(world)
    for query, expected in (
        ("severity=blocker", ["B"]),
        ("check=stock.confirmed", ["C"]),
        ("class=drift", ["B"]),
        ("class=conflict", []),
    ):
        found = (await api.get(f"/v1/findings?batch_id={BATCH}&{query}")).json()["items"]
        assert [one["listing_id"] for one in found] == expected
    failed = (await api.get(f"/v1/verdicts?batch_id={BATCH}&verdict=failed")).json()["items"]
    assert [one["listing_id"] for one in failed] == ["B"]


async def test_one_listing_with_its_findings(world: World, api: httpx.AsyncClient) -> None:
    await three_listings(world)
    answer = (await api.get(f"/v1/listings/{CONNECTION}/B/verdict")).json()
    assert (answer["verdict"], answer["findings"][0]["marketplace"]) == ("failed", "1")


async def test_another_live_read_after_unverifiable(world: World, api: httpx.AsyncClient) -> None:
    world.shop.unreachable = Unreadable(UnreadableReason.UNREACHABLE, "no answer")
    await three_listings(world)
    world.shop.unreachable = None
    answer = await api.post(f"/v1/batches/{BATCH}/revalidate", json={"reason": "it is back"})
    assert answer.json() == {
        "listings": 3,
        "verdicts": {"passed": 1, "failed": 1, "passed_with_warnings": 1},
        "more": False,
    }
    announced = await world.announced()
    assert [event.version for event in announced] == [1, 1, 1, 2, 2, 2]
    rows = await world.inspect.fetch("SELECT action, subject, who, reason FROM audit")
    assert [tuple(row) for row in rows] == [("revalidate", f"batch:{BATCH}", "u1", "it is back")]
    again = await api.post(f"/v1/batches/{BATCH}/revalidate", json={"reason": "now", "listing_ids": ["A"]})
    assert again.json()["listings"] == 1


async def test_tolerances_with_revisions(world: World, api: httpx.AsyncClient) -> None:
    first = await api.get("/v1/policies")
    assert (first.json(), first.headers["ETag"]) == ({"price_tolerance": "0.01", "revision": 0}, '"0"')
    body = {"price_tolerance": "2.00", "reason": "rounding"}
    changed = await api.put("/v1/policies", json=body, headers={"If-Match": first.headers["ETag"]})
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"1"')
    stale = await api.put("/v1/policies", json=body, headers={"If-Match": '"0"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale_revision")
    assert (await api.put("/v1/policies", json=body)).status_code == 428
    world.shop.show(evidence(sellable(price="13.50")))
    await world.seed(seeded())
    assert await world.verdicts() == ["passed"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", f"/v1/batches/{uid('unknown')}/report", None, 404, "not_found"),
        ("GET", "/v1/batches/not-a-uuid/report", None, 422, "invalid_request"),
        ("GET", f"/v1/listings/{CONNECTION}/Z/verdict", None, 404, "not_found"),
        ("GET", "/v1/findings?cursor=garbage", None, 422, "invalid_cursor"),
        ("GET", "/v1/findings?cursor=WzFd", None, 422, "invalid_cursor"),
        ("GET", "/v1/verdicts?limit=0", None, 422, "invalid_request"),
        ("POST", f"/v1/batches/{uid('unknown')}/revalidate", {"reason": "x"}, 404, "not_found"),
        ("POST", f"/v1/batches/{BATCH}/revalidate", {}, 422, "invalid_request"),
        (
            "POST",
            f"/v1/batches/{BATCH}/revalidate",
            {"reason": "x", "listing_ids": ["Z"]},
            422,
            "listing_not_seeded",
        ),
        ("PUT", "/v1/policies", {"price_tolerance": 0.5}, 422, "invalid_request"),
        ("PUT", "/v1/policies", {"price_tolerance": "-1"}, 422, "invalid_request"),
    ],
)
async def test_refusals_name_the_cause_and_change_nothing(
    world: World, api: httpx.AsyncClient, method: str, path: str, body: Any, status: int, code: str
) -> None:
    await three_listings(world)
    answer = await api.request(method, path, json=body, headers={"If-Match": '"0"'})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["remedy"]
    assert len(await world.verdicts()) == 3


async def test_viewers_read_only_and_strangers_see_nothing(world: World, api: httpx.AsyncClient) -> None:
    await three_listings(world)
    viewer = {"Authorization": "Bearer viewer"}
    assert (await api.get(f"/v1/batches/{BATCH}/report", headers=viewer)).status_code == 200
    refused = await api.post(f"/v1/batches/{BATCH}/revalidate", json={"reason": "x"}, headers=viewer)
    assert refused.status_code == 403
    stranger = {"Authorization": f"Bearer admin@{uid('stranger')}"}
    assert (await api.get(f"/v1/batches/{BATCH}/report", headers=stranger)).status_code == 404
    assert (await api.get("/v1/findings", headers=stranger)).json()["items"] == []
    foreign = await api.post(f"/v1/batches/{BATCH}/revalidate", json={"reason": "x"}, headers=stranger)
    assert foreign.status_code == 404
