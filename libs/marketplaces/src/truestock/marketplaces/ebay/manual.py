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
    """The hand-made ones of a page of a list, each read whole: a list shows neither text nor all photos.

    A listing is the Inventory API's when an offer of one of its SKUs names it. The first SKU nearly always
    tells; the others are asked for where it does not (its item may be gone, or the SKU be used twice).
    """
    skus = {str(row["ItemID"]): trading.skus(row) for row in rows}
    managed = await _managed(api, {item_id: named[:1] for item_id, named in skus.items()})
    managed |= await _managed(api, {one: named[1:] for one, named in skus.items() if one not in managed})
    return await _read(api, [item_id for item_id in skus if item_id not in managed])


async def _managed(api: Api, skus: Mapping[str, Sequence[str]]) -> set[str]:
    """Those of these listings that an offer of one of their SKUs names."""
    known = await inventory.items_by_sku(api, [sku for named in skus.values() for sku in named])
    offers = await gathered(known, lambda sku: inventory.offers(api, sku))
    listings = {sku: _listing_ids(found) for sku, found in offers.items()}
    return {
        item_id for item_id, named in skus.items() if any(item_id in listings.get(sku, ()) for sku in named)
    }


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
