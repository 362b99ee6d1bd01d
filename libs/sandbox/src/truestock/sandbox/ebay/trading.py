"""The Trading API as far as it shows listings: ``GetMyeBaySelling`` and ``GetItem``."""

import zlib
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from truestock.sandbox.ebay import markup
from truestock.sandbox.ebay.account import site_of
from truestock.sandbox.ebay.errors import insufficient, invalid
from truestock.sandbox.ebay.index import PUBLISHED, Index
from truestock.sandbox.ebay.stocking import ITEM_ID
from truestock.sandbox.ebay.wire import Wire, category_id
from truestock.sandbox.errors import Refusal
from truestock.sandbox.faults import RoomFaults
from truestock.sandbox.gate import Caller
from truestock.sandbox.shop import Listing, Product, Shop, Shops

Xml = dict[str, Any]
_MOST = 200
_ENDED = {"expired": "Completed", "inactive": "Ended", "draft": "Ended"}


class Trading:
    """Answers in XML; ``shops`` because anybody may read anybody's listings."""

    def __init__(self, shops: Shops, wire: Wire, index: Index, faults: RoomFaults, base: str) -> None:
        self._shops, self._wire, self._index = shops, wire, index
        self._faults, self._base = faults, base

    async def call(self, caller: Caller, request: Request) -> Response:
        """The call that header and document name."""
        if caller.shop is None:
            raise insufficient()
        name, said = markup.read(await request.body())
        if request.headers.get("x-ebay-api-call-name") != name:
            raise invalid("The API call name does not fit the request.", 2)
        if name == "GetMyeBaySelling":
            return markup.answer(name, self._selling(caller.shop, said, request.url.path))
        if name == "GetItem":
            return markup.answer(name, {"Item": self._any_item(said)})
        raise invalid("Unsupported API call.", 2)

    def _selling(self, shop: Shop, said: Xml, path: str) -> Xml:
        asked = said.get("ActiveList")
        if not isinstance(asked, dict) or asked.get("Include") != "true":
            return {}
        pages = asked.get("Pagination")
        size, page = _number(pages, "EntriesPerPage", 25), _number(pages, "PageNumber", 1)
        if not 1 <= size <= _MOST or page < 1:
            raise invalid("Invalid pagination.", 340)
        found = self._index.of(shop).published
        if not found:
            return {}
        total = self._faults.total(len(found), shop, path)
        rows = self._faults.page(list(found[(page - 1) * size : page * size]), shop, path)
        return {
            "ActiveList": {
                "ItemArray": {"Item": [self._row(shop, listing) for listing in rows]},
                "PaginationResult": {
                    "TotalNumberOfPages": -(-total // size),
                    "TotalNumberOfEntries": total,
                },
            }
        }

    def _any_item(self, said: Xml) -> Xml:
        for shop in self._shops:
            if listing := self._index.of(shop).by_number.get(str(said.get("ItemID"))):
                return self._item(shop, listing)
        raise Refusal(400, "17", "This item cannot be accessed because the listing has been deleted.")

    def _row(self, shop: Shop, listing: Listing) -> Xml:
        """What a list shows: neither the text nor more than one photo."""
        whole = self._item(shop, listing)
        kept = ("ItemID", "Title", "SKU", "Quantity", "SellingStatus", "Variations", "ListingType")
        photos = self._wire.photos(listing)
        return {
            **{name: whole[name] for name in kept if name in whole},
            **({"PictureDetails": {"GalleryURL": photos[0]}} if photos else {}),
        }

    def _item(self, shop: Shop, listing: Listing) -> Xml:
        """``ItemType``, as its seller sees it."""
        number = listing.facts[ITEM_ID]
        status = "Active" if listing.state in PUBLISHED else _ENDED[listing.state]
        shown: Xml = {
            "ItemID": number,
            "Title": listing.title,
            "Description": listing.description,
            "Country": site_of(shop).country,
            "Currency": shop.currency,
            "ListingType": "FixedPriceItem",
            "ListingDetails": {"ViewItemURL": f"{self._base}/ebay/itm/{number}"},
            "PrimaryCategory": {"CategoryID": category_id(listing)},
            "Seller": {"UserID": shop.name},
            "PictureDetails": {"PictureURL": self._wire.photos(listing)},
            "ConditionID": "1000",
            "ConditionDisplayName": "New",
            "TimeLeft": "P20DT4H",
            "WatchCount": zlib.crc32(number.encode()) % 40,
        }
        if listing.vendor:
            shown["ItemSpecifics"] = {"NameValueList": {"Name": "Brand", "Value": listing.vendor}}
        counted = [_counted(product) for product in listing.products]
        selling: Xml = {"ListingStatus": status, "QuantitySold": sum(sold for _, sold in counted)}
        if listing.price is not None:
            selling["CurrentPrice"] = {"@currencyID": shop.currency, "#": f"{listing.price:.2f}"}
        if all(listed is not None for listed, _ in counted):
            shown["Quantity"] = sum(listed or 0 for listed, _ in counted)
        if listing.property_names:
            shown["Variations"] = {
                "Variation": [self._variation(shop, listing, one) for one in listing.products]
            }
        else:
            product = listing.products[0]
            shown["SKU"] = product.sku
            shown["ProductListingDetails"] = _codes(product)
        shown["SellingStatus"] = selling
        return shown

    def _variation(self, shop: Shop, listing: Listing, product: Product) -> Xml:
        listed, sold = _counted(product)
        chosen = zip(listing.property_names, product.values, strict=True)
        shown: Xml = {
            "SKU": product.sku,
            "Quantity": listed,
            "VariationSpecifics": {
                "NameValueList": [{"Name": name, "Value": value} for name, value in chosen]
            },
            "SellingStatus": {"QuantitySold": sold},
            "VariationProductListingDetails": _codes(product),
        }
        if product.price is not None:
            shown["StartPrice"] = {"@currencyID": shop.currency, "#": f"{product.price:.2f}"}
        return shown


def _counted(product: Product) -> tuple[int | None, int]:
    """What was listed, sold pieces included, and what of it was sold; all is sold of what is not offered."""
    sold = zlib.crc32(product.id.encode()) % 5
    if not product.enabled:
        return sold, sold
    return (None if product.quantity is None else product.quantity + sold), sold


def _codes(product: Product) -> Xml | None:
    if not product.gtin:
        return None
    return {{12: "UPC", 10: "ISBN"}.get(len(product.gtin), "EAN"): product.gtin}


def _number(pages: Any, name: str, default: int) -> int:
    value = pages.get(name, str(default)) if isinstance(pages, dict) else str(default)
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else -1
