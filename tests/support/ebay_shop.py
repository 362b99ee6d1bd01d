"""An eBay made of plain values behind an httpx transport: what the adapter sees is decided by the test.

A listing is either ``{"key", "group", "items", "offers"}`` (Inventory API; ``key`` and ``group`` are None
for a single item) or ``{"trading": …}`` (made by hand). The Trading API lists all that are published.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import httpx
from support.ebay_xml import asked, rendered
from support.marketplace_shop import MarketplaceShop

USER = "ma8vp1jySJC"
NAME = "linen_and_clay"
BASE = "https://api.ebay.test"
INVENTORY = "/sell/inventory/v1"
LIMITS = "/developer/analytics/v1_beta/user_rate_limit/"
UNKNOWN = {"errors": [{"errorId": 25710, "domain": "API_INVENTORY", "category": "REQUEST"}]}


def item(sku: str, **changes: Any) -> dict[str, Any]:
    """An inventory item with five pieces and two photos."""
    values: dict[str, Any] = {
        "sku": sku,
        "locale": "de_DE",
        "condition": "NEW",
        "availability": {"shipToLocationAvailability": {"quantity": 5}},
        "product": {
            "title": f"Mug {sku}",
            "description": "A mug.",
            "aspects": {"Brand": ["Linen & Clay"]},
            "brand": "Linen & Clay",
            "ean": ["4006381333931"],
            "imageUrls": [f"https://i.test/{sku}/1.jpg", f"https://i.test/{sku}/2.jpg"],
        },
    }
    return {**values, **changes}


def offer(sku: str, listing_id: str | None, **changes: Any) -> dict[str, Any]:
    """An offer at a fixed price: published with a listing id, else not."""
    values: dict[str, Any] = {
        "offerId": f"9{listing_id or sku}",
        "sku": sku,
        "marketplaceId": "EBAY_DE",
        "format": "FIXED_PRICE",
        "availableQuantity": 5,
        "categoryId": "31388",
        "listingDescription": "A mug.",
        "listingPolicies": {"fulfillmentPolicyId": "601"},
        "pricingSummary": {"price": {"value": "19.99", "currency": "EUR"}},
        "status": "UNPUBLISHED" if listing_id is None else "PUBLISHED",
    }
    if listing_id is not None:
        values["listing"] = {"listingId": listing_id, "listingStatus": "ACTIVE", "soldQuantity": 0}
    return {**values, **changes}


def single(number: int = 1, published: bool = True) -> dict[str, Any]:
    """A listing of one inventory item."""
    sku = f"SKU-{number}"
    listing_id = str(110_000_000_000 + number) if published else None
    return {"key": None, "group": None, "items": [item(sku)], "offers": {sku: [offer(sku, listing_id)]}}


def grouped(number: int = 1, variants: int = 3) -> dict[str, Any]:
    """A listing of a group of items that vary in their size."""
    listing_id = str(110_000_000_000 + number)
    skus = [f"SKU-{number}-{place}" for place in range(1, variants + 1)]
    items = []
    for place, sku in enumerate(skus, 1):
        one = item(sku, inventoryItemGroupKeys=[f"GROUP-{number}"])
        one["product"]["aspects"]["Size"] = [str(place)]
        items.append(one)
    group = {
        "inventoryItemGroupKey": f"GROUP-{number}",
        "title": f"Mug No. {number}",
        "description": "A mug.",
        "aspects": {"Brand": ["Linen & Clay"]},
        "imageUrls": [f"https://i.test/{number}/1.jpg", f"https://i.test/{number}/2.jpg"],
        "variantSKUs": skus,
        "variesBy": {
            "specifications": [{"name": "Size", "values": [str(n) for n in range(1, variants + 1)]}]
        },
    }
    offers = {sku: [offer(sku, listing_id)] for sku in skus}
    return {"key": f"GROUP-{number}", "group": group, "items": items, "offers": offers}


def money(amount: str, currency: str = "EUR") -> dict[str, str]:
    """An amount as the Trading API's XML holds it."""
    return {"@currencyID": currency, "#": amount}


