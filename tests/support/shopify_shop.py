"""A Shopify made of plain values behind an httpx transport: what the adapter sees is decided by the test.

Queries are told apart by their names; an answer holds every field of the objects, whatever was selected.
"""

import json
import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Any

import httpx
from support.marketplace_shop import MarketplaceShop

SHOP = 70000001
HOST = "linen-and-clay.myshopify.com"
SCOPES = ("read_inventory", "read_locations", "read_products")
LOCATIONS = ((501, "Workshop"), (502, "Shop"))
OPERATION = re.compile(r"query (\w+)")


def gid(kind: str, number: int) -> str:
    """A global id."""
    return f"gid://shopify/{kind}/{number}"


def level(available: Any, on_hand: Any = None) -> dict[str, Any]:
    """What one location has."""
    on_hand = available if on_hand is None else on_hand
    return {
        "quantities": [
            {"name": "available", "quantity": available},
            {"name": "on_hand", "quantity": on_hand},
        ]
    }


def variant(number: int = 1, **changes: Any) -> dict[str, Any]:
    """A variant with five pieces at one location."""
    values: dict[str, Any] = {
        "id": gid("ProductVariant", 40_000 + number),
        "sku": f"SKU-{number}",
        "barcode": None,
        "price": "19.99",
        "selectedOptions": [option("Title", "Default Title")],
        "inventoryItem": {"id": gid("InventoryItem", 60_000 + number), "tracked": True, "levels": [level(5)]},
    }
    return {**values, **changes}


def stocked(number: int, *levels: dict[str, Any], tracked: Any = True) -> dict[str, Any]:
    """An inventory item with these locations."""
    return {"id": gid("InventoryItem", 60_000 + number), "tracked": tracked, "levels": list(levels)}


def option(name: Any, value: Any) -> dict[str, Any]:
    """A chosen option."""
    return {"name": name, "value": value}


def photo(url: Any) -> dict[str, Any]:
    """An image."""
    return {"mediaContentType": "IMAGE", "image": {"url": url}}


def product(number: int = 1, **changes: Any) -> dict[str, Any]:
    """An ordinary product with one variant and two photos."""
    values: dict[str, Any] = {
        "id": gid("Product", 1000 + number),
        "title": f"Mug No. {number}",
        "descriptionHtml": "A mug.",
        "handle": f"mug-no-{number}",
        "onlineStoreUrl": f"https://linen-and-clay.test/products/mug-no-{number}",
        "productType": "Mugs",
        "status": "ACTIVE",
        "tags": ["mug"],
        "vendor": "Linen & Clay",
        "media": [photo(f"https://i.test/{number}/1.jpg"), photo(f"https://i.test/{number}/2.jpg")],
        "variants": [variant(number)],
    }
    return {**values, **changes}


def whole(value: Any) -> Any:
    """A product of this module as the adapter composes it: every list is a connection without a next page."""
    shown = dict(value)
    for name in ("media", "variants"):
        if isinstance(shown.get(name), list):
            shown[name] = page_of(shown[name], None, None)
    variants = shown.get("variants")
    if isinstance(variants, dict):
        shown["variants"] = {**variants, "nodes": [_with_levels(one, None) for one in variants["nodes"]]}
    return shown


def page_of(nodes: list[Any], first: int | None, after: str | None) -> dict[str, Any]:
    """A page of a connection; its cursors are places."""
    start = int(after) if after else 0
    end = len(nodes) if first is None else min(start + first, len(nodes))
    more = end < len(nodes)
    return {
        "nodes": nodes[start:end],
        "pageInfo": {"hasNextPage": more, "endCursor": str(end) if first is not None else None},
    }


def _with_levels(one: Any, first: int | None) -> Any:
    item = one.get("inventoryItem") if isinstance(one, dict) else None
    if not isinstance(item, dict) or "levels" not in item:
        return one
    levels = page_of(item["levels"], first, None)
    shown = {name: value for name, value in item.items() if name != "levels"}
    return {**one, "inventoryItem": {**shown, "inventoryLevels": levels}}


