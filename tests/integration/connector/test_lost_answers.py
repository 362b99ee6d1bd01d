"""A refresh whose answer is lost: the stored token works, or a person is asked. Never a loop."""

import asyncio

import httpx
import pytest
from support.connector_borrowers import PATIENT, Borrower
from support.connector_rows import Rows
from support.connector_sellers import SellerAccount, connected
from support.connector_world import Operator
from support.waiting import eventually

from truestock.local.units import Unit


async def _is_dead_and_stays_quiet(olga: Operator, seller: SellerAccount, connection_id: str) -> None:
    for _ in range(5):
        answer = await olga.lease(connection_id, refused=1)
        assert (answer.status_code, answer.json()["code"]) == (409, "reauthorization_required")
    assert await olga.refreshes(seller.account) == 2, "the lost request, and the one that found out"
    assert await olga.state(connection_id) == "reauthorization_required"


async def _comes_back(olga: Operator, seller: SellerAccount, connection_id: str) -> None:
    page = await olga.reauthorize(connection_id, seller.login)
    assert "works again" in page.text
    assert await olga.state(connection_id) == "active"
    assert (await olga.lease(connection_id)).status_code == 200


async def test_where_reuse_revokes_everything_a_person_is_asked(olga: Operator, rows: Rows) -> None:
    seller, connection_id = await connected(olga, "etsy")
    await olga.fault("lost_token_answer", seller.name)
    lost = await olga.lease(connection_id, refused=1)
    assert (lost.status_code, lost.json()["code"]) == (503, "marketplace_unavailable")
    assert lost.json()["retry_at"]
    again = await olga.lease(connection_id, refused=1)
    assert again.status_code == 503, "not asked again before the pause is over"
    assert await olga.refreshes(seller.account) == 1
    await rows.end_cooldown(connection_id)
    await _is_dead_and_stays_quiet(olga, seller, connection_id)
    await _comes_back(olga, seller, connection_id)


async def test_where_the_marketplace_forgives_the_stored_token_works(olga: Operator, rows: Rows) -> None:
    seller, connection_id = await connected(olga, "shopify")
    await olga.fault("lost_token_answer", seller.name)
    assert (await olga.lease(connection_id, refused=1)).status_code == 503
    await rows.end_cooldown(connection_id)
    answer = await olga.lease(connection_id, refused=1)
    assert (answer.status_code, answer.json()["token_version"]) == (200, 2)
    assert await olga.refreshes(seller.account) == 2


async def test_a_process_that_is_killed_while_the_marketplace_answers(
    olga: Operator, racers: list[Unit]
) -> None:
    doomed = racers[-1]
    seller, connection_id = await connected(olga, "etsy")
    await olga.fault("slow", seller.name, where="token", seconds=5)

    async def being_answered() -> bool:
        waiting = (await olga.http.get(f"{olga.sandbox}/control/faults")).json()["faults"]
        return seller.account not in [fault["account"] for fault in waiting]

    async def answered() -> bool:
        return await olga.refreshes(seller.account) == 1

    async def lease() -> None:
        with pytest.raises(httpx.TransportError):
            await borrower.lease(doomed.url, refused=1)

    async with httpx.AsyncClient(timeout=PATIENT) as http:
        borrower = await Borrower.of(olga, connection_id, http)
        async with asyncio.TaskGroup() as group:
            group.create_task(lease())
            await eventually(being_answered)
            await doomed.kill()
        await doomed.start()
        await eventually(answered, message="the marketplace never finished its answer")
        found_out = await borrower.lease(doomed.url, refused=1)
    assert (found_out.status_code, found_out.json()["code"]) == (409, "reauthorization_required")
    await _is_dead_and_stays_quiet(olga, seller, connection_id)
    await _comes_back(olga, seller, connection_id)
