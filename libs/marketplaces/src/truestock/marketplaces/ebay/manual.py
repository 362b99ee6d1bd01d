"""Listings that were made by hand: those of the Trading API's lists that the Inventory API does not know."""

from collections.abc import Mapping, Sequence
from typing import Any

from truestock.marketplaces.api import Api
from truestock.marketplaces.ebay import inventory, trading
from truestock.marketplaces.ebay.account import read_user
from truestock.marketplaces.ebay.gathering import gathered
from truestock.marketplaces.errors import PartialRead
from truestock.marketplaces.interface import RawListing


async def from_page(api: Api, rows: Sequence[Mapping[str, Any]]) -> list[RawListing]:
    """The hand-made ones of a page of a list, each read whole: a list shows neither text nor all photos."""
    first = {str(row["ItemID"]): next(iter(trading.skus(row)), None) for row in rows}
    known = await inventory.items_by_sku(api, [sku for sku in first.values() if sku is not None])
    offers = await gathered(known, lambda sku: inventory.offers(api, sku))
    managed = {sku: _listing_ids(found) for sku, found in offers.items()}
    by_hand = [
        item_id for item_id, sku in first.items() if sku is None or item_id not in managed.get(sku, ())
    ]
    return await _read(api, by_hand)


async def by_id(api: Api, item_ids: Sequence[str]) -> list[RawListing]:
    """Those of these listings that exist and are the seller's own; anybody may read anybody's listings."""
    if not item_ids:
        return []
    own = _fold((await read_user(api)).get("username"))
    if own is None:
        raise PartialRead("eBay did not tell the seller's name, so whose listings these are is not known.")
    return [raw for raw in await _read(api, item_ids) if _seller(raw.payload["trading"]) == own]


async def _read(api: Api, item_ids: Sequence[str]) -> list[RawListing]:
    items = await gathered(item_ids, lambda item_id: trading.item(api, item_id))
    return [RawListing(item_id, {"trading": item}) for item_id, item in items.items() if item is not None]


def _listing_ids(offers: Sequence[Any]) -> set[str]:
    listings = [offer.get("listing") for offer in offers if isinstance(offer, Mapping)]
    return {str(one.get("listingId")) for one in listings if isinstance(one, Mapping)}


def _seller(item: Mapping[str, Any]) -> str | None:
    seller = item.get("Seller")
    return _fold(seller.get("UserID")) if isinstance(seller, Mapping) else None


def _fold(name: object) -> str | None:
    return name.casefold() if isinstance(name, str) and name else None