def by_hand(number: int = 1, **changes: Any) -> dict[str, Any]:
    """A listing that was made on eBay's own pages."""
    item_id = str(220_000_000_000 + number)
    values: dict[str, Any] = {
        "ItemID": item_id,
        "Title": f"Vase No. {number}",
        "Description": "A vase.",
        "SKU": f"HAND-{number}",
        "Seller": {"UserID": NAME},
        "ListingType": "FixedPriceItem",
        "PrimaryCategory": {"CategoryID": "31388"},
        "Quantity": "7",
        "SellingStatus": {
            "CurrentPrice": money("24.5"),
            "QuantitySold": "2",
            "ListingStatus": "Active",
        },
        "PictureDetails": {
            "PictureURL": [f"https://i.test/{number}/1.jpg", f"https://i.test/{number}/2.jpg"]
        },
        "ListingDetails": {"ViewItemURL": f"https://www.ebay.de/itm/{item_id}"},
    }
    return {"trading": {**values, **changes}}


@dataclass
class EbayShop(MarketplaceShop):
    """Serves ``listings``; ``intercept`` may answer or change a body first (XML as plain objects)."""

    user: dict[str, Any] = field(default_factory=dict)
    limits: list[dict[str, Any]] = field(default_factory=list)
    counts_pages: bool = False
    """Whether ``offset`` is a page's number, as eBay's document says, or counts records, as its links do."""
    order: Callable[[str], Any] | None = None
    """The order in which inventory items are listed; that of ``listings`` without it."""
    _index: "_Index | None" = None

    marketplace = "ebay"
    base_url = BASE
    account_id: str | None = USER

    def _refusal(self, request: httpx.Request) -> httpx.Response | None:
        is_xml = _is_xml(request)
        token = request.headers["x-ebay-api-iaf-token"] if is_xml else request.headers["authorization"]
        if token.removeprefix("Bearer ") == self.valid_token:
            return None
        if is_xml:
            refused = {"Ack": "Failure", "Errors": [{"ErrorCode": "21917053", "SeverityCode": "Error"}]}
            return httpx.Response(200, content=rendered("Response", refused))
        return httpx.Response(401, json={"errors": [{"errorId": 1001, "domain": "OAuth"}]})

    def _served(self, request: httpx.Request) -> httpx.Response:
        if not _is_xml(request):
            return super()._served(request)
        body = self._intercepted(request, self._trading(request))
        if isinstance(body, dict):
            return httpx.Response(200, content=rendered("Response", body))
        return body if isinstance(body, httpx.Response) else httpx.Response(200, json=body)

    @property
    def known(self) -> "_Index":
        """What the listings say, by their names; made anew when their number changes."""
        if self._index is None or self._index.count != len(self.listings):
            self._index = _Index(self.listings, self.order)
        return self._index

    def _body(self, request: httpx.Request) -> Any:
        path, query = request.url.path, request.url.params
        if path == "/commerce/identity/v1/user/" and request.url.host == "apiz.ebay.test":
            values = {
                "userId": USER,
                "username": NAME,
                "accountType": "BUSINESS",
                "registrationMarketplaceId": "EBAY_DE",
            }
            return {**values, **self.user}
        if path == LIMITS:
            return {"rateLimits": self.limits}
        name = unquote(request.url.raw_path.decode().partition("?")[0].rpartition("/")[2])
        if path == f"{INVENTORY}/inventory_item":
            return self._items(int(query["limit"]), int(query.get("offset", "0")))
        if path == f"{INVENTORY}/bulk_get_inventory_item":
            return self._bulk([one["sku"] for one in json.loads(request.content)["requests"]])
        if path == f"{INVENTORY}/offer":
            offers = self.known.offers.get(query["sku"])
            return (
                {"total": len(offers), "size": len(offers), "limit": 100, "offers": offers}
                if offers
                else httpx.Response(404, json={"errors": [{"errorId": 25713}]})
            )
        if path.startswith(f"{INVENTORY}/inventory_item_group/") and name in self.known.groups:
            return self.known.groups[name]
        if path.startswith(f"{INVENTORY}/inventory_item/") and name in self.known.items:
            return self.known.items[name]
        if path == f"{INVENTORY}/location":
            return {"total": 1, "locations": [{"merchantLocationKey": "shed", "name": "The shed"}]}
        return httpx.Response(404, json=UNKNOWN)

    def _items(self, limit: int, offset: int) -> dict[str, Any]:
        rows = self.known.rows
        start = offset * limit if self.counts_pages else offset
        body: dict[str, Any] = {"total": len(rows), "size": -(-len(rows) // limit), "limit": limit}
        if start + limit < len(rows):
            following = offset + (1 if self.counts_pages else limit)
            body["next"] = f"{BASE}{INVENTORY}/inventory_item?limit={limit}&offset={following}"
        return {**body, "inventoryItems": rows[start : start + limit]}

    def _bulk(self, skus: list[str]) -> dict[str, Any]:
        responses = []
        for sku in skus:
            found = self.known.items.get(sku)
            responses.append(
                {"sku": sku, "statusCode": 200, "inventoryItem": found}
                if found
                else {"sku": sku, "statusCode": 404, "errors": [{"errorId": 25702}]}
            )
        return {"responses": responses}

    def _trading(self, request: httpx.Request) -> Any:
        name, values = asked(request)
        if name == "GetItem":
            found = self.known.by_hand.get(values["ItemID"])
            if found is None:
                return {"Ack": "Failure", "Errors": [{"ErrorCode": "17", "SeverityCode": "Error"}]}
            return {"Ack": "Success", "Item": [{**found, "TimeLeft": "P12DT3H", "WatchCount": "3"}]}
        wanted = values.get("ActiveList")
        if wanted is None:
            return {"Ack": "Success"}
        rows, size = self.known.listed, int(wanted["Pagination"]["EntriesPerPage"])
        start = (int(wanted["Pagination"]["PageNumber"]) - 1) * size
        return {
            "Ack": "Success",
            "ActiveList": {
                "ItemArray": {"Item": rows[start : start + size]},
                "PaginationResult": {
                    "TotalNumberOfEntries": str(len(rows)),
                    "TotalNumberOfPages": str(-(-len(rows) // size)),
                },
            },
        }


def _is_xml(request: httpx.Request) -> bool:
    return request.url.path == "/ws/api.dll"


class _Index:
    def __init__(self, listings: list[dict[str, Any]], order: Callable[[str], Any] | None) -> None:
        managed = [one for one in listings if "trading" not in one]
        self.count = len(listings)
        self.by_hand = {one["trading"]["ItemID"]: one["trading"] for one in listings if "trading" in one}
        self.items = {row["sku"]: row for one in managed for row in one["items"]}
        self.rows = list(self.items.values())
        if order is not None:
            self.rows.sort(key=lambda row: order(row["sku"]))
        self.offers = {sku: offers for one in managed for sku, offers in one["offers"].items()}
        self.groups = {one["key"]: one["group"] for one in managed if one["key"] is not None}
        self.listed = sorted(_listed(listings), key=lambda row: str(row["ItemID"]))


def _listed(listings: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """What GetMyeBaySelling tells of everything that is published, whoever made it."""
    for one in listings:
        if "trading" in one:
            hidden = ("Description", "ItemSpecifics")
            yield {name: value for name, value in one["trading"].items() if name not in hidden}
            continue
        published = {
            offer["listing"]["listingId"]: sku
            for sku, offers in one["offers"].items()
            for offer in offers
            if "listing" in offer
        }
        for listing_id in published:
            skus = [row["sku"] for row in one["items"]]
            shown: dict[str, Any] = {"ItemID": listing_id, "Title": "Mug"}
            if one["key"] is None:
                yield {**shown, "SKU": skus[0]}
            else:
                yield {**shown, "Variations": {"Variation": [{"SKU": sku} for sku in skus]}}


def world(n_listings: int, variants: int = 1) -> EbayShop:
    """A seller's ordinary listings, each with so many variants."""
    numbers = range(1, n_listings + 1)
    return EbayShop([single(n) if variants == 1 else grouped(n, variants) for n in numbers])


def promise_more(body: Any) -> Any:
    """A page that declares five inventory items more than there are."""
    return {**body, "total": body["total"] + 5} if "inventoryItems" in body else body
