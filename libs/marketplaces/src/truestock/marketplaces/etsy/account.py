"""The Etsy shop behind a token, and its settings."""

from typing import Any

from truestock.contracts.listing import Account
from truestock.contracts.values import Marketplace
from truestock.marketplaces.api import Api
from truestock.marketplaces.checking import checked
from truestock.marketplaces.errors import PermanentRefusal
from truestock.marketplaces.interface import AccountSettings, Location, ScopeCheck
from truestock.marketplaces.text import plain_text

POLICY_LENGTH = 200
POLICIES = ("payment", "shipping", "refunds", "additional", "privacy")


async def read_scopes(api: Api) -> tuple[str, ...]:
    """The scopes of the token."""
    body = await api.post_token("/scopes")
    scopes = body.get("scopes") if isinstance(body, dict) else None
    if not isinstance(scopes, list):
        raise PermanentRefusal("Etsy did not say which scopes were granted.")
    return tuple(sorted({str(scope) for scope in scopes}))


async def read_account(api: Api) -> Account:
    """The shop of the user who granted access; PermanentRefusal when that user has no shop."""
    me = await api.get("/users/me")
    shop_id = me.get("shop_id") if isinstance(me, dict) else None
    if not shop_id:
        raise PermanentRefusal("This Etsy user has no shop, so there is nothing to connect.")
    shop = await _shop(api, str(shop_id))
    return Account(
        marketplace=Marketplace.ETSY,
        id=str(shop_id),
        name=plain_text(shop.get("shop_name") or str(shop_id)),
        url=shop.get("url") or None,
    )


async def read_settings(api: Api) -> AccountSettings:
    """What the shop says about itself that changes what an import means."""
    shop_id = api.account_id or (await read_account(api)).id
    shop = await _shop(api, shop_id)
    country = shop.get("shipping_from_country_iso") or shop.get("shop_location_country_iso")
    policies = {name: plain_text(shop.get(f"policy_{name}"))[:POLICY_LENGTH] for name in POLICIES}
    languages = shop.get("languages") or [None]
    return AccountSettings(
        currency=shop.get("currency_code") or None,
        site="etsy.com",
        locale=languages[0],
        locations=(Location(id=country, name=f"ships from {country}"),) if country else (),
        policies={name: text for name, text in policies.items() if text},
    )


async def check_scopes(api: Api) -> tuple[ScopeCheck, ...]:
    """``shops_r`` opens users/me, ``listings_r`` the shop's drafts, which nobody else may see."""
    shop_id = api.account_id or (await read_account(api)).id
    drafts = f"/shops/{shop_id}/listings"
    return (
        await checked("listings_r", api.get(drafts, {"state": "draft", "limit": 1})),
        await checked("shops_r", api.get("/users/me")),
    )


async def _shop(api: Api, shop_id: str) -> dict[str, Any]:
    shop = await api.get(f"/shops/{shop_id}")
    if not isinstance(shop, dict) or str(shop.get("shop_id")) != shop_id:
        raise PermanentRefusal("Etsy answered with another shop than the one that was asked for.")
    return shop
