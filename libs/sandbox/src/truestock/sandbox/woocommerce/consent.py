"""``wc-auth/v1/authorize``: the seller approves, and the store posts new keys to the application itself."""

import json
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from truestock.sandbox.notices import Notices
from truestock.sandbox.oauth.clients import Client
from truestock.sandbox.oauth.consent import consent_page, message_page
from truestock.sandbox.requestlog import RequestLog
from truestock.sandbox.shop import Shop, Shops
from truestock.sandbox.woocommerce.keys import PERMISSIONS, Key, Keys

_TITLE = "WooCommerce"
_MANDATORY = ("app_name", "user_id", "return_url", "callback_url", "scope")
_DELIVERED = 200


class Consent:
    """Only addresses that ``client`` may use get an answer, though WooCommerce itself registers nobody."""

    def __init__(self, shops: Shops, keys: Keys, client: Client, notices: Notices, log: RequestLog) -> None:
        self._shops, self._keys, self._client = shops, keys, client
        self._notices, self._log = notices, log

    async def authorize(self, request: Request) -> Response:
        """The consent page.

        Without a browser: ``approve=1`` or ``login=<this store's login>`` approves at once and ``deny=1``
        denies; ``grant_scopes=write`` makes keys that cannot read.
        """
        shop = self._shops.by_login(request.path_params["login"])
        if shop is None:
            return message_page(_TITLE, "There is no store here.", 404)
        asked = dict(request.query_params)
        if request.method == "POST":
            async with request.form() as form:
                asked |= {name: value for name, value in form.items() if isinstance(value, str)}
        if error := self._mistake(asked):
            return message_page(_TITLE, error, 401)
        if asked.get("deny") == "1" or asked.get("decision") == "deny":
            return _back(asked, success=0)
        login = asked.get("login")
        if login is not None and login != shop.login:
            return message_page(_TITLE, f"This store belongs to {shop.login!r}, not to {login!r}.", 404)
        if login is None and asked.get("approve") != "1":
            return consent_page(_TITLE, asked["app_name"], [asked["scope"]], [shop])
        return await self._approved(shop, asked)

    def _mistake(self, asked: dict[str, str]) -> str | None:
        if missing := [name for name in _MANDATORY if not asked.get(name)]:
            return f"Error: Missing parameter {missing[0]}."
        if asked["scope"] not in PERMISSIONS:
            return f"Error: Invalid scope {asked['scope']}."
        if not self._ours(asked["return_url"]):
            return "Error: The return_url is not a valid URL."
        if not self._ours(asked["callback_url"]):
            return "Error: The callback_url needs to be over SSL."
        return None

    def _ours(self, address: str) -> bool:
        if self._client.check_redirect_uri(address):
            return True
        return _origin(address) in {_origin(known) for known in self._client.redirect_uris}

    async def _approved(self, shop: Shop, asked: dict[str, str]) -> Response:
        permission = asked["scope"]
        if "grant_scopes" in asked and "read" not in asked["grant_scopes"]:
            permission = "write"
        key = self._keys.make(shop.user_id, asked["app_name"], permission)
        status = await self._post(shop, key, asked)
        self._log.count_token("woocommerce", shop.account_id, "keys", str(status))
        if status != _DELIVERED:
            # WooCommerce keeps no key that it could not deliver.
            self._keys.delete(key)
            return message_page(_TITLE, "Error: An error occurred in the request.", 401)
        return _back(asked, success=1)

    async def _post(self, shop: Shop, key: Key, asked: dict[str, str]) -> int | None:
        # A configured address wins: where a container cannot reach what the browser calls loopback.
        address = self._notices.address("woocommerce") or asked["callback_url"]
        body = json.dumps(key.posted(asked["user_id"])).encode()
        headers = {"content-type": "application/json;charset=UTF-8"}
        return await self._notices.send(
            "woocommerce", body, headers, account=shop.account_id, address=address
        )


def _back(asked: dict[str, str], *, success: int) -> Response:
    address = asked["return_url"]
    more = urlencode({"success": success, "user_id": asked["user_id"]})
    return RedirectResponse(f"{address}{'&' if '?' in address else '?'}{more}", 302)


def _origin(address: str) -> tuple[str, str]:
    parts = urlsplit(address)
    return parts.scheme, parts.netloc
