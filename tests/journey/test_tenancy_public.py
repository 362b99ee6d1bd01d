"""The routes that ask for no token ask for a proof, and without it tell and change nothing."""

from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from support.furnished import Furnished
from support.journey import Business
from support.operations import NOBODY, Operation, public_operations

from truestock.local.stack import Stack

MARKETPLACES = ("amazon", "ebay", "etsy", "shopify", "woocommerce", "nowhere")
KEYS = {"consumer_key": "ck_" + "a" * 40, "consumer_secret": "cs_" + "b" * 40, "key_permissions": "read"}
SIGNED = {
    "x-shopify-hmac-sha256": "bm90IHNpZ25lZA==",
    "x-shopify-webhook-id": "1",
    "x-shopify-topic": "app/uninstalled",
    "x-ebay-signature": "bm90IHNpZ25lZA==",
}


@pytest.fixture(scope="session")
async def public(stack: Stack, http: httpx.AsyncClient) -> list[Operation]:
    """The operations that need no token."""
    return await public_operations(stack, http)


def test_only_these_routes_are_public(public: list[Operation]) -> None:
    assert sorted(one.name for one in public) == [
        "connector GET /v1/oauth/{marketplace}/callback",
        "connector GET /v1/oauth/{marketplace}/start",
        "connector GET /v1/webhooks/{marketplace}",
        "connector POST /v1/oauth/{marketplace}/keys",
        "connector POST /v1/webhooks/{marketplace}",
    ]


@pytest.mark.parametrize("marketplace", MARKETPLACES)
async def test_without_its_proof_a_public_route_tells_and_changes_nothing(
    furnished: Furnished, public: list[Operation], stack: Stack, http: httpx.AsyncClient, marketplace: str
) -> None:
    before = await furnished.state()
    [connection] = before["connector /v1/connections"]["items"]
    secrets = {*furnished.ids.values(), connection["account"]["name"]}
    problems: list[str] = []
    for operation in public:
        url = f"{stack.endpoints.connector}{operation.url({'marketplace': marketplace})}"
        for known in (furnished.ids["attempt_id"], furnished.ids["connection_id"], NOBODY):
            answer = await http.request(
                operation.method,
                url,
                params={
                    "ticket": known,
                    "state": known,
                    "user_id": known,
                    "code": "guessed",
                    "success": "1",
                    "shop": "guessed.myshopify.com",
                    "spapi_oauth_code": "guessed",
                    "selling_partner_id": "A2GUESSED0001",
                },
                json={"user_id": known, "id": 1, "myshopify_domain": "guessed.myshopify.com", **KEYS}
                if operation.method == "POST"
                else None,
                headers=SIGNED,
            )
            told = [secret for secret in secrets if secret in answer.text]
            if not 400 <= answer.status_code < 500 or told:
                problems.append(f"{operation.name} answers {answer.status_code} and tells {told}")
    assert not problems, "\n".join(problems)
    assert await furnished.state() == before


async def test_a_consent_belongs_to_the_browser_that_opened_its_link(business: Business) -> None:
    """With the link, and with all that the marketplace sends back, another browser gets nowhere."""
    seller = await business.seller(generate=1)
    attempt = await business.operator.connector.start("etsy")
    async with _browser() as sellers, _browser() as others:
        opened = await sellers.get(attempt.authorization_url or "")
        consent = httpx.URL(opened.headers["location"]).copy_merge_params({"login": seller.login})
        again = await others.get(attempt.authorization_url or "")
        back = await sellers.get(consent)
        stolen = await others.get(back.headers["location"])
        assert (again.status_code, stolen.status_code) == (400, 400)
        assert not {**again.cookies, **stolen.cookies}
        waiting = await business.operator.connector.attempt(attempt.attempt_id)
        assert (waiting.state, waiting.revision) == ("started", attempt.revision)

        state = dict(parse_qsl(urlsplit(str(consent)).query))["state"]
        keys = f"{business.stack.endpoints.connector}/v1/oauth/woocommerce/keys"
        posted = await others.post(keys, json={"user_id": state, **KEYS})
        assert posted.status_code == 409, "a state of Etsy takes no keys"

        assert (await sellers.get(back.headers["location"])).status_code == 200
    done = await business.operator.connector.attempt(attempt.attempt_id)
    assert done.state == "awaiting_confirmation"


def _browser() -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=30.0, trust_env=False)
