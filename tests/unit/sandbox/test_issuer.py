"""The local token issuer."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError
from joserfc.jwk import KeySet
from support.etsy_seller import pkce, told

from truestock.sandbox.app import build
from truestock.sandbox.catalog import Catalog
from truestock.sandbox.issuer.people import WORKSPACE_A, WORKSPACE_B
from truestock.sandbox.oauth.clients import Client
from truestock.sandbox.settings import Settings, SettingsError, read_clients_file

BASE = "http://sandbox.test"
WORKSPACE = "00000000-0000-4000-8000-000000000001"
LOOPBACK = "http://127.0.0.1:54321/callback"
SERVICE = Client(
    "truestock-importer",
    secret="made-up-secret",
    grants=("client_credentials",),
    audiences=("truestock-connector",),
)


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    app = build(Settings(base=BASE, services=(SERVICE,)), Catalog(()))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE) as http:
        yield http


async def claims(http: httpx.AsyncClient, token: str) -> dict[str, Any]:
    found = (await http.get("/issuer/.well-known/openid-configuration")).json()
    keys = KeySet.import_key_set((await http.get(found["jwks_uri"])).json())
    read: dict[str, Any] = jwt.decode(token, keys, algorithms=["ES256"]).claims
    assert read["iss"] == found["issuer"] == f"{BASE}/issuer"
    return read


async def sign_in(http: httpx.AsyncClient, login: str) -> str:
    verifier, challenge = pkce()
    query = {
        "response_type": "code",
        "client_id": "truestock-cli",
        "redirect_uri": LOOPBACK,
        "state": "s",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "scope": "openid",
        "login_hint": login,
    }
    answer = told(await http.get("/issuer/authorize", params=query))
    assert answer["state"] == "s"
    form = {
        "grant_type": "authorization_code",
        "client_id": "truestock-cli",
        "redirect_uri": LOOPBACK,
        "code": answer["code"],
        "code_verifier": verifier,
    }
    token: str = (await http.post("/issuer/token", data=form)).json()["access_token"]
    return token


@pytest.mark.parametrize(
    ("login", "roles", "workspace"),
    [
        ("admin", ["admin"], WORKSPACE_A),
        ("operator", ["operator"], WORKSPACE_A),
        ("operator2", ["operator"], WORKSPACE_A),
        ("viewer", ["viewer"], WORKSPACE_A),
        ("other", ["operator"], WORKSPACE_B),
    ],
)
async def test_people_sign_in(
    http: httpx.AsyncClient, login: str, roles: list[str], workspace: object
) -> None:
    read = await claims(http, await sign_in(http, login))
    assert (read["aud"], read["roles"], read["workspace_id"]) == ("truestock", roles, str(workspace))
    assert read["name"]
    assert read["exp"] > read["iat"]


async def test_people_are_sent_back_to_loopback_only(http: httpx.AsyncClient) -> None:
    query = {
        "response_type": "code",
        "client_id": "truestock-cli",
        "redirect_uri": "https://evil.example/",
        "code_challenge": pkce()[1],
        "code_challenge_method": "S256",
        "login_hint": "admin",
    }
    assert (await http.get("/issuer/authorize", params=query)).status_code == 400
    query["redirect_uri"] = LOOPBACK
    page = await http.get("/issuer/authorize", params={**query, "login_hint": ""})
    assert (page.status_code, "Ada Admin" in page.text) == (200, True)
    assert (await http.get("/issuer/authorize", params={**query, "login_hint": "<b>"})).status_code == 404
    refused = await http.get("/issuer/authorize", params={**query, "code_challenge_method": "plain"})
    assert told(refused)["error"] == "invalid_request"


@pytest.mark.parametrize("by_header", [True, False])
async def test_services_get_a_token_for_one_audience(http: httpx.AsyncClient, by_header: bool) -> None:
    form = {"grant_type": "client_credentials", "audience": "truestock-connector"}
    if by_header:
        answer = await http.post("/issuer/token", data=form, auth=("truestock-importer", "made-up-secret"))
    else:
        own = {"client_id": "truestock-importer", "client_secret": "made-up-secret"}
        answer = await http.post("/issuer/token", data={**form, **own})
    read = await claims(http, answer.json()["access_token"])
    assert (read["sub"], read["aud"], read["roles"]) == (
        "truestock-importer",
        "truestock-connector",
        ["service"],
    )


@pytest.mark.parametrize(
    ("auth", "audience", "error"),
    [
        (("truestock-importer", "wrong"), "truestock-connector", "invalid_client"),
        (("nobody", "made-up-secret"), "truestock-connector", "invalid_client"),
        (("truestock-importer", "made-up-secret"), "truestock-inventory", "invalid_request"),
        (("truestock-importer", "made-up-secret"), "", "invalid_request"),
    ],
)
async def test_a_service_that_proves_nothing_gets_nothing(
    http: httpx.AsyncClient, auth: tuple[str, str], audience: str, error: str
) -> None:
    form = {"grant_type": "client_credentials", "audience": audience}
    answer = await http.post("/issuer/token", data=form, auth=auth)
    assert answer.status_code in {400, 401}
    assert answer.json()["error"] == error


async def test_the_public_client_cannot_act_as_a_service(http: httpx.AsyncClient) -> None:
    form = {
        "grant_type": "client_credentials",
        "client_id": "truestock-cli",
        "audience": "truestock-connector",
    }
    assert (await http.post("/issuer/token", data=form)).status_code in {400, 401}


async def test_tests_get_any_token(http: httpx.AsyncClient) -> None:
    async def token(**body: Any) -> str:
        issued: str = (await http.post("/control/issuer/token", json=body)).json()["access_token"]
        return issued

    expired = await claims(http, await token(login="admin", ttl=-60))
    assert expired["exp"] < expired["iat"] + 1
    custom = await claims(http, await token(claims={"sub": "x", "roles": ["owner"]}, audience="elsewhere"))
    assert (custom["aud"], custom["roles"]) == ("elsewhere", ["owner"])
    with pytest.raises(BadSignatureError):
        await claims(http, await token(login="admin", foreign_key=True))
    assert (await http.post("/control/issuer/token", json={"login": "nobody"})).status_code == 404


async def test_after_a_rotation_old_tokens_do_not_verify(http: httpx.AsyncClient) -> None:
    old = await sign_in(http, "admin")
    await http.post("/control/issuer/rotate")
    with pytest.raises(InvalidKeyIdError):
        await claims(http, old)
    await claims(http, await sign_in(http, "admin"))


def test_a_clients_file_adds_services_and_people(tmp_path: Path) -> None:
    file = tmp_path / "clients.json"
    file.write_text(
        '{"clients": [{"client_id": "s", "client_secret": "x", "audiences": ["a"]}],'
        f' "users": [{{"login": "zoe", "roles": ["viewer"], "workspace_id": "{WORKSPACE}"}}]}}'
    )
    read = read_clients_file(file)
    assert read.services[0].audiences == ("a",)
    assert [person.login for person in read.people][-1] == "zoe"
    assert len(read.people) == 6


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[]",
        '{"clients": [{"client_id": "s"}]}',
        f'{{"users": [{{"login": "z", "roles": ["king"], "workspace_id": "{WORKSPACE}"}}]}}',
        '{"users": [{"login": "z", "roles": [], "workspace_id": "home"}]}',
    ],
)
def test_a_wrong_clients_file_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "clients.json"
    file.write_text(content)
    with pytest.raises(SettingsError, match=r"clients\.json"):
        read_clients_file(file)
