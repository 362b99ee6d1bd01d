"""The adapter's OAuth profile against the sandbox: from the consent page to renewed and revoked tokens."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest
from support.amazon_seller import API, APP, CALLBACK, CONSENT, SECRET, TOKEN, AmazonSeller

from truestock.marketplaces import registry
from truestock.marketplaces.api import Api, OneToken
from truestock.marketplaces.authorization import Application, FormRequest, Returned
from truestock.marketplaces.interface import AccessExpired, AccessRevoked, MissingScope, RateLimited
from truestock.sandbox.amazon.marketplace import Amazon
from truestock.sandbox.app import build
from truestock.sandbox.catalog import generate
from truestock.sandbox.settings import Settings

BASE = "http://sandbox.test"
NOW = datetime(2026, 3, 1, tzinfo=UTC)
AMAZON = registry.get("amazon")
APPLICATION = Application(
    client_id=APP,
    redirect_uri=CALLBACK,
    authorize_url=f"{BASE}{CONSENT}?version=beta",
    token_url=f"{BASE}{TOKEN}",
    api_url=f"{BASE}{API}",
    client_secret=SECRET,
    application_id=APP,
)


@pytest.fixture
async def seller() -> AsyncIterator[AmazonSeller]:
    app = build(Settings(base=BASE), generate(5, 7), rooms={"amazon": Amazon})
    async with AmazonSeller(app, BASE) as seller:
        yield seller


async def consented(seller: AmazonSeller) -> Returned:
    url = AMAZON.oauth.consent_url(APPLICATION, state="S", challenge="C", store=None, callback_url=CALLBACK)
    answer = await seller.http.get(f"{url}&login=main")
    query = list(httpx.URL(answer.headers["location"]).params.multi_items())
    assert AMAZON.oauth.state_of(query) == "S"
    return AMAZON.oauth.returned(APPLICATION, query, store=None, now=NOW)


async def posted(seller: AmazonSeller, request: FormRequest) -> httpx.Response:
    return await seller.http.post(request.url, data=dict(request.form), headers=dict(request.headers))


def reading(seller: AmazonSeller, token: str, account_id: str | None) -> Api:
    return AMAZON.api(
        seller.http,
        base_url=APPLICATION.api_url,
        client_id=APP,
        tokens=OneToken(token),
        account_id=account_id,
    )


async def test_consent_tokens_renewal_and_revocation(seller: AmazonSeller) -> None:
    oauth, back = AMAZON.oauth, await consented(seller)
    answer = await posted(seller, oauth.exchange(APPLICATION, code=back.code, verifier="V", store=None))
    first = oauth.tokens(answer.json(), keep=None)
    api = reading(seller, first.access_token, back.account_id)
    assert (await AMAZON.account(api)).id == back.account_id

    assert first.refresh_token is not None
    renewal = oauth.refresh(APPLICATION, refresh_token=first.refresh_token, store=None)
    renewed = oauth.tokens((await posted(seller, renewal)).json(), keep=first.refresh_token)
    assert renewed.refresh_token == first.refresh_token

    account = f"amazon:{back.account_id}"
    await seller.control("POST", "/faults", json={"kind": "expire_access", "account": account})
    with pytest.raises(AccessExpired):
        await AMAZON.account(reading(seller, renewed.access_token, back.account_id))
    await seller.control("POST", "/faults", json={"kind": "revoke", "account": account})
    refused = await posted(seller, renewal)
    assert isinstance(oauth.refusal(refused.status_code, refused.json(), NOW), AccessRevoked)


async def test_another_sellers_id_in_the_callback_is_found_out(seller: AmazonSeller) -> None:
    await seller.login("main")
    api = reading(seller, seller.tokens["access_token"], "A2SANDBOX00002")
    with pytest.raises(MissingScope):
        await AMAZON.account(api)
    assert AMAZON.missing_scopes(await AMAZON.granted_scopes(api)) == ("product_listing",)


async def test_a_used_up_plan_is_told_as_such(seller: AmazonSeller) -> None:
    await seller.login("main")
    api = reading(seller, seller.tokens["access_token"], seller.seller)
    for _ in range(15):
        await AMAZON.settings(api)
    with pytest.raises(RateLimited, match="QuotaExceeded"):
        await AMAZON.settings(api)
