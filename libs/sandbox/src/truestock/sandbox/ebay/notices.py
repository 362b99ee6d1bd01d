"""eBay's notices, signed with a key that the notification API tells."""

import base64
import hashlib
import json
import uuid
from collections.abc import Callable

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from truestock.sandbox.ebay.errors import not_found
from truestock.sandbox.gate import Caller
from truestock.sandbox.instants import with_milliseconds
from truestock.sandbox.notices import Notices
from truestock.sandbox.shop import Shop

ACCOUNT_DELETED = "MARKETPLACE_ACCOUNT_DELETION"
AUTHORIZATION_REVOKED = "AUTHORIZATION_REVOCATION"


class Sender:
    """Signs and sends; the key is made with the sandbox. ``now`` in seconds since 1970."""

    def __init__(self, notices: Notices, now: Callable[[], float]) -> None:
        self._notices, self._now = notices, now
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._key_id = str(uuid.uuid4())

    async def send(self, shop: Shop, topic: str) -> None:
        """One notice about the seller, where somebody asked for eBay's notices."""
        moment = with_milliseconds(self._now())
        body = json.dumps(
            {
                "metadata": {"topic": topic, "schemaVersion": "1.0", "deprecated": False},
                "notification": {
                    "notificationId": f"{uuid.uuid4()}_{uuid.uuid4()}",
                    "eventDate": moment,
                    "publishDate": moment,
                    "publishAttemptCount": 1,
                    "data": {
                        "username": shop.name,
                        "userId": shop.account_id,
                        "eiasToken": hashlib.sha256(shop.account_id.encode()).hexdigest()[:32],
                    },
                },
            }
        ).encode()
        await self._notices.send("ebay", body, self.signed(body), account=shop.account_id)

    def signed(self, body: bytes) -> dict[str, str]:
        """The headers of a notice; eBay signs with SHA-1."""
        signature = self._key.sign(body, ec.ECDSA(hashes.SHA1()))  # noqa: S303 # as eBay does it
        said = {
            "alg": "ecdsa",
            "kid": self._key_id,
            "signature": base64.b64encode(signature).decode(),
            "digest": "SHA1",
        }
        return {
            "content-type": "application/json",
            "x-ebay-signature": base64.b64encode(json.dumps(said).encode()).decode(),
        }

    async def public_key(self, _: Caller, request: Request) -> Response:
        """``getPublicKey``: on one line, as eBay sends it."""
        if request.path_params["key_id"] != self._key_id:
            raise not_found(195001)
        pem = self._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        return JSONResponse({"algorithm": "ECDSA", "digest": "SHA1", "key": pem.decode().replace("\n", "")})
