"""The WooCommerce store behind a pair of keys, and its settings.

A store has no id of its own: its address is its identity. What the store says of itself (home_url) must be
the address that was asked for, so that no store can pass for another one.
"""

from typing import Any
from urllib.parse import urlsplit

from truestock.contracts.listing import Account
from truestock.contracts.values import Marketplace
from truestock.marketplaces.api import Api
from truestock.marketplaces.authorization import StoreRefused
from truestock.marketplaces.checking import checked
from truestock.marketplaces.errors import Gone, MarketplaceError, MissingScope, PermanentRefusal
from truestock.marketplaces.interface import AccountSettings, ScopeCheck
from truestock.marketplaces.text import identifier, plain_text
from truestock.marketplaces.woocommerce.stores import same_place, store_address

STATUS_FIELDS = "environment.home_url,environment.language,settings.currency"
"""Asked for by name: the whole report makes the store call other servers and list its plugins."""
STOCK_SETTING = "/wc/v3/settings/products/woocommerce_manage_stock"
LONGEST_NAME = 200
LONGEST_SETTING = 20


async def read_account(api: Api) -> Account:
    """The store; PermanentRefusal when it gives another address than the one that was asked for."""
    return await _account(api, await _status(api))


async def read_settings(api: Api) -> AccountSettings:
    """The store's currency, language and whether it counts stock at all."""
    status = await _status(api)
    store = _own_address(api, status)
    currency = identifier(_part(status, "settings").get("currency"))
    language = identifier(_part(status, "environment").get("language"))[:LONGEST_SETTING]
    manages = await _manages_stock(api)
    return AccountSettings(
        currency=currency if len(currency) == 3 and currency.isascii() and currency.isupper() else None,
        store=store,
        site=urlsplit(store).netloc,
        locale=language.replace("_", "-") or None,
        policies={"manage_stock": manages} if manages else {},
    )


async def check_scopes(api: Api) -> tuple[ScopeCheck, ...]:
    """``read`` opens the products."""
    return (await checked("read", read_one(api)),)


async def read_one(api: Api) -> None:
    """Read one product id: the cheapest read that needs the keys' permission."""
    await api.get("/wc/v3/products", {"per_page": 1, "_fields": "id"})


async def read_scopes(api: Api) -> tuple[str, ...]:
    """WooCommerce names a key's permission only when it is made, so reading is tried."""
    try:
        await read_one(api)
    except MissingScope:
        return ()
    return ("read",)


async def _account(api: Api, status: dict[str, Any]) -> Account:
    store = _own_address(api, status)
    return Account(marketplace=Marketplace.WOOCOMMERCE, id=store, name=await _title(api, store), url=store)


def _own_address(api: Api, status: dict[str, Any]) -> str:
    given = _part(status, "environment").get("home_url")
    if not isinstance(given, str) or not given:
        raise PermanentRefusal("The store does not say its address (home_url), so it cannot be recognised.")
    asked = api.store or api.base_url.removesuffix("/wp-json")
    # A store behind a proxy often believes that it is reached over http: the scheme says nothing here.
    scheme = asked.partition("://")[0]
    try:
        said = store_address(f"{scheme}://{given.partition('://')[2] or given}")
    except StoreRefused:
        raise PermanentRefusal("The store's home_url is no web address: correct it in WordPress.") from None
    if not same_place(said, asked):
        raise PermanentRefusal(
            f"The store says that its address is {said}: connect it under that address, or correct home_url."
        )
    return said


async def _title(api: Api, store: str) -> str:
    """The site's title; its address where it cannot be had."""
    address = store.partition("://")[2]
    try:
        # Without credentials: outside /wc/ WordPress takes them for a failed login, which guards count.
        index = await api.request("GET", "/", params={"_fields": "name"}, headers={"authorization": ""})
    except MarketplaceError:
        return address
    name = index.content.get("name") if isinstance(index.content, dict) else None
    return plain_text(name)[:LONGEST_NAME] or address


async def _manages_stock(api: Api) -> str:
    try:
        setting = await api.get(STOCK_SETTING, {"_fields": "id,value"})
    except (Gone, MissingScope, PermanentRefusal):
        return ""
    return identifier(setting.get("value") if isinstance(setting, dict) else None)[:LONGEST_SETTING]


async def _status(api: Api) -> dict[str, Any]:
    try:
        status = await api.get("/wc/v3/system_status", {"_fields": STATUS_FIELDS})
    except Gone as gone:
        raise PermanentRefusal(f"{gone} There is no WooCommerce at the store's address.") from None
    if not isinstance(status, dict):
        raise PermanentRefusal("The store's system status is not readable.")
    return status


def _part(status: dict[str, Any], name: str) -> dict[str, Any]:
    part = status.get(name)
    return part if isinstance(part, dict) else {}
