"""The login: proof, redirect, exchange."""

import base64
import hashlib
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from support.client_world import Call, World

from truestock.client.login.flow import login, renew
from truestock.client.login.loopback import Loopback
from truestock.client.login.pkce import Proof
from truestock.client.tokens import Login
from truestock.contracts.problem import Refusal, RefusalKind

DISCOVERY = {"authorization_endpoint": "http://issuer/authorize", "token_endpoint": "http://issuer/token"}
NOW = datetime(2026, 1, 1, tzinfo=UTC)
TOKEN = {"access_token": "access-1", "expires_in": 60, "refresh_token": "refresh-1"}


def issuer(world: World) -> httpx.AsyncClient:
    world.on("GET http://issuer/.well-known/openid-configuration", DISCOVERY)
    return httpx.AsyncClient(transport=httpx.ASGITransport(world))


class Browser:
    """Comes back to the redirect address with these answers."""

    def __init__(self, **answers: str) -> None:
        self.answers = answers
        self.asked: dict[str, str] = {}

    async def __call__(self, url: str) -> None:
        """Open the authorization URL."""
        self.asked = dict(parse_qsl(urlsplit(url).query))
        answer = {"state": self.asked["state"]} | self.answers
        async with httpx.AsyncClient() as http:
            response = await http.get(self.asked["redirect_uri"], params=answer)
        assert response.status_code == 200


async def test_a_login_proves_that_the_one_who_asked_is_the_one_who_gets(world: World) -> None:
    browser = Browser(code="code-1")

    def exchange(call: Call) -> tuple[int, object]:
        form = dict(parse_qsl(call.body))
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == browser.asked["code_challenge"]
        assert form["redirect_uri"] == browser.asked["redirect_uri"]
        assert (form["code"], form["client_id"]) == ("code-1", "truestock-cli")
        return 200, TOKEN

    world.answers["POST http://issuer/token"] = exchange
    async with issuer(world) as http:
        granted = await login(http, "http://issuer", browser, person="admin")
    assert (granted.access_token, granted.refresh_token) == ("access-1", "refresh-1")
    assert browser.asked["code_challenge_method"] == "S256"
    assert browser.asked["login_hint"] == "admin"
    assert browser.asked["redirect_uri"].startswith("http://127.0.0.1:")


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ({"error": "access_denied"}, "access_denied"),
        ({"code": "c", "state": "forged"}, "another login"),
    ],
)
async def test_a_login_that_did_not_succeed_says_why(world: World, answer: dict[str, str], why: str) -> None:
    async with issuer(world) as http:
        with pytest.raises(Refusal, match=why) as caught:
            await login(http, "http://issuer", Browser(**answer))
    assert caught.value.kind is RefusalKind.FORBIDDEN


async def test_nobody_coming_back_ends_the_login(world: World) -> None:
    async def nobody(_: str) -> None:
        return None

    async with issuer(world) as http:
        with pytest.raises(Refusal, match="nobody logged in"):
            await login(http, "http://issuer", nobody, wait=0.01)


async def test_something_else_on_the_port_is_no_redirect() -> None:
    async with Loopback() as loopback, httpx.AsyncClient() as http:
        other = await http.get(loopback.redirect_uri.replace("/callback", "/favicon.ico"))
        assert other.status_code == 404
        await http.get(loopback.redirect_uri, params={"code": "c"})
        assert await loopback.arrival() == {"code": "c"}


async def test_a_refresh_token_that_is_no_longer_accepted_is_not_an_error(world: World) -> None:
    world.answers["POST http://issuer/token"] = (400, {"error": "invalid_grant"})
    stored = Login("http://issuer", "old", NOW, "refresh-1")
    async with issuer(world) as http:
        assert await renew(http, stored) is None


async def test_an_issuer_that_does_not_answer_is_not_a_refused_login(world: World) -> None:
    world.answers["POST http://issuer/token"] = (500, b"oops")
    async with issuer(world) as http:
        with pytest.raises(Refusal) as caught:
            await renew(http, Login("http://issuer", "old", NOW, "refresh-1"))
    assert caught.value.kind is RefusalKind.UNAVAILABLE


def test_proofs_are_never_the_same() -> None:
    assert Proof.fresh() != Proof.fresh()
    assert len(Proof.fresh().verifier) >= 43
