"""Bearer tokens: what proves a caller and what does not; keys that rotate."""

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest
from support.issuer import Issuer, new_key

from truestock.chassis.auth.keys import IssuerKeys
from truestock.chassis.auth.principal import Role
from truestock.chassis.auth.verifier import InvalidToken, TokenVerifier
from truestock.chassis.delivery import Transient

WORKSPACE = uuid4()


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    """An issuer in memory."""
    return Issuer()


@pytest.fixture
async def http(issuer: Issuer) -> AsyncIterator[httpx.AsyncClient]:
    """A client that reaches nobody but the issuer."""
    async with httpx.AsyncClient(transport=issuer.transport()) as client:
        yield client


@pytest.fixture
def verifier(issuer: Issuer, http: httpx.AsyncClient) -> TokenVerifier:
    """As the service ``small`` verifies."""
    return TokenVerifier(
        IssuerKeys(http, issuer.url),
        issuer=issuer.url,
        people_audience="truestock",
        service_audience="truestock-small",
        algorithms=("RS256", "ES256"),
    )


async def test_a_person_has_a_workspace_and_roles(issuer: Issuer, verifier: TokenVerifier) -> None:
    principal = await verifier.person(issuer.token(roles=["operator", "astronaut"], workspace=WORKSPACE))
    assert principal.workspace_id == WORKSPACE
    assert principal.roles == {Role.OPERATOR}
    assert principal.may(Role.VIEWER)
    assert not principal.may(Role.ADMIN)
    assert not principal.is_service


async def test_a_person_cannot_name_itself_a_service(issuer: Issuer, verifier: TokenVerifier) -> None:
    principal = await verifier.person(issuer.token(roles=["service"], workspace=WORKSPACE))
    assert not principal.may(Role.SERVICE)


async def test_a_service_is_no_administrator(issuer: Issuer, verifier: TokenVerifier) -> None:
    token = issuer.token("truestock-small", roles=["service", "admin"])
    principal = await verifier.service(token, WORKSPACE)
    assert principal.roles == frozenset({Role.SERVICE})
    assert principal.workspace_id == WORKSPACE
    assert principal.is_service


def base64url(data: bytes) -> str:
    """As in a token."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def encoded(part: dict[str, object]) -> str:
    """One part of a token."""
    return base64url(json.dumps(part).encode())


def unsigned(issuer: Issuer) -> str:
    """A token with the algorithm «none»."""
    claims = {"iss": issuer.url, "aud": "truestock", "sub": "x", "exp": 9_999_999_999}
    return f"{encoded({'alg': 'none'})}.{encoded(claims)}."


def signed_with_the_public_key(issuer: Issuer) -> str:
    """The classic confusion: a public key used as a shared secret."""
    claims = {"iss": issuer.url, "aud": "truestock", "sub": "x", "exp": 9_999_999_999}
    signed = f"{encoded({'alg': 'HS256', 'kid': 'first'})}.{encoded(claims)}"
    secret = issuer.keys[0].as_pem(private=False)
    return f"{signed}.{base64url(hmac.new(secret, signed.encode(), hashlib.sha256).digest())}"


async def test_what_proves_nothing_is_refused(issuer: Issuer, verifier: TokenVerifier) -> None:
    tokens = {
        "nonsense": "abc",
        "empty": "",
        "unsigned": unsigned(issuer),
        "confused": signed_with_the_public_key(issuer),
        "expired": issuer.token(workspace=WORKSPACE, expires_in=-60),
        "other audience": issuer.token("truestock-inventory", workspace=WORKSPACE),
        "other issuer": issuer.token(workspace=WORKSPACE, iss="http://elsewhere.test"),
        "foreign key": issuer.token(workspace=WORKSPACE, key=new_key("first")),
        "unknown key": issuer.token(workspace=WORKSPACE, key=new_key("unknown")),
        "no workspace": issuer.token(),
        "workspace is no id": issuer.token(workspace="mine"),
        "no subject": issuer.token(workspace=WORKSPACE, sub=None),
        "PS256 is not on the list": issuer.token(workspace=WORKSPACE, algorithm="PS256"),
    }
    for name, token in tokens.items():
        with pytest.raises(InvalidToken) as refused:
            await verifier.person(token)
        assert len(token) < 10 or token not in str(refused.value), name


async def test_keys_are_asked_for_once_and_again_for_a_new_one() -> None:
    issuer = Issuer()
    now = [100.0]
    async with httpx.AsyncClient(transport=issuer.transport()) as http:
        keys = IssuerKeys(http, issuer.url, clock=lambda: now[0])
        for _ in range(3):
            await keys.get("first")
        assert issuer.asked.count("/jwks") == 1
        issuer.keys.append(new_key("second"))
        await keys.get("second")
        assert issuer.asked.count("/jwks") == 1, "not more than once in ten seconds"
        now[0] += 11
        assert {key.kid for key in (await keys.get("second")).keys} == {"first", "second"}
        assert issuer.asked.count("/jwks") == 2


async def test_an_issuer_that_is_down_is_transient() -> None:
    down = httpx.MockTransport(lambda _: httpx.Response(503))
    async with httpx.AsyncClient(transport=down) as http:
        with pytest.raises(Transient):
            await IssuerKeys(http, "http://issuer.test").get("first")


async def test_a_discovery_document_of_another_issuer_is_not_believed() -> None:
    other = Issuer(url="http://other.test")
    async with httpx.AsyncClient(transport=other.transport()) as http:
        with pytest.raises(Transient, match="another issuer"):
            await IssuerKeys(http, "http://issuer.test").get("first")
