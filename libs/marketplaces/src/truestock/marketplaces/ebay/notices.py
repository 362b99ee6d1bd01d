"""eBay's notices that an account was deleted or an authorization revoked.

The endpoint is checked with a challenge code. Every notice is signed (ECDSA) with a key that the Commerce
Notification API tells to the application; eBay asks to keep a key for an hour.

https://developer.ebay.com/develop/guides-v2/marketplace-user-account-deletion/marketplace-user-account-deletion
"""

import base64
import binascii
import hashlib
import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import httpx
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from truestock.marketplaces.authorization import Application
from truestock.marketplaces.ebay.oauth import OAUTH
from truestock.marketplaces.errors import Temporary
from truestock.marketplaces.notices import Notice, NoticeKind, NoticeRefused

HEADER = "x-ebay-signature"
KEY_PATH = "/commerce/notification/v1/public_key"
KEY_LIFE = 3_600.0
MOST_KEYS = 16
LONGEST_HEADER = 4_000
LONGEST_CHALLENGE = 200
KINDS = {
    "MARKETPLACE_ACCOUNT_DELETION": NoticeKind.ACCOUNT_DELETED,
    "AUTHORIZATION_REVOCATION": NoticeKind.ACCESS_REVOKED,
}
DIGESTS: dict[str, type[hashes.HashAlgorithm]] = {
    # eBay's own keys say SHA1; what is signed is short-lived and comes with a key fetched from eBay.
    "SHA1": hashes.SHA1,
    "SHA256": hashes.SHA256,
    "SHA384": hashes.SHA384,
    "SHA512": hashes.SHA512,
}
_KEY_ID = re.compile(r"[A-Za-z0-9-]{1,80}", re.ASCII)
_NOT_SIGNED = "The notice is not signed by eBay."


class EbayNotices:
    """See :class:`truestock.marketplaces.notices.Notices`."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._keys: dict[tuple[str, str], tuple[float, ec.EllipticCurvePublicKey]] = {}

    def challenge(
        self, app: Application, query: Sequence[tuple[str, str]], endpoint: str
    ) -> Mapping[str, Any] | None:
        """The hash of the code, our verification token and the endpoint's address, in this order."""
        codes = [value for name, value in query if name == "challenge_code"]
        if len(codes) != 1 or not 0 < len(codes[0]) <= LONGEST_CHALLENGE or app.webhook_token is None:
            return None
        said = f"{codes[0]}{app.webhook_token}{endpoint}".encode("utf-8", "replace")
        return {"challengeResponse": hashlib.sha256(said).hexdigest()}

    async def read(
        self, app: Application, http: httpx.AsyncClient, headers: Mapping[str, str], body: bytes
    ) -> Notice:
        """Verify and read a notice; raises NoticeRefused, and Temporary without the key."""
        sent = {name.lower(): value for name, value in headers.items()}
        key_id, signature, digest = _signature(sent.get(HEADER, ""))
        key = await self._key(app, http, key_id)
        try:
            key.verify(signature, body, ec.ECDSA(digest()))
        except (InvalidSignature, UnsupportedAlgorithm):
            raise NoticeRefused(_NOT_SIGNED) from None
        return _notice(body)

    async def _key(self, app: Application, http: httpx.AsyncClient, key_id: str) -> ec.EllipticCurvePublicKey:
        name = (app.api_url, key_id)
        known = self._keys.get(name)
        if known is not None and known[0] > self._now():
            return known[1]
        key = await _fetched(app, http, key_id)
        if len(self._keys) >= MOST_KEYS:
            self._keys.clear()
        self._keys[name] = (self._now() + KEY_LIFE, key)
        return key


def _signature(header: str) -> tuple[str, bytes, type[hashes.HashAlgorithm]]:
    """Key id, signature and digest of the header: JSON in Base64."""
    try:
        if len(header) > LONGEST_HEADER:
            raise ValueError
        said = json.loads(base64.b64decode(header, validate=True))
        key_id, algorithm, digest = said["kid"], said["alg"], said["digest"]
        signature = base64.b64decode(said["signature"], validate=True)
        if not _KEY_ID.fullmatch(key_id) or algorithm.lower() != "ecdsa":
            raise ValueError
        return key_id, signature, DIGESTS[digest.upper().replace("-", "")]
    except (ValueError, TypeError, KeyError, AttributeError, binascii.Error, RecursionError):
        raise NoticeRefused(_NOT_SIGNED) from None


async def _fetched(app: Application, http: httpx.AsyncClient, key_id: str) -> ec.EllipticCurvePublicKey:
    """The public key, asked for with a token of the application; a key that eBay does not know is no key."""
    request = OAUTH.client_credentials(app)
    try:
        granted = await http.post(request.url, data=dict(request.form), headers=dict(request.headers))
        token = OAUTH.tokens(_object(granted), keep="").access_token if granted.is_success else None
        if token is None:
            raise Temporary(f"eBay gave the application no token ({granted.status_code}).")
        answer = await http.get(
            f"{app.api_url.rstrip('/')}{KEY_PATH}/{key_id}", headers={"authorization": f"Bearer {token}"}
        )
    except httpx.HTTPError as error:
        raise Temporary(f"eBay did not tell the key of a notice ({type(error).__name__}).") from error
    if 400 <= answer.status_code < 500 and answer.status_code not in (401, 403, 408, 429):
        raise NoticeRefused(_NOT_SIGNED)
    if not answer.is_success:
        raise Temporary(f"eBay did not tell the key of a notice ({answer.status_code}).")
    try:
        key = load_pem_public_key(_pem(str(_object(answer).get("key"))))
    except (ValueError, UnsupportedAlgorithm):
        raise Temporary("eBay told a key that cannot be read.") from None
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise Temporary("eBay told a key of another kind than it signs with.")
    return key


def _pem(key: str) -> bytes:
    """eBay sends the key on one line; the format wants its head and foot on lines of their own."""
    content = key.replace("-----BEGIN PUBLIC KEY-----", "").replace("-----END PUBLIC KEY-----", "")
    lines = "\n".join(content.split())
    return f"-----BEGIN PUBLIC KEY-----\n{lines}\n-----END PUBLIC KEY-----\n".encode()


def _notice(body: bytes) -> Notice:
    try:
        said = json.loads(body)
        topic, notification = said["metadata"]["topic"], said["notification"]
        notice_id, user_id = notification["notificationId"], notification["data"].get("userId")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise NoticeRefused("The notice is signed by eBay but cannot be read.") from None
    if not isinstance(notice_id, str) or not notice_id or not isinstance(topic, str):
        raise NoticeRefused("The notice is signed by eBay but cannot be read.")
    kind = KINDS.get(topic, NoticeKind.OTHER)
    account_id = user_id if isinstance(user_id, str) and user_id else None
    if account_id is None and kind is not NoticeKind.OTHER:
        raise NoticeRefused("The notice does not say whose account it is about.")
    return Notice(notice_id=notice_id, kind=kind, account_id=account_id)


def _object(response: httpx.Response) -> Mapping[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
