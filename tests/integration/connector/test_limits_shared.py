"""Readers that ask different processes of the connector share one limit."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from support.connector_borrowers import ALL_AT_ONCE, PATIENT, Borrower
from support.connector_sellers import connected
from support.connector_world import Operator
from support.limit_readers import ShareAsked, read_settings

from truestock.local.units import Unit
from truestock.marketplaces.interface import RateGate

PER_SECOND = 10
READS = 20


@pytest.fixture
async def slow_etsy(olga: Operator) -> AsyncIterator[None]:
    """Etsy allows our application what it allows a new one."""
    settings = f"{olga.sandbox}/control/settings"
    (await olga.http.post(settings, json={"per_second": PER_SECOND})).raise_for_status()
    yield
    (await olga.http.post(settings, json={"per_second": 1000})).raise_for_status()


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    """As many connections as are wanted."""
    async with httpx.AsyncClient(timeout=PATIENT, limits=ALL_AT_ONCE) as client:
        yield client


async def answers(olga: Operator, account: str, lease: Any, gates: list[RateGate]) -> list[int]:
    """The statuses that the sandbox answered while all gates' readers read at the same time."""
    await olga.http.delete(f"{olga.sandbox}/control/requests")
    reading = (read_settings(olga.http, olga.sandbox, lease, gate, READS) for gate in gates)
    await asyncio.gather(*reading)
    query = {"marketplace": "etsy", "account": account, "limit": "5000"}
    log = (await olga.http.get(f"{olga.sandbox}/control/requests", params=query)).json()["requests"]
    return [entry["status"] for entry in log]


async def test_two_readers_in_parallel_are_never_refused(
    olga: Operator, connectors: list[Unit], http: httpx.AsyncClient, slow_etsy: None
) -> None:
    seller, connection_id = await connected(olga, "etsy")
    borrower = await Borrower.of(olga, connection_id, http)
    lease = (await borrower.lease(connectors[0].url)).json()
    shared = await answers(
        olga, seller.account, lease, [ShareAsked(borrower, unit.url).gate() for unit in connectors]
    )
    assert len(shared) >= 2 * READS
    assert set(shared) == {200}
    alone = await answers(olga, seller.account, lease, [RateGate(), RateGate()])
    assert 429 in alone, "each knows of its own requests only"


async def test_shares_given_at_once_by_two_processes_stay_within_the_limit(
    olga: Operator, connectors: list[Unit], http: httpx.AsyncClient
) -> None:
    _, connection_id = await connected(olga, "woocommerce")  # tells no rate: no share is out yet
    borrower = await Borrower.of(olga, connection_id, http)
    told = {"per_second": 7, "bursts": True}
    holders = [ShareAsked(borrower, connectors[number % 2].url, f"h{number}") for number in range(24)]
    given = await asyncio.gather(
        *(one.ask({"holder": one.holder, **told, "wanted": 1 + int(one.holder[1:]) % 4}) for one in holders)
    )
    assert 1 <= sum(one["per_second"] for one in given) <= 7
    assert all(0 < one["valid_for_ms"] <= 1500 for one in given)


async def test_a_closing_told_to_one_process_is_known_to_the_other(
    olga: Operator, connectors: list[Unit], http: httpx.AsyncClient
) -> None:
    _, connection_id = await connected(olga, "woocommerce")
    borrower = await Borrower.of(olga, connection_id, http)
    first, second = (ShareAsked(borrower, unit.url) for unit in connectors)
    quiet = await second.ask({"holder": second.holder})
    assert (quiet["per_second"], quiet["closed_for_ms"]) == (None, None)
    await first.ask({"holder": first.holder, "closed_for_ms": 3_600_000})
    await first.ask({"holder": first.holder, "closed_for_ms": 1_000})
    heard = await second.ask({"holder": second.holder})
    assert 3_000_000 < heard["closed_for_ms"] <= 3_600_000, "the longer one counts"


async def test_only_services_ask_and_only_about_the_named_workspaces_connections(
    olga: Operator, connectors: list[Unit], http: httpx.AsyncClient
) -> None:
    _, connection_id = await connected(olga, "etsy")
    elsewhere = Operator(olga.connector, olga.sandbox, http)
    stranger = ShareAsked(await Borrower.of(elsewhere, connection_id, http), connectors[0].url)
    assert (await stranger.post({"holder": "x"})).status_code == 404
    path = f"/internal/v1/connections/{connection_id}/share"
    assert (await olga.call("POST", path, {"holder": "x"})).status_code in (401, 422)
    friend = ShareAsked(await Borrower.of(olga, connection_id, http), connectors[0].url)
    assert (await friend.post({"holder": "x", "per_second": 0})).status_code == 422
    assert (await friend.post({"holder": "x"})).status_code == 200