@dataclass
class ShopifyShop(MarketplaceShop):
    """Serves ``listings``, in the order of their ids; ``intercept`` may answer or change a body first."""

    shop: dict[str, Any] = field(default_factory=dict)
    scopes: tuple[str, ...] = SCOPES
    store: str | None = HOST

    marketplace = "shopify"
    base_url = "https://{store}"
    account_id: str | None = str(SHOP)

    def _refusal(self, request: httpx.Request) -> httpx.Response | None:
        if request.headers["x-shopify-access-token"] != self.valid_token:
            return httpx.Response(401, json={"errors": "[API] Invalid API key or access token"})
        if request.url.host != HOST or not request.url.path.endswith("/graphql.json"):
            return httpx.Response(404, json={"errors": "Not Found"})
        return None

    def _body(self, request: httpx.Request) -> Any:
        asked = json.loads(request.content)
        name = OPERATION.search(asked["query"])
        assert name is not None
        return {"data": getattr(self, f"_{name[1].lower()}")(**asked["variables"])}

    def _shop(self) -> dict[str, Any]:
        values = {
            "id": gid("Shop", SHOP),
            "name": "Linen & Clay",
            "myshopifyDomain": HOST,
            "currencyCode": "EUR",
            "taxesIncluded": True,
            "primaryDomain": {"host": "linen-and-clay.test", "url": "https://linen-and-clay.test"},
        }
        return {"shop": {**values, **self.shop}}

    def _locations(self, first: int, after: str | None) -> dict[str, Any]:
        places = [{"id": gid("Location", number), "name": name} for number, name in LOCATIONS]
        return {"locations": page_of(places, first, after)}

    def _scopes(self) -> dict[str, Any]:
        return {"currentAppInstallation": {"accessScopes": [{"handle": scope} for scope in self.scopes]}}

    def _oneproduct(self) -> dict[str, Any]:
        return {"products": {"nodes": []}}

    def _oneitem(self) -> dict[str, Any]:
        return {"inventoryItems": {"nodes": []}}

    def _onelocation(self) -> dict[str, Any]:
        return {"locations": {"nodes": []}}

    def _products(self, first: int, after: str | None, query: str | None, **sizes: int) -> dict[str, Any]:
        since = int(query.removeprefix("id:>")) if query else 0
        start = bisect_right(self.listings, max(since, int(after) if after else 0), key=_number)
        found = self.listings[start : start + first + 1]
        edges = [{"cursor": str(_number(one)), "node": self._shown(one, **sizes)} for one in found[:first]]
        info = {
            "hasNextPage": len(found) > first,
            "endCursor": edges[-1]["cursor"] if edges else None,
        }
        return {**self._shop(), "products": {"edges": edges, "pageInfo": info}}

    def _productsbyid(self, ids: list[str], **sizes: int) -> dict[str, Any]:
        known = {one["id"]: one for one in self.listings}
        nodes = [self._shown(known[one], **sizes) if one in known else None for one in ids]
        return {**self._shop(), "nodes": nodes}

    def _shown(self, one: dict[str, Any], variants: int, photos: int, levels: int) -> dict[str, Any]:
        shown = dict(one)
        if isinstance(one["media"], list):
            shown["media"] = page_of(one["media"], photos, None)
        if isinstance(one["variants"], list):
            first = [_with_levels(row, levels) for row in one["variants"]]
            shown["variants"] = page_of(first, variants, None)
        return shown

    def _variantsof(self, id: str, first: int, after: str, levels: int) -> dict[str, Any]:  # noqa: A002  # GraphQL's name
        rows = next((one["variants"] for one in self.listings if one["id"] == id), None)
        if rows is None:
            return {"product": None}
        return {"product": {"variants": page_of([_with_levels(row, levels) for row in rows], first, after)}}

    def _photosof(self, id: str, first: int, after: str) -> dict[str, Any]:  # noqa: A002  # as above
        media = next((one["media"] for one in self.listings if one["id"] == id), None)
        return {"product": None if media is None else {"media": page_of(media, first, after)}}

    def _levelsof(self, ids: list[str], first: int, after: str | None) -> dict[str, Any]:
        rows = (row for one in self.listings for row in one["variants"])
        items = {row["inventoryItem"]["id"]: row["inventoryItem"]["levels"] for row in rows}
        nodes = [
            {"id": one, "inventoryLevels": page_of(items[one], first, after)} if one in items else None
            for one in ids
        ]
        return {"nodes": nodes}


def _number(one: dict[str, Any]) -> int:
    return int(one["id"].rpartition("/")[2])


def world(n_listings: int, variants: int = 1) -> ShopifyShop:
    """A shop of ordinary products, each with so many variants."""
    return ShopifyShop([_varied(number, variants) for number in range(1, n_listings + 1)])


def _varied(number: int, variants: int) -> dict[str, Any]:
    if variants == 1:
        return product(number)
    rows = [
        variant(
            number * 10_000 + place,
            sku=f"SKU-{number}-{place}",
            selectedOptions=[option("Size", str(place))],
        )
        for place in range(1, variants + 1)
    ]
    return product(number, variants=rows)
