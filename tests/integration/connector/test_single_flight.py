"""One token request for many processes, also when the marketplace is slower than their lease."""

import httpx
import pytest
from support.connector_borrowers import ALL_AT_ONCE, PATIENT, Borrower
from support.connector_rows import Rows
from support.connector_sellers import connected
from support.connector_world import Operator

from truestock.local.units import Unit

LEASES_EACH = 50


@pytest.mark.parametrize("answer_after_s", [0, 6])
async def test_two_hundred_leases_at_expiry_make_one_token_request(
    answer_after_s: int, olga: Operator, racers: list[Unit], rows: Rows
) -> None:
    four = [unit.url for unit in racers]
    seller, connection_id = await connected(olga, "etsy")
    if answer_after_s:
        await olga.fault("slow", seller.name, where="token", seconds=answer_after_s)
    before = (await olga.lease(connection_id)).json()
    async with httpx.AsyncClient(timeout=PATIENT, limits=ALL_AT_ONCE) as http:
        borrower = await Borrower.of(olga, connection_id, http)
        await rows.expire(connection_id)
        answers = await borrower.crowd(four, LEASES_EACH)
    assert len(answers) == 4 * LEASES_EACH
    assert {answer.status_code for answer in answers} == {200}
    [token] = {answer.json()["access_token"] for answer in answers}
    assert token != before["access_token"]
    assert {answer.json()["token_version"] for answer in answers} == {2}
    assert await olga.refreshes(seller.account) == 1
