"""Etsy's OAuth: what it refuses, and how refresh tokens rotate."""

import asyncio

import pytest
from support.etsy_seller import APP, CONNECT, TOKEN, EtsySeller, pkce, told


async def test_a_code_is_exchanged_once_for_tokens_of_the_seller(seller: EtsySeller) -> None:
    tokens = await seller.login("second")
    assert tokens["token_type"] == "Bearer"
    assert tokens["expires_in"] == 3600
    assert tokens["access_token"].startswith("10000002.")
    assert tokens["refresh_token"].startswith("10000002.")
    assert (await seller.get("/users/me")).json() == {"user_id": 10000002, "shop_id": 20000002}


async def test_the_state_comes_back_and_denial_too(seller: EtsySeller) -> None:
    answer = await seller.consent(pkce()[1], deny="1", state="abc")
    assert told(answer)["error"] == "access_denied"
    assert told(answer)["state"] == "abc"
    answer = await seller.consent(pkce()[1], login="main", state="abc")
    assert set(told(answer)) == {"code", "state"}


@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge": "", "code_challenge_method": ""},
        {"code_challenge_method": "plain"},
        {"code_challenge_method": ""},
    ],
)
async def test_pkce_with_s256_is_required(seller: EtsySeller, changes: dict[str, str]) -> None:
    answer = await seller.consent(pkce()[1], login="main", **changes)
    assert told(answer)["error"] == "invalid_request"
    assert "PKCE" in told(answer)["error_description"]


@pytest.mark.parametrize("uri", ["https://evil.example/cb", 'https://evil.example/"', "javascript:alert(1)"])
async def test_another_redirect_address_never_gets_an_answer(seller: EtsySeller, uri: str) -> None:
    answer = await seller.consent(pkce()[1], login="main", redirect_uri=uri)
    assert answer.status_code == 400
    assert "location" not in answer.headers


async def test_an_unknown_application_or_scope_is_refused(seller: EtsySeller) -> None:
    assert (await seller.consent(pkce()[1], client_id="unknown")).status_code == 400
    answer = await seller.consent(pkce()[1], login="main", scope="listings_r everything")
    assert told(answer)["error"] == "invalid_scope"


async def test_the_consent_page_lists_the_accounts_and_takes_the_decision(seller: EtsySeller) -> None:
    verifier, challenge = pkce()
    page = await seller.consent(challenge)
    assert page.status_code == 200
    assert all(login in page.text for login in ("main", "second", "third"))
    decided = await seller.http.post(str(page.url), data={"login": "third", "decision": "approve"})
    tokens = (await seller.exchange(told(decided)["code"], verifier)).json()
    assert tokens["access_token"].startswith("10000003.")
    denied = await seller.http.post(str(page.url), data={"login": "third", "decision": "deny"})
    assert told(denied)["error"] == "access_denied"
    unknown = await seller.http.post(str(page.url), data={"login": "nobody", "decision": "approve"})
    assert unknown.status_code == 404


@pytest.mark.parametrize(
    "changes",
    [
        {"code_verifier": "x" * 50},
        {"redirect_uri": "http://127.0.0.1:9999/other"},
        {"code": "made-up"},
    ],
)
async def test_a_code_needs_its_verifier_and_its_address(seller: EtsySeller, changes: dict[str, str]) -> None:
    code, verifier = await seller.code()
    answer = await seller.exchange(**{"code": code, "verifier": verifier, **changes})
    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_grant"


async def test_a_missing_verifier_is_refused(seller: EtsySeller) -> None:
    code, _ = await seller.code()
    answer = await seller.exchange(code, "")
    assert answer.json()["error"] == "invalid_request"


async def test_using_a_code_twice_takes_back_its_tokens(seller: EtsySeller) -> None:
    code, verifier = await seller.code()
    seller.tokens = (await seller.exchange(code, verifier)).json()
    assert (await seller.get("/users/me")).status_code == 200
    again = await seller.exchange(code, verifier)
    assert again.json()["error"] == "invalid_grant"
    assert (await seller.get("/users/me")).json() == {
        "error": "invalid_token",
        "error_description": "access token is invalid",
    }


async def test_a_refresh_token_is_replaced_and_its_reuse_revokes_the_family(main: EtsySeller) -> None:
    first = main.tokens
    second = (await main.refresh()).json()
    assert second["refresh_token"] != first["refresh_token"]
    third = (await main.refresh(second["refresh_token"])).json()
    reused = await main.refresh(first["refresh_token"])
    assert (reused.status_code, reused.json()) == (
        400,
        {"error": "invalid_grant", "error_description": "refresh_token is revoked"},
    )
    assert (await main.refresh(third["refresh_token"])).json()["error"] == "invalid_grant"
    main.tokens = third
    assert (await main.get("/users/me")).status_code == 401


async def test_of_concurrent_refreshes_with_one_token_one_succeeds(main: EtsySeller) -> None:
    answers = await asyncio.gather(*(main.refresh() for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 400, 400, 400, 400]


async def test_another_family_of_the_same_seller_is_not_touched(main: EtsySeller) -> None:
    first = main.tokens
    await main.login("main")
    await main.refresh(first["refresh_token"])
    await main.refresh(first["refresh_token"])
    assert (await main.get("/users/me")).status_code == 200


async def test_fewer_scopes_can_be_granted(seller: EtsySeller) -> None:
    tokens = await seller.login("main", grant_scopes="shops_r")
    listed = await seller.call("POST", "/scopes", data={"token": tokens["access_token"]})
    assert listed.json() == {"scopes": ["shops_r"]}
    assert (await seller.get("/users/me")).status_code == 200
    refused = await seller.get("/shops/20000001/listings")
    assert (refused.status_code, refused.json()["error"]) == (403, "insufficient_scope")
    seller.tokens = (await seller.refresh()).json()
    assert (await seller.get("/shops/20000001/listings")).status_code == 403


async def test_registered_addresses_are_compared_exactly() -> None:
    from truestock.sandbox.oauth.clients import Client

    client = Client("app", redirect_uris=("https://app.example/cb",))
    assert client.check_redirect_uri("https://app.example/cb")
    assert not client.check_redirect_uri("https://app.example/cb/")
    assert not client.check_redirect_uri("http://127.0.0.1/cb")


async def test_the_token_endpoint_survives_nonsense(seller: EtsySeller) -> None:
    for body in ({}, {"grant_type": "password"}, {"grant_type": "refresh_token", "client_id": APP}):
        assert (await seller.http.post(TOKEN, data=body)).status_code == 400
    broken = await seller.http.post(TOKEN, headers={"authorization": "Basic /w=="}, data={"grant_type": "x"})
    assert broken.status_code in {400, 401}
    assert (await seller.http.get(CONNECT)).status_code == 400
