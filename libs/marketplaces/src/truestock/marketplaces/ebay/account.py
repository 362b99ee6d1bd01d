"""The eBay seller behind a token, and the settings of the account."""

from typing import Any
from urllib.parse import urlsplit

from truestock.contracts.listing import Account
from truestock.contracts.values import Marketplace
from truestock.marketplaces.api import Api
from truestock.marketplaces.checking import checked
from truestock.marketplaces.ebay.oauth import IDENTITY, INVENTORY
from truestock.marketplaces.ebay.sites import SITES
from truestock.marketplaces.errors import PermanentRefusal
from truestock.marketplaces.interface import AccountSettings, Location, ScopeCheck
from truestock.marketplaces.text import identifier, plain_text

USER = "/commerce/identity/v1/user/"
ITEMS = "/sell/inventory/v1/inventory_item"
LOCATIONS = "/sell/inventory/v1/location"
MOST_LOCATIONS = 1_000


def identity_base(base_url: str) -> str:
    """Where the Identity API is: on ``apiz.`` beside ``api.``, else at the same address."""
    host = urlsplit(base_url).hostname or ""
    return base_url.replace("://api.", "://apiz.", 1) if host.startswith("api.") else base_url


async def read_user(api: Api) -> dict[str, Any]:
    """eBay's own record of the seller; PermanentRefusal when it holds no id."""
    user = (await api.request("GET", USER, base_url=identity_base(api.base_url))).content
    if not isinstance(user, dict) or not identifier(user.get("userId")):
        raise PermanentRefusal("eBay did not say whose token this is.")
    return user


async def read_account(api: Api) -> Account:
    """The seller. ``userId`` never changes; the user name may be changed by the seller."""
    user = await read_user(api)
    user_id = identifier(user["userId"])
    return Account(
        marketplace=Marketplace.EBAY, id=user_id, name=plain_text(user.get("username"))[:2_000] or user_id
    )


async def read_settings(api: Api) -> AccountSettings:
    """Site, currency and language of the registration, and the places where stock is kept."""
    user = await read_user(api)
    marketplace_id = identifier(user.get("registrationMarketplaceId"))
    site = SITES.get(marketplace_id)
    kind = identifier(user.get("accountType"))
    return AccountSettings(
        currency=site.currency if site else None,
        site=(site.host if site else marketplace_id) or None,
        locale=site.locale if site else None,
        locations=tuple(await _locations(api)),
        policies={"account type": kind.lower()[:200]} if kind else {},
    )


async def read_scopes(api: Api) -> tuple[str, ...]:
    """The required scopes that really open something: eBay names the scopes of a token nowhere."""
    return tuple(check.scope for check in await check_scopes(api) if check.works)


async def check_scopes(api: Api) -> tuple[ScopeCheck, ...]:
    """One cheap read for each required scope."""
    identity = api.request("GET", USER, base_url=identity_base(api.base_url))
    return (
        await checked(IDENTITY, identity),
        await checked(INVENTORY, api.get(ITEMS, {"limit": 1})),
    )


async def _locations(api: Api) -> list[Location]:
    found: dict[str, Location] = {}
    seen = 0
    while seen < MOST_LOCATIONS:
        body = await api.get(LOCATIONS, {"limit": 100, "offset": seen})
        rows = body.get("locations") if isinstance(body, dict) else None
        if not isinstance(rows, list) or not rows:
            break
        for row in rows:
            key = identifier(row.get("merchantLocationKey")) if isinstance(row, dict) else ""
            if key:
                found[key] = Location(id=key, name=plain_text(row.get("name")) or key)
        seen += len(rows)
        if not body.get("next"):
            break
    return [found[key] for key in sorted(found)]
