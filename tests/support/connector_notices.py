"""Notices as marketplaces sign them."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from uuid import uuid4

import httpx
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from support.connector_sellers import SellerAccount
from support.connector_world import Operator

from truestock.local.marketplaces import CLIENT_SECRET


def uninstalled(seller: SellerAccount) -> bytes:
    """The body of Shopify's ``app/uninstalled``."""
    return json.dumps({"id": int(seller.account), "myshopify_domain": seller.store}).encode()


def shopify_headers(body: bytes, store: str | None, *, secret: str = CLIENT_SECRET) -> dict[str, str]:
    """Signed with the application's client secret, under a new id."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    return {
        "content-type": "application/json",
        "x-shopify-topic": "app/uninstalled",
        "x-shopify-hmac-sha256": base64.b64encode(digest).decode(),
        "x-shopify-shop-domain": store or "",
        "x-shopify-webhook-id": str(uuid4()),
    }


def ebay_deletion(seller: SellerAccount) -> tuple[bytes, dict[str, str]]:
    """An account deletion that somebody else than eBay signed."""
    body = json.dumps(
        {
            "metadata": {"topic": "MARKETPLACE_ACCOUNT_DELETION"},
            "notification": {"notificationId": str(uuid4()), "data": {"userId": seller.account}},
        }
    ).encode()
    key = ec.generate_private_key(ec.SECP256R1())
    said = {
        "alg": "ecdsa",
        "kid": str(uuid4()),
        "signature": base64.b64encode(key.sign(body, ec.ECDSA(hashes.SHA256()))).decode(),
        "digest": "SHA256",
    }
    return body, {"x-ebay-signature": base64.b64encode(json.dumps(said).encode()).decode()}


async def post_notice(
    olga: Operator, marketplace: str, body: bytes, headers: Mapping[str, str]
) -> httpx.Response:
    """Send it to the connector as the marketplace would: without any of our tokens."""
    url = f"{olga.connector}/v1/webhooks/{marketplace}"
    return await olga.http.post(url, content=body, headers=dict(headers))
