"""Shopify's authorization: the shop host, the signed callback, the token requests."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from truestock.marketplaces.authorization import Application, CallbackRefused, StoreRefused
from truestock.marketplaces.errors import AccessRevoked, PermanentRefusal
from truestock.marketplaces.shopify.oauth import OAUTH

SECRET = "made-up-client-secret"
SHOP = "harbour-and-thread.myshopify.com"
NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
APP = Application(
    client_id="app",
    client_secret=SECRET,
    redirect_uri="https://truestock.test/v1/oauth/shopify/callback",
    authorize_url=OAUTH.authorize_url,
    token_url=OAUTH.token_url,
    api_url="https://{store}",
)


def signed(secret: str = SECRET, /, **changes: str) -> list[tuple[str, str]]:
    """A callback as Shopify signs it."""
    values = {
        "code": "0907a61c0c8d55e99db179b68161bc00",
        "host": "YWRtaW4uc2hvcGlmeS5jb20vc3RvcmUveA",
        "shop": SHOP,
        "state": "state-1",
        "timestamp": str(int(NOW.timestamp())),
        **changes,
    }
    text = "&".join(f"{name}={value}" for name, value in sorted(values.items()))
    values["hmac"] = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    return list(values.items())


@pytest.mark.parametrize(
    "given",
    [
        "harbour-and-thread",
        SHOP,
        f"https://{SHOP}",
        f"https://{SHOP}/",
        f"  {SHOP.upper()} ",
    ],
)
def test_a_shop_host_has_one_spelling(given: str) -> None:
    assert OAUTH.store(given) == SHOP


@pytest.mark.parametrize(
    "given",
    [
        None,
        "",
        "-harbour",
        "harbour.example.com",
        f"{SHOP}.evil.test",
        f"{SHOP}\n",
        f"evil.test/{SHOP}",
        f"evil.test#{SHOP}",
        f"evil.test?{SHOP}",
        f"user@{SHOP}",
        f"{SHOP}:8443",
        f"http://{SHOP}",
        f"https://https://{SHOP}",
        f"{SHOP}/admin",
        f"{SHOP}//",
        "a.b.myshopify.com",
        "myshopify.com",
        ".myshopify.com",
        "härbour.myshopify.com",
        "harbour%2emyshopify.com",
        "harbour\u3002myshopify.com",
        f"{'a' * 64}.myshopify.com",
        "127.0.0.1",
        "[::1]",
        "{store}",
    ],
)
def test_everything_else_is_refused_before_any_request(given: str | None) -> None:
    if given == f"{SHOP}\n":
        assert OAUTH.store(given) == SHOP, "white space around it is no other host"
        return
    with pytest.raises(StoreRefused, match=r"\.myshopify\.com"):
        OAUTH.store(given)


def test_the_consent_page_is_the_shops_own() -> None:
    url = OAUTH.consent_url(APP, state="state-1", challenge="c", store=SHOP, callback_url=APP.redirect_uri)
    address, query = urlsplit(url), parse_qs(urlsplit(url).query)
    assert (address.scheme, address.netloc, address.path) == ("https", SHOP, "/admin/oauth/authorize")
    assert query["scope"] == ["read_inventory,read_locations,read_products"]
    assert query["redirect_uri"] == [APP.redirect_uri]
    assert query["state"] == ["state-1"]
    assert "code_challenge" not in query


def test_without_a_store_nothing_is_built() -> None:
    with pytest.raises(PermanentRefusal):
        OAUTH.refresh(APP, refresh_token="r", store=None)


def test_a_signed_callback_brings_its_code() -> None:
    returned = OAUTH.returned(APP, signed(), store=SHOP, now=NOW + timedelta(seconds=30))
    assert returned.code == "0907a61c0c8d55e99db179b68161bc00"


def test_the_signature_escapes_delimiters_so_that_no_value_can_be_another_parameter() -> None:
    query = dict(signed())
    smuggled = {"state": f"{query['state']}&timestamp={query['timestamp']}", "hmac": query["hmac"]}
    left = {name: query[name] for name in ("code", "host", "shop")}
    with pytest.raises(CallbackRefused, match="signed"):
        OAUTH.returned(APP, list((left | smuggled).items()), store=SHOP, now=NOW)


@pytest.mark.parametrize("name", ["code", "host", "shop", "state", "timestamp"])
def test_a_changed_or_missing_parameter_breaks_the_signature(name: str) -> None:
    changed = [(key, value + "0" if key == name else value) for key, value in signed()]
    missing = [(key, value) for key, value in signed() if key != name]
    for query in (changed, missing, [*signed(), (name, "again")], [*signed(), ("more", "1")]):
        with pytest.raises(CallbackRefused) as refused:
            OAUTH.returned(APP, query, store=SHOP, now=NOW)
        assert refused.value.code == "wrong_signature"


@pytest.mark.parametrize("signature", ["", "0" * 64, "ä", "\ud800", None])
def test_a_wrong_or_missing_signature_is_refused(signature: str | None) -> None:
    query = [pair for pair in signed() if pair[0] != "hmac"]
    if signature is not None:
        query.append(("hmac", signature))
    with pytest.raises(CallbackRefused) as refused:
        OAUTH.returned(APP, query, store=SHOP, now=NOW)
    assert refused.value.code == "wrong_signature"
    assert SECRET not in str(refused.value)


def test_another_applications_signature_is_refused() -> None:
    with pytest.raises(CallbackRefused, match="signed"):
        OAUTH.returned(APP, signed("another secret"), store=SHOP, now=NOW)


@pytest.mark.parametrize("store", ["other.myshopify.com", None])
def test_a_callback_of_another_shop_is_refused(store: str | None) -> None:
    with pytest.raises(CallbackRefused) as refused:
        OAUTH.returned(APP, signed(), store=store, now=NOW)
    assert refused.value.code == "wrong_store"


@pytest.mark.parametrize("seconds", [-91, 91, 3600])
def test_a_callback_that_was_not_made_just_now_is_refused(seconds: int) -> None:
    with pytest.raises(CallbackRefused) as refused:
        OAUTH.returned(APP, signed(), store=SHOP, now=NOW + timedelta(seconds=seconds))
    assert refused.value.code == "stale_callback"


@pytest.mark.parametrize("timestamp", ["", "soon", "-1", "1e9", "9" * 30, "٣"])
def test_a_timestamp_that_is_none_is_refused(timestamp: str) -> None:
    with pytest.raises(CallbackRefused) as refused:
        OAUTH.returned(APP, signed(timestamp=timestamp), store=SHOP, now=NOW)
    assert refused.value.code == "stale_callback"


def test_without_the_secret_nothing_is_believed() -> None:
    bare = Application("app", APP.redirect_uri, APP.authorize_url, APP.token_url, APP.api_url)
    with pytest.raises(CallbackRefused) as refused:
        OAUTH.returned(bare, signed(""), store=SHOP, now=NOW)
    assert refused.value.code == "signature_unverifiable"


def test_the_exchange_asks_for_a_token_that_expires() -> None:
    request = OAUTH.exchange(APP, code="c", verifier="v", store=SHOP)
    assert request.url == f"https://{SHOP}/admin/oauth/access_token"
    assert request.form["expiring"] == "1"
    assert (request.form["client_id"], request.form["client_secret"]) == ("app", SECRET)
    assert request.form["code"] == "c"
    assert "code_verifier" not in request.form
    assert SECRET not in repr(request)


def test_the_refresh_is_sent_to_the_same_shop() -> None:
    request = OAUTH.refresh(APP, refresh_token="r", store=SHOP)
    assert request.url == f"https://{SHOP}/admin/oauth/access_token"
    assert request.form == {
        "grant_type": "refresh_token",
        "refresh_token": "r",
        "client_id": "app",
        "client_secret": SECRET,
    }


def test_tokens_bring_their_lifetimes_and_scopes() -> None:
    answer = OAUTH.tokens(
        {
            "access_token": "a",
            "refresh_token": "r",
            "expires_in": 3600,
            "refresh_token_expires_in": 7776000,
            "scope": "write_products,read_locations, read_inventory",
        },
        keep=None,
    )
    assert (answer.access_for, answer.refresh_for) == (timedelta(hours=1), timedelta(days=90))
    assert answer.scopes == ("read_inventory", "read_locations", "write_products")


def test_a_refresh_that_names_no_lifetime_still_ends() -> None:
    answer = OAUTH.tokens({"access_token": "a", "refresh_token": "r2"}, keep="r1")
    assert (answer.refresh_token, answer.access_for) == ("r2", timedelta(hours=1))


def test_a_token_without_any_expiry_does_not_expire() -> None:
    answer = OAUTH.tokens({"access_token": "a", "scope": "read_products"}, keep=None)
    assert (answer.refresh_token, answer.access_for, answer.refresh_for) == (None, None, None)


@pytest.mark.parametrize("body", [{}, {"access_token": ""}, {"access_token": "a", "expires_in": 3600}])
def test_an_answer_that_cannot_be_kept_up_is_refused(body: dict[str, object]) -> None:
    with pytest.raises(PermanentRefusal):
        OAUTH.tokens(body, keep=None)


def test_a_dead_refresh_token_is_recognised() -> None:
    assert isinstance(OAUTH.refusal(400, {"error": "invalid_grant"}, NOW), AccessRevoked)
