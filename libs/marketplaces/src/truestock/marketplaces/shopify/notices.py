"""Shopify's webhooks. Which of them are sent is the application's setting (shopify.app.toml), not ours.

https://shopify.dev/docs/apps/build/webhooks
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from truestock.marketplaces.authorization import Application
from truestock.marketplaces.notices import Notice, NoticeKind, NoticeRefused

KINDS = {
    "app/uninstalled": NoticeKind.ACCESS_REVOKED,
    # 48 hours after an uninstallation: what is known of the shop must be erased.
    "shop/redact": NoticeKind.ACCOUNT_DELETED,
}
SHOP_ID = {"app/uninstalled": "id", "shop/redact": "shop_id"}
SHOP_HOST = {"app/uninstalled": "myshopify_domain", "shop/redact": "shop_domain"}
LONGEST_ID = 255


class ShopifyNotices:
    """See :class:`truestock.marketplaces.notices.Notices`."""

    def challenge(
        self,
        app: Application,  # noqa: ARG002  # the protocol's signature
        query: Sequence[tuple[str, str]],  # noqa: ARG002  # as above
        endpoint: str,  # noqa: ARG002  # as above
    ) -> Mapping[str, Any] | None:
        """Shopify does not ask."""
        return None

    async def read(
        self,
        app: Application,
        http: httpx.AsyncClient,  # noqa: ARG002  # the client secret is the key
        headers: Mapping[str, str],
        body: bytes,
    ) -> Notice:
        """The signature covers the body and no header, so the shop is the one that the body names.

        Whoever has a signed body of a shop of their own could put another shop's name into the header.
        """
        told = {name.lower(): value for name, value in headers.items()}
        if not app.client_secret:
            raise NoticeRefused("The notice cannot be verified: the application's client secret is not set.")
        expected = base64.b64encode(hmac.new(app.client_secret.encode(), body, hashlib.sha256).digest())
        if not hmac.compare_digest(
            expected, told.get("x-shopify-hmac-sha256", "").encode("utf-8", "replace")
        ):
            raise NoticeRefused("The notice is not signed with this application's client secret.")
        notice_id = told.get("x-shopify-webhook-id", "")
        if not 0 < len(notice_id) <= LONGEST_ID:
            raise NoticeRefused("The notice has no id.")
        topic = told.get("x-shopify-topic", "")
        if topic not in KINDS:
            return Notice(notice_id, NoticeKind.OTHER)
        content = _object(body)
        account, store = content.get(SHOP_ID[topic]), content.get(SHOP_HOST[topic])
        if type(account) is not int or not isinstance(store, str):
            raise NoticeRefused("The notice does not say which shop it is about.")
        if store != told.get("x-shopify-shop-domain", store):
            raise NoticeRefused("The notice was signed for another shop than its header names.")
        return Notice(notice_id, KINDS[topic], account_id=str(account), store=store)


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        content = json.loads(body)
    except ValueError:
        raise NoticeRefused("The notice is not JSON.") from None
    return content if isinstance(content, dict) else {}
