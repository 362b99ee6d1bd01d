"""The WooCommerce of the sandbox, wired: stores, keys and routes."""

import itertools

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from truestock.sandbox import shop as neutral
from truestock.sandbox.catalog import Catalog
from truestock.sandbox.gate import Gate
from truestock.sandbox.marketplace import Marketplace, NoLimits, Surroundings
from truestock.sandbox.oauth.clients import Client
from truestock.sandbox.oauth.consent import message_page
from truestock.sandbox.oauth.tokens import TokenSettings
from truestock.sandbox.shop import IdKind, Shop, Shops
from truestock.sandbox.woocommerce.access import WooCommerceAccess
from truestock.sandbox.woocommerce.consent import Consent
from truestock.sandbox.woocommerce.keys import Keys
from truestock.sandbox.woocommerce.reading import Reading
from truestock.sandbox.woocommerce.wire import Wire, status_of

_IDS_OF_A_STORE = 100_000_000
_STORE = "/woocommerce/{login}"
_API = f"{_STORE}/wp-json/wc/v3"


class WooCommerce(Marketplace):
    """Everything under ``/woocommerce``; the account ``main`` has the store ``/woocommerce/main``."""

    name = "woocommerce"

    def __init__(self, around: Surroundings) -> None:
        self._base = around.base
        self.shops = Shops()
        self.limits = NoLimits()
        # Keys neither expire nor are they renewed; of these settings only the canary means something here.
        self.token_settings = TokenSettings(access_ttl=None, refresh_ttl=None, rotate=False)
        self._keys = Keys(lambda: self.token_settings.canary)
        client = Client(around.client_id, redirect_uris=around.redirect_uris)
        self._consent = Consent(self.shops, self._keys, client, around.notices, around.log)
        access = WooCommerceAccess(self.shops, self._keys)
        self._gate = Gate("woocommerce", access, around.faults, around.log)
        self._reading = Reading(Wire(around.base), around.faults)

    def open_shop(self, number: int, *, login: str, name: str, currency: str) -> Shop:
        """An empty store; its address is its identity. All that it holds is numbered as WordPress's posts."""
        ids = itertools.count(number * _IDS_OF_A_STORE + 11)

        def new_id(_: IdKind) -> str:
            return str(next(ids))

        return Shop(
            "woocommerce",
            number,
            login=login,
            name=name,
            currency=currency,
            account_id=f"{self._base}/woocommerce/{login}",
            user_id=f"{login}-{number}",
            new_id=new_id,
        )

    def stock(self, shop: Shop, catalog: Catalog) -> None:
        """As it is: WooCommerce can hold all that a catalogue has."""
        neutral.stock(shop, catalog)

    def describe(self, shop: Shop) -> dict[str, str]:
        """The store's address."""
        return {"store": shop.account_id}

    def expire_access(self, shop: Shop) -> int:  # noqa: ARG002 # the protocol's signature
        """Nothing expires here."""
        return 0

    def revoke(self, shop: Shop) -> int:
        """The seller deletes all keys."""
        return self._keys.delete_all(shop.user_id)

    def routes(self) -> list[Route]:
        """All paths of this marketplace."""
        guard, read = self._gate.endpoint, self._reading
        product = f"{_API}/products/{{product_id}}"
        return [
            Route(f"{_STORE}/wc-auth/v1/authorize", self._consent.authorize, methods=["GET", "POST"]),
            Route(f"{_STORE}/wp-json/", guard(read.index)),
            Route(f"{_API}/system_status", guard(read.system_status, "read")),
            Route(f"{_API}/settings/{{group}}/{{id}}", guard(read.setting, "read")),
            Route(f"{_API}/data/currencies/current", guard(read.currency, "read")),
            Route(f"{_API}/products", guard(read.products, "read")),
            Route(product, guard(read.product, "read")),
            Route(f"{product}/variations", guard(read.variations, "read")),
            Route(f"{product}/variations/{{variation_id}}", guard(read.variation, "read")),
            Route(f"{_STORE}/wp-json/{{rest:path}}", guard(read.nothing, "read")),
            Route(f"{_STORE}/product/{{slug}}/", self._page),
        ]

    async def _page(self, request: Request) -> Response:
        """What a person sees who follows the address of a product."""
        shop, slug = self.shops.by_login(request.path_params["login"]), request.path_params["slug"]
        for listing in shop or ():
            if slug in (listing.handle, f"product-{listing.id}") and status_of(listing) == "publish":
                return message_page("WooCommerce", f"{listing.title}", 200)
        return message_page("WooCommerce", "There is nothing here.", 404)
