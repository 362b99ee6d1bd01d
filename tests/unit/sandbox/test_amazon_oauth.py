"""Amazon's consent and Login with Amazon in the sandbox."""

from collections.abc import AsyncIterator

import pytest
from support.amazon_seller import CALLBACK, AmazonSeller, told

from truestock.sandbox.amazon.marketplace import Amazon
from truestock.sandbox.app import build
from truestock.sandbox.catalog import generate
from truestock.sandbox.settings import Settings

BASE = "http://sandbox.test"


@pytest.fixture
async def amazon() -> AsyncIterator[AmazonSeller]:
    """An application that nobody authorized yet."""
    app = build(Settings(base=BASE), generate(40, 7), rooms={"amazon": Amazon})
    async with AmazonSeller(app, BASE) as seller:
        yield seller


async def test_the_callback_brings_code_seller_and_state(amazon: AmazonSeller) -> None:
    back = told(await amazon.consent(login="second", version="beta"))
    assert set(back) == {"spapi_oauth_code", "selling_partner_id", "state"}
    assert (back["selling_partner_id"], back["state"]) == ("A2SANDBOX00002", "state-1")
    answer = await amazon.exchange(back["spapi_oauth_code"])
    tokens = answer.json()
    assert (tokens["token_type"], tokens["expires_in"]) == ("bearer", 3600)
    assert tokens["access_token"].startswith("Atza|")
    assert tokens["refresh_token"].startswith("Atzr|")
    again = await amazon.exchange(back["spapi_oauth_code"])
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


async def test_denial_and_strangers(amazon: AmazonSeller) -> None:
    assert told(await amazon.consent(deny="1"))["error"] == "access_denied"
    for change in ({"application_id": ""}, {"application_id": "other"}):
        assert (await amazon.consent(login="main", **change)).status_code == 400
    elsewhere = await amazon.consent(login="main", redirect_uri="https://evil.example/cb")
    assert elsewhere.status_code == 400
    assert "location" not in elsewhere.headers


async def test_the_consent_page_takes_the_decision(amazon: AmazonSeller) -> None:
    page = await amazon.consent()
    assert page.status_code == 200
    assert all(login in page.text for login in ("main", "second", "third"))
    decided = await amazon.http.post(str(page.url), data={"login": "third", "decision": "approve"})
    back = told(decided)
    assert decided.headers["location"].startswith(CALLBACK)
    assert back["selling_partner_id"] == "A2SANDBOX00003"


async def test_the_secret_is_wanted_in_the_body(amazon: AmazonSeller) -> None:
    back = told(await amazon.consent(login="main"))
    wrong = await amazon.exchange(back["spapi_oauth_code"], client_secret="wrong")
    assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")


async def test_a_refresh_token_stays_until_access_is_revoked(amazon: AmazonSeller) -> None:
    await amazon.login("main")
    for _ in range(3):
        renewed = (await amazon.refresh()).json()
        assert renewed["refresh_token"] == amazon.tokens["refresh_token"]
        assert renewed["access_token"] != amazon.tokens["access_token"]
    await amazon.control("POST", "/faults", json={"kind": "revoke", "account": f"amazon:{amazon.seller}"})
    refused = await amazon.refresh()
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")


async def test_a_refused_token_says_why(amazon: AmazonSeller) -> None:
    await amazon.login("main")
    assert (await amazon.items()).status_code == 200
    account = f"amazon:{amazon.seller}"
    for token, said in (("", "missing"), ("Atza|x", "revoked, malformed or invalid")):
        answer = await amazon.get(f"/listings/2021-08-01/items/{amazon.seller}", token=token)
        (error,) = answer.json()["errors"]
        assert (answer.status_code, error["code"]) == (403, "Unauthorized")
        assert said in error["details"]
    await amazon.control("POST", "/faults", json={"kind": "expire_access", "account": account})
    (error,) = (await amazon.items()).json()["errors"]
    assert error["details"] == "The access token you provided has expired."


async def test_a_missing_role_has_no_details(amazon: AmazonSeller) -> None:
    await amazon.login("main", grant_scopes="selling_partner_insights")
    answer = await amazon.items()
    assert (answer.status_code, answer.json()["errors"][0]["details"]) == (403, "")
    assert (await amazon.get("/sellers/v1/marketplaceParticipations")).status_code == 200
