"""Callbacks that are not what they should be: nothing is asked of the marketplace, nothing changes."""

from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest
from support.connector_world import Operator


@pytest.fixture
async def elsewhere(olga: Operator) -> AsyncIterator[Operator]:
    """An operator of another workspace in a browser of his own."""
    async with httpx.AsyncClient(timeout=30) as http:
        yield Operator(olga.connector, olga.sandbox, http, workspace=uuid4(), name="boris")


async def exchanges(olga: Operator) -> int:
    """How often anybody exchanged a code at the sandbox."""
    return await olga.token_requests("authorization_code")


async def state_of(olga: Operator, attempt: dict[str, str]) -> str:
    return str((await olga.get(f"/v1/attempts/{attempt['attempt_id']}"))["state"])


async def test_the_callback_belongs_to_the_browser_that_opened_the_link(
    olga: Operator, elsewhere: Operator, logins: list[str]
) -> None:
    attempt = await olga.start()
    callback = await olga.decided(attempt["authorization_url"], logins.pop())
    before = await exchanges(olga)
    lured = await elsewhere.http.get(callback)
    assert (lured.status_code, "not valid" in lured.text) == (400, True)
    assert await exchanges(olga) == before
    assert await state_of(olga, attempt) == "started", "and it is not used up"
    assert (await olga.http.get(callback)).status_code == 200
    assert await state_of(olga, attempt) == "awaiting_confirmation"


async def test_another_workspaces_callback_makes_no_token_request(
    olga: Operator, elsewhere: Operator, logins: list[str]
) -> None:
    his = await elsewhere.start()
    callback = await elsewhere.decided(his["authorization_url"], logins.pop())
    hers = await olga.start()
    await olga.opened(hers["authorization_url"])
    before = await exchanges(olga)
    assert (await olga.http.get(callback)).status_code == 400
    assert await exchanges(olga) == before
    assert await state_of(olga, hers) == "started"
    assert await state_of(elsewhere, his) == "started"


async def test_a_link_opens_in_one_browser(olga: Operator, elsewhere: Operator) -> None:
    attempt = await olga.start()
    await olga.opened(attempt["authorization_url"])
    again = await olga.http.get(attempt["authorization_url"])
    assert again.status_code == 303, "the same browser may open it again"
    other = await elsewhere.http.get(attempt["authorization_url"])
    assert (other.status_code, "cannot be opened here" in other.text) == (400, True)


async def test_a_callback_of_another_marketplace_is_a_mix_up(olga: Operator, logins: list[str]) -> None:
    attempt = await olga.start()
    callback = httpx.URL(await olga.decided(attempt["authorization_url"], logins.pop()))
    before = await exchanges(olga)
    mixed = callback.copy_with(path="/v1/oauth/ebay/callback")
    assert (await olga.http.get(mixed)).status_code == 400
    assert await exchanges(olga) == before
    assert await state_of(olga, attempt) == "started"


@pytest.mark.parametrize(
    "change",
    [
        {"state": "made-up"},
        {"state": ""},
        {"code": ""},
    ],
)
async def test_a_forged_callback_makes_no_token_request(
    olga: Operator, logins: list[str], change: dict[str, str]
) -> None:
    attempt = await olga.start()
    callback = httpx.URL(await olga.decided(attempt["authorization_url"], logins[0]))
    before = await exchanges(olga)
    assert (await olga.http.get(callback.copy_merge_params(change))).status_code == 400
    assert await exchanges(olga) == before


async def test_posted_keys_need_a_pending_start_of_a_store(olga: Operator) -> None:
    body = {
        "key_id": 1,
        "user_id": "made-up",
        "consumer_key": f"ck_{'0' * 40}",
        "consumer_secret": f"cs_{'0' * 40}",
        "key_permissions": "read",
    }
    path = f"{olga.connector}/v1/oauth/woocommerce/keys"
    assert (await olga.http.post(path, json=body)).status_code == 409
    assert (await olga.http.post(path, content=b"not json")).status_code == 400
    assert (await olga.http.post(path, content=b"x" * 20_000)).status_code == 400
    for other in ("etsy", "temu"):
        assert (await olga.http.post(path.replace("woocommerce", other), json=body)).status_code == 400
