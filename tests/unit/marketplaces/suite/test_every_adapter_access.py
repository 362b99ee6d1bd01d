"""Tokens, rate limits and errors: classified, and nothing sent that is known to be refused."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from support.catalogue_reading import read_all
from support.marketplace_worlds import Entry

from truestock.marketplaces import registry
from truestock.marketplaces.interface import AccessExpired, MarketplaceError, RateLimited, Temporary


async def test_the_account_has_an_id_and_settings_that_are_read_live(entry: Entry) -> None:
    adapter, api = entry.world(1).api()
    account = await adapter.account(api)
    assert account.marketplace == adapter.name == entry.name
    assert account.id
    assert account.name
    api.account_id = account.id
    settings = await adapter.settings(api)
    assert settings.currency is not None
    assert settings.settings_hash() == (await adapter.settings(api)).settings_hash()
    assert settings.store is not None or not adapter.oauth.needs_store


async def test_required_scopes_are_granted_tried_and_missed_by_name(entry: Entry) -> None:
    adapter, api = entry.world(1).api()
    required = adapter.oauth.required_scopes
    assert adapter.missing_scopes(await adapter.granted_scopes(api)) == ()
    assert adapter.missing_scopes(required) == ()
    assert adapter.missing_scopes(()) == tuple(sorted(required))
    checks = await adapter.check(api)
    assert {check.scope for check in checks} == set(required)
    assert all(check.works for check in checks)


async def test_a_token_that_expires_in_the_middle_of_a_read_is_replaced_once(entry: Entry) -> None:
    world = entry.world(230)
    adapter, api = world.api()
    page = await adapter.page(api, None)
    world.valid_token = "t2"
    rest = await read_all(adapter, api, page.next_cursor)
    assert len(page.raws) + len(rest) == 230
    assert world.tokens.refusals == 1


async def test_a_token_that_is_refused_again_is_no_loop(entry: Entry) -> None:
    world = entry.world(1)
    adapter, api = world.api()
    world.valid_token = "t99"
    with pytest.raises(AccessExpired) as refused:
        await adapter.page(api, None)
    assert world.tokens.refusals == 1
    assert "t1" not in str(refused.value)
    assert "t2" not in str(refused.value)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("body", [b"", b"<html>upstream</html>", b'{"error": "t1"}'])
async def test_an_error_of_the_server_is_temporary(entry: Entry, status: int, body: bytes) -> None:
    world = entry.world(1)
    world.intercept = lambda _request, _body: httpx.Response(status, content=body)
    adapter, api = world.api()
    with pytest.raises(Temporary) as refused:
        await adapter.page(api, None)
    assert str(status) in str(refused.value)


@pytest.mark.parametrize(
    "failure", [httpx.ReadTimeout, httpx.ConnectError, httpx.RemoteProtocolError, httpx.ConnectTimeout]
)
async def test_no_answer_is_temporary(entry: Entry, failure: type[httpx.TransportError]) -> None:
    def nothing(request: httpx.Request, _: Any) -> Any:
        raise failure("t1", request=request)

    world = entry.world(1)
    world.intercept = nothing
    adapter, api = world.api()
    with pytest.raises(Temporary, match=failure.__name__) as refused:
        await adapter.page(api, None)
    assert "t1" not in str(refused.value)


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 403, 404, 405, 409, 410, 418, 422, 423, 451])
@pytest.mark.parametrize("body", [b"", b"[]", b'{"errors": null}', b'"odd"', b"not json", b"\xff\xfe"])
async def test_every_answer_has_a_class_and_tells_no_secret(entry: Entry, status: int, body: bytes) -> None:
    world = entry.world(1)
    headers = {"location": "https://elsewhere.test/"}
    world.intercept = lambda _request, _body: httpx.Response(status, content=body, headers=headers)
    adapter, api = world.api()
    with pytest.raises(MarketplaceError) as refused:
        await adapter.page(api, None)
    assert "t1" not in str(refused.value)
    assert all(request.url.host != "elsewhere.test" for request in world.requests)


async def test_too_many_requests_says_until_when_and_nothing_is_sent_before(entry: Entry) -> None:
    world = entry.world(1)
    world.intercept = lambda _request, _body: httpx.Response(429, json={}, headers={"retry-after": "120"})
    adapter, api = world.api()
    for _ in range(3):
        with pytest.raises(RateLimited) as refused:
            await adapter.page(api, None)
    assert refused.value.until == world.now + timedelta(seconds=120)
    assert len(world.requests) == 1
    world.now += timedelta(seconds=120)
    world.intercept = None
    assert len((await adapter.page(api, None)).raws) == 1


async def test_a_limit_that_passes_soon_is_waited_for_where_it_was_met(entry: Entry) -> None:
    calm, world = entry.world(3), entry.world(3)
    adapter, api = calm.api()
    await adapter.page(api, None)
    refused: list[str] = []

    def every_request_once(request: httpx.Request, body: Any) -> Any:
        if refused and refused[-1] == str(request.url) + request.content.decode():
            refused.append("")
            return body
        refused.append(str(request.url) + request.content.decode())
        return httpx.Response(429, json={}, headers={"retry-after": "1"})

    world.intercept = every_request_once
    adapter, api = world.api()
    assert len((await adapter.page(api, None)).raws) == 3
    assert len(world.requests) == 2 * len(calm.requests)


@pytest.mark.parametrize("wait", ["", "soon", "-5", "NaN", "1e400", "0"])
async def test_too_many_requests_without_a_time_waits_at_least_a_moment(entry: Entry, wait: str) -> None:
    world = entry.world(1)
    headers = {"retry-after": wait} if wait else {}
    world.intercept = lambda _request, _body: httpx.Response(429, json={}, headers=headers)
    adapter, api = world.api()
    with pytest.raises(RateLimited) as refused:
        await adapter.page(api, None)
    assert timedelta(0) <= refused.value.until - world.now <= timedelta(days=1)


def test_a_marketplace_that_is_not_served_is_named_with_those_that_are(entry: Entry) -> None:
    for name in ("unknown", f"{entry.name}!"):
        with pytest.raises(registry.UnknownMarketplace, match=entry.name):
            registry.get(name)
