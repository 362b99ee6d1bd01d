"""The seller behind a token: where it sells, which Amazon marketplace is read, and its settings."""

from dataclasses import dataclass
from typing import Any

from truestock.contracts.listing import Account
from truestock.contracts.values import Marketplace
from truestock.marketplaces.amazon.oauth import MARKETPLACE_ID, PRODUCT_LISTING, SELLING_PARTNER_INSIGHTS
from truestock.marketplaces.api import Api
from truestock.marketplaces.checking import checked
from truestock.marketplaces.errors import PartialRead, PermanentRefusal
from truestock.marketplaces.interface import AccountSettings, ScopeCheck
from truestock.marketplaces.text import identifier, plain_text

PARTICIPATIONS = "/sellers/v1/marketplaceParticipations"
STORES = "www.amazon."
"""Amazon lists technical marketplaces (sim1.stores.amazon.…) beside those where shoppers buy."""


@dataclass(frozen=True, slots=True)
class Participation:
    """One Amazon marketplace where the seller sells."""

    marketplace_id: str
    domain: str
    country: str
    currency: str | None
    language: str | None
    store_name: str
    suspended: bool


async def read_account(api: Api) -> Account:
    """The seller that the callback named, once a read under its id has worked."""
    seller = seller_id(api)
    here = _chosen(api, await _participations(api))
    await _first_listing(api, seller, here.marketplace_id)
    return Account(
        marketplace=Marketplace.AMAZON,
        id=seller,
        name=here.store_name or seller,
        url=f"https://{here.domain}/sp?seller={seller}",
    )


async def read_settings(api: Api) -> AccountSettings:
    """Currency, site and language of the Amazon marketplace that is read, and where else the seller sells.

    ``store`` carries that marketplace's id to every later reader, who need not ask for it then: the
    Sellers API answers once a minute only.
    """
    found = await _participations(api)
    here = _chosen(api, found)
    policies = {
        "other_marketplaces": ", ".join(one.domain for one in found if one is not here),
        "listings_suspended": f"yes, on {here.domain}" if here.suspended else "",
    }
    return AccountSettings(
        currency=here.currency,
        store=here.marketplace_id,
        site=here.domain,
        locale=here.language,
        policies={name: text for name, text in policies.items() if text},
    )


async def check_scopes(api: Api) -> tuple[ScopeCheck, ...]:
    """The participations for Selling Partner Insights, the first listing for Product Listing."""
    seller = seller_id(api)
    return (
        await checked(PRODUCT_LISTING, _any_listing(api, seller)),
        await checked(SELLING_PARTNER_INSIGHTS, _participations(api)),
    )


async def read_scopes(api: Api) -> tuple[str, ...]:
    """The roles whose reads work, for Amazon names none."""
    return tuple(check.scope for check in await check_scopes(api) if check.works)


def seller_id(api: Api) -> str:
    """The selling partner id that the callback brought; no call of the API tells it."""
    if not api.account_id:
        raise PermanentRefusal(
            "Which Amazon seller this is was not said: the account must be connected again."
        )
    return api.account_id


async def marketplace_id(api: Api) -> str:
    """The Amazon marketplace that is read: the confirmed one, else as the seller's participations say."""
    if api.store and MARKETPLACE_ID.fullmatch(api.store):
        return api.store
    return _chosen(api, await _participations(api)).marketplace_id


async def _any_listing(api: Api, seller: str) -> None:
    await _first_listing(api, seller, await marketplace_id(api))


async def _first_listing(api: Api, seller: str, marketplace: str) -> None:
    await api.get(f"/listings/2021-08-01/items/{seller}", {"marketplaceIds": marketplace, "pageSize": 1})


async def _participations(api: Api) -> tuple[Participation, ...]:
    """In Amazon's order; only those that are active and where shoppers buy."""
    body = await api.get(PARTICIPATIONS)
    rows = body.get("payload") if isinstance(body, dict) else None
    if not isinstance(rows, list):
        raise PartialRead("Amazon's answer holds no marketplace participations.")
    return tuple(found for row in rows if (found := _participation(row)) is not None)


def _participation(row: Any) -> Participation | None:
    where = row.get("marketplace") if isinstance(row, dict) else None
    how = row.get("participation") if isinstance(row, dict) else None
    if not isinstance(where, dict) or not isinstance(how, dict) or how.get("isParticipating") is not True:
        return None
    marketplace, domain = identifier(where.get("id")), identifier(where.get("domainName")).lower()
    if not MARKETPLACE_ID.fullmatch(marketplace) or not domain.startswith(STORES):
        return None
    return Participation(
        marketplace_id=marketplace,
        domain=domain,
        country=identifier(where.get("countryCode")),
        currency=identifier(where.get("defaultCurrencyCode")) or None,
        language=identifier(where.get("defaultLanguageCode")) or None,
        store_name=plain_text(row.get("storeName"))[:200],
        suspended=how.get("hasSuspendedListings") is True,
    )


def _chosen(api: Api, found: tuple[Participation, ...]) -> Participation:
    if not found:
        raise PermanentRefusal(
            "This seller account sells on no Amazon marketplace, so there is nothing to read."
        )
    if not api.store:
        return found[0]
    for one in found:
        if api.store in (one.marketplace_id, one.domain):
            return one
    sold = ", ".join(one.domain for one in found)
    raise PermanentRefusal(
        f"This seller account does not sell on the Amazon marketplace asked for, but on: {sold}"
    )
