"""eBay's notices: the endpoint's challenge, and signatures over the raw body."""

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from truestock.marketplaces.authorization import Application
from truestock.marketplaces.ebay.notices import EbayNotices
from truestock.marketplaces.errors import Temporary
from truestock.marketplaces.notices import NoticeKind, NoticeRefused

ENDPOINT = "https://truestock.test/marketplaces/ebay/notices"
APP = Application(
    client_id="app",
    redirect_uri="ru",
    authorize_url="https://auth.ebay.test/authorize",
    token_url="https://api.ebay.test/identity/v1/oauth2/token",
    api_url="https://api.ebay.test",
    client_secret="hidden",
    webhook_token="a-verification-token-of-32-letters",
)
KEY = ec.generate_private_key(ec.SECP256R1())
KEY_ID = "9936261a-7d7b-4621-a0f1-964f45d5fb2b"


def body(topic: str = "MARKETPLACE_ACCOUNT_DELETION", **data: Any) -> bytes:
    return json.dumps(
        {
            "metadata": {"topic": topic, "schemaVersion": "1.0", "deprecated": False},
            "notification": {
                "notificationId": "49feeaeb-4982-42d9-a377-9645b8479411",
                "eventDate": "2026-03-01T09:00:00.000Z",
                "publishAttemptCount": 1,
                "data": {"username": "clay", "userId": "ma8vp1jySJC", "eiasToken": "x", **data},
            },
        }
    ).encode()


def signed(content: bytes, by: str = "SHA1", **changes: Any) -> dict[str, str]:
    algorithm = {"SHA1": hashes.SHA1, "SHA256": hashes.SHA256}[by]()
    signature = base64.b64encode(KEY.sign(content, ec.ECDSA(algorithm))).decode()
    header = {"alg": "ecdsa", "kid": KEY_ID, "signature": signature, "digest": by, **changes}
    return {"X-EBAY-SIGNATURE": base64.b64encode(json.dumps(header).encode()).decode()}


class Keys:
    """eBay's token endpoint and its public keys."""

    def __init__(self, pem: str | None = None, key_status: int = 200, token_status: int = 200) -> None:
        self.requests: list[httpx.Request] = []
        public = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        self.pem = public.decode().replace("\n", "") if pem is None else pem
        self.key_status, self.token_status = key_status, token_status

    def http(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if request.url.path == "/identity/v1/oauth2/token":
            assert request.headers["authorization"].startswith("Basic ")
            assert b"grant_type=client_credentials" in request.content
            return httpx.Response(self.token_status, json={"access_token": "app-token", "expires_in": 7200})
        assert request.headers["authorization"] == "Bearer app-token"
        assert request.url.path == f"/commerce/notification/v1/public_key/{KEY_ID}"
        return httpx.Response(self.key_status, json={"key": self.pem, "algorithm": "ECDSA", "digest": "SHA1"})


def test_the_challenge_is_answered_with_a_hash_of_code_token_and_address() -> None:
    found = EbayNotices().challenge(APP, [("challenge_code", "a8628072")], ENDPOINT)
    said = f"a8628072{APP.webhook_token}{ENDPOINT}"
    assert found == {"challengeResponse": hashlib.sha256(said.encode()).hexdigest()}


@pytest.mark.parametrize(
    "query", [[], [("challenge_code", "")], [("challenge_code", "a"), ("challenge_code", "b")]]
)
def test_what_is_no_challenge_is_not_answered(query: list[tuple[str, str]]) -> None:
    assert EbayNotices().challenge(APP, query, ENDPOINT) is None


def test_without_a_verification_token_no_challenge_is_answered() -> None:
    app = replace(APP, webhook_token=None)
    assert EbayNotices().challenge(app, [("challenge_code", "a")], ENDPOINT) is None


@pytest.mark.parametrize("digest", ["SHA1", "SHA256"])
@pytest.mark.parametrize(
    ("topic", "kind"),
    [
        ("MARKETPLACE_ACCOUNT_DELETION", NoticeKind.ACCOUNT_DELETED),
        ("AUTHORIZATION_REVOCATION", NoticeKind.ACCESS_REVOKED),
        ("ITEM_AVAILABILITY", NoticeKind.OTHER),
    ],
)
async def test_a_signed_notice_is_read(digest: str, topic: str, kind: NoticeKind) -> None:
    content = body(topic)
    notice = await EbayNotices().read(APP, Keys().http(), signed(content, digest), content)
    assert (notice.kind, notice.account_id) == (kind, "ma8vp1jySJC")
    assert notice.notice_id == "49feeaeb-4982-42d9-a377-9645b8479411"


async def test_a_key_is_kept_for_an_hour() -> None:
    clock, keys, content = [0.0], Keys(), body()
    notices = EbayNotices(now=lambda: clock[0])
    for _ in range(3):
        await notices.read(APP, keys.http(), signed(content), content)
    assert len(keys.requests) == 2
    clock[0] = 3_601.0
    await notices.read(APP, keys.http(), signed(content), content)
    assert len(keys.requests) == 4


async def test_one_changed_byte_is_refused() -> None:
    content = body()
    with pytest.raises(NoticeRefused, match="not signed"):
        await EbayNotices().read(APP, Keys().http(), signed(content), content.replace(b"clay", b"Clay"))


async def test_a_signature_of_another_digest_is_refused() -> None:
    content = body()
    with pytest.raises(NoticeRefused):
        await EbayNotices().read(APP, Keys().http(), signed(content, "SHA256", digest="SHA1"), content)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-ebay-signature": "not base64"},
        {"x-ebay-signature": base64.b64encode(b"[]").decode()},
        {"x-ebay-signature": base64.b64encode(b"[" * 3000).decode()},
        {"x-ebay-signature": "A" * 10_000},
        signed(b"", kid="../../identity"),
        signed(b"", kid=7),
        signed(b"", alg="none"),
        signed(b"", digest="MD5"),
        signed(b"", signature="*"),
    ],
)
async def test_odd_signatures_are_refused_without_a_request(headers: dict[str, str]) -> None:
    keys = Keys()
    with pytest.raises(NoticeRefused):
        await EbayNotices().read(APP, keys.http(), headers, b"")
    assert keys.requests == []


def _rsa_key() -> str:
    public = rsa.generate_private_key(65537, 2048).public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        (lambda: Keys(key_status=404), NoticeRefused),
        (lambda: Keys(key_status=503), Temporary),
        (lambda: Keys(key_status=403), Temporary),
        (lambda: Keys(token_status=401), Temporary),
        (lambda: Keys(pem="not a key"), Temporary),
        (lambda: Keys(pem=_rsa_key()), Temporary),
    ],
)
async def test_without_the_key_nothing_is_believed(
    keys: Callable[[], Keys], problem: type[Exception]
) -> None:
    content = body()
    with pytest.raises(problem) as refused:
        await EbayNotices().read(APP, keys().http(), signed(content), content)
    assert "hidden" not in str(refused.value)
    assert "app-token" not in str(refused.value)


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b'{"metadata": {"topic": "X"}, "notification": null}', body(userId=None)]
)
async def test_a_signed_notice_that_cannot_be_read_is_refused(content: bytes) -> None:
    with pytest.raises(NoticeRefused):
        await EbayNotices().read(APP, Keys().http(), signed(content), content)
