"""The shop behind a token, and its settings."""

from typing import Any

from truestock.contracts.listing import Account
from truestock.contracts.values import Marketplace
from truestock.marketplaces.api import Api
from truestock.marketplaces.checking import checked
from truestock.marketplaces.errors import PermanentRefusal
from truestock.marketplaces.interface import AccountSettings, Location, ScopeCheck
from truestock.marketplaces.shopify import queries
from truestock.marketplaces.shopify.graph import ask, connection, number
from truestock.marketplaces.text import plain_text, web_address

LONGEST_NAME = 200


async def read_scopes(api: Api) -> tuple[str, ...]:
    """The scopes of the installation."""
    installation = (await ask(api, queries.SCOPES)).get("currentAppInstallation")
    scopes = installation.get("accessScopes") if isinstance(installation, dict) else None
    if not isinstance(scopes, list):
        raise PermanentRefusal("Shopify did not say which scopes were granted.")
    handles = (scope.get("handle") for scope in scopes if isinstance(scope, dict))
    return tuple(sorted({handle for handle in handles if isinstance(handle, str)}))


async def read_account(api: Api) -> Account:
    """The shop; its host may change, the number in its global id does not."""
    shop = await _shop(api)
    account_id = str(number(shop.get("id"), "Shop"))
    host = plain_text(shop.get("myshopifyDomain"))
    return Account(
        marketplace=Marketplace.SHOPIFY,
        id=account_id,
        name=plain_text(shop.get("name"))[:LONGEST_NAME] or host or account_id,
        url=_primary(shop, "url") or (f"https://{host}" if host else None),
    )


async def read_settings(api: Api) -> AccountSettings:
    """What changes the meaning of a price or a quantity: currency, taxes, stock locations."""
    shop = await _shop(api)
    if api.account_id and api.account_id != number(shop.get("id"), "Shop"):
        raise PermanentRefusal("Shopify answered with another shop than the one that was asked for.")
    currency, taxes = shop.get("currencyCode"), shop.get("taxesIncluded")
    return AccountSettings(
        currency=currency if isinstance(currency, str) and currency else None,
        store=api.store or plain_text(shop.get("myshopifyDomain")) or None,
        site=_primary(shop, "host") or None,
        locations=await _locations(api),
        policies={"taxes_included": "yes" if taxes else "no"} if isinstance(taxes, bool) else {},
    )


async def check_scopes(api: Api) -> tuple[ScopeCheck, ...]:
    """The first object that each scope opens."""
    return tuple([await checked(scope, ask(api, query)) for scope, query in queries.ONE_OF_EACH.items()])


async def _shop(api: Api) -> dict[str, Any]:
    shop = (await ask(api, queries.SHOP)).get("shop")
    if not isinstance(shop, dict) or number(shop.get("id"), "Shop") is None:
        raise PermanentRefusal("Shopify did not say which shop this is.")
    return shop


def _primary(shop: dict[str, Any], field: str) -> str:
    domain = shop.get("primaryDomain")
    value = domain.get(field) if isinstance(domain, dict) else None
    return web_address(value) if field == "url" else plain_text(value)


async def _locations(api: Api) -> tuple[Location, ...]:
    found: list[Location] = []
    after: str | None = None
    while True:
        data = await ask(api, queries.LOCATIONS_OF_SHOP, {"first": queries.LOCATIONS, "after": after})
        nodes, after = connection(data.get("locations"))
        for node in nodes:
            location_id = number(node.get("id"), "Location")
            if location_id is not None:
                name = plain_text(node.get("name"))[:LONGEST_NAME]
                found.append(Location(id=location_id, name=name or location_id))
        if after is None:
            return tuple(found)
