"""The store asks the seller and posts keys: what we send, what we accept, and what never leaks."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from truestock.marketplaces import registry
from truestock.marketplaces.authorization import Application, CallbackRefused
from truestock.marketplaces.errors import PermanentRefusal

WOOCOMMERCE = registry.get("woocommerce")
OAUTH = WOOCOMMERCE.oauth
CALLBACK = "https://truestock.example/v1/oauth/woocommerce/callback"
STORE = "https://shop.example/de"
APP = Application(
    client_id="Truestock & Co",
    redirect_uri=CALLBACK,
    authorize_url=OAUTH.authorize_url,
    token_url=OAUTH.token_url,
    api_url=WOOCOMMERCE.api_url,
)
POSTED: dict[str, Any] = {
    "key_id": 1,
    "user_id": "state-1",
    "consumer_key": "ck_" + "a" * 40,
    "consumer_secret": "cs_" + "b" * 40,
    "key_permissions": "read",
}


def test_the_seller_is_sent_to_the_store_and_the_keys_to_the_address_beside_the_callback() -> None:
    url = OAUTH.consent_url(APP, state="s+/=&1", challenge="", store=STORE, callback_url=CALLBACK)
    parts = urlsplit(url)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{STORE}/wc-auth/v1/authorize"
    assert dict(parse_qsl(parts.query)) == {
        "app_name": "Truestock & Co",
        "scope": "read",
        "user_id": "s+/=&1",
        "return_url": CALLBACK,
        "callback_url": "https://truestock.example/v1/oauth/woocommerce/keys",
    }
    with pytest.raises(PermanentRefusal, match="Which store"):
        OAUTH.consent_url(APP, state="s", challenge="", store=None, callback_url=CALLBACK)


def test_the_state_comes_back_as_user_id_exactly_once() -> None:
    assert OAUTH.state_of([("success", "1"), ("user_id", "s")]) == "s"
    assert OAUTH.state_of([("user_id", "s"), ("user_id", "t")]) is None
    assert OAUTH.state_of([("state", "s")]) is None


def test_a_no_is_told_from_a_yes() -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    assert OAUTH.returned(APP, [("success", "1"), ("user_id", "s")], store=STORE, now=now).code == ""
    for query in ([("success", "0")], [], [("success", "1"), ("success", "0")]):
        with pytest.raises(CallbackRefused) as refused:
            OAUTH.returned(APP, query, store=STORE, now=now)
        assert refused.value.code == "access_denied"


def test_posted_keys_become_one_token_that_neither_expires_nor_refreshes() -> None:
    posted = OAUTH.posted(POSTED)
    assert posted.state == "state-1"
    assert posted.answer.access_token == f"{POSTED['consumer_key']}:{POSTED['consumer_secret']}"
    answer = posted.answer
    assert (answer.refresh_token, answer.access_for, answer.refresh_for) == (None, None, None)
    assert POSTED["consumer_secret"] not in repr(posted)
    assert OAUTH.posted({**POSTED, "user_id": 123}).state == "123"


@pytest.mark.parametrize(
    ("permission", "opens", "missing"),
    [("read", ("read",), ()), ("read_write", ("read", "write"), ()), ("write", ("write",), ("read",))],
)
def test_write_only_keys_lack_read(permission: str, opens: tuple[str, ...], missing: tuple[str, ...]) -> None:
    answer = OAUTH.posted({**POSTED, "key_permissions": permission}).answer
    assert answer.scopes == opens
    assert WOOCOMMERCE.missing_scopes(answer.scopes or ()) == missing
    assert WOOCOMMERCE.missing_scopes(["read_write"]) == ()


@pytest.mark.parametrize(
    "change",
    [
        {"user_id": None},
        {"user_id": ""},
        {"user_id": True},
        {"user_id": ["state-1"]},
        {"user_id": "s" * 501},
        {"consumer_key": "pk_" + "a" * 40},
        {"consumer_key": "ck_a:b" + "a" * 40},
        {"consumer_key": 3},
        {"consumer_secret": None},
        {"consumer_secret": "cs_" + "b" * 40 + "\n"},
        {"consumer_secret": "cs_" + "b" * 1_000},
        {"key_permissions": "all"},
        {"key_permissions": ["read"]},
    ],
)
def test_a_post_that_is_not_keys_is_refused_without_quoting_it(change: dict[str, Any]) -> None:
    with pytest.raises(CallbackRefused) as refused:
        OAUTH.posted({**POSTED, **change})
    assert "aaa" not in str(refused.value)
    assert "bbb" not in str(refused.value)


def test_there_is_no_token_endpoint_to_call() -> None:
    with pytest.raises(PermanentRefusal, match="connect the store again"):
        OAUTH.refresh(APP, refresh_token="r", store=STORE)
    with pytest.raises(PermanentRefusal):
        OAUTH.exchange(APP, code="c", verifier="v", store=STORE)
    assert OAUTH.revocation(APP, token="t", access_token=None, store=STORE) is None
