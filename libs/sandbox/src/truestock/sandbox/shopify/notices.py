"""Shopify's signed webhooks: the application was uninstalled, a shop's data must be erased."""

import base64
import hashlib
import hmac
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from truestock.sandbox.notices import Notices
from truestock.sandbox.shop import Shop
from truestock.sandbox.shopify.account import host_of


class Webhooks:
    """Sends them; ``now`` in seconds since 1970."""

    def __init__(self, notices: Notices, secret: str, now: Callable[[], float]) -> None:
        self._notices, self._secret, self._now = notices, secret.encode(), now

    async def uninstalled(self, shop: Shop) -> None:
        """``app/uninstalled`` holds the shop, in the words of Shopify's older API."""
        body = {
            "id": int(shop.account_id),
            "name": shop.name,
            "email": f"{shop.login}@example.test",
            "domain": host_of(shop),
            "myshopify_domain": host_of(shop),
            "currency": shop.currency,
            "updated_at": self._instant(),
        }
        await self._send(shop, "app/uninstalled", body)

    async def redact(self, shop: Shop) -> None:
        """``shop/redact``; Shopify sends it 48 hours after an uninstallation."""
        await self._send(shop, "shop/redact", {"shop_id": int(shop.account_id), "shop_domain": host_of(shop)})

    async def _send(self, shop: Shop, topic: str, content: Mapping[str, Any]) -> None:
        body = orjson.dumps(content)
        signature = base64.b64encode(hmac.new(self._secret, body, hashlib.sha256).digest()).decode()
        headers = {
            "content-type": "application/json",
            "x-shopify-topic": topic,
            "x-shopify-hmac-sha256": signature,
            "x-shopify-shop-domain": host_of(shop),
            "x-shopify-api-version": "2024-04",
            "x-shopify-webhook-id": str(uuid.uuid4()),
            "x-shopify-triggered-at": self._instant(),
        }
        await self._notices.send("shopify", body, headers, account=shop.account_id)

    def _instant(self) -> str:
        return datetime.fromtimestamp(self._now(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
