"""A WooCommerce store of plain values behind an httpx transport: the test decides what the adapter sees."""

import base64
import re
from dataclasses import dataclass, field
from typing import Any

import httpx
from support.marketplace_shop import MarketplaceShop

STORE = "https://linen.test/shop"
KEYS = "ck_0123456789abcdef:cs_fedcba9876543210"


def option(name: str, value: str) -> dict[str, Any]:
    """A variation's choice."""
    return {"id": 0, "name": name, "option": value}


def attribute(name: str, *options: str, variation: bool = True) -> dict[str, Any]:
    """An attribute of a product."""
    return {
        "id": 0,
        "name": name,
        "position": 0,
        "visible": True,
        "variation": variation,
        "options": list(options),
    }


def variation(number: int = 1, *options: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A variation of which the store counts five."""
    values: dict[str, Any] = {
        "id": 500_000 + number,
        "status": "publish",
        "sku": f"SKU-{number}",
        "price": "19.99",
        "regular_price": "19.99",
        "manage_stock": True,
        "stock_quantity": 5,
        "stock_status": "instock",
        "image": None,
        "attributes": list(options),
    }
    return {**values, **changes}


def product(number: int = 1, **changes: Any) -> dict[str, Any]:
    """An ordinary simple product with two photos, of which the store counts five."""
    values: dict[str, Any] = {
        "id": 1000 + number,
        "name": f"Mug No. {number}",
        "permalink": f"{STORE}/product/mug-{number}/",
        "type": "simple",
        "status": "publish",
        "description": "A mug.",
        "short_description": "",
        "sku": f"SKU-{number}",
        "price": "19.99",
        "regular_price": "19.99",
        "sale_price": "",
        "on_sale": False,
        "manage_stock": True,
        "stock_quantity": 5,
        "stock_status": "instock",
        "shipping_class": "parcel",
        "categories": [{"id": 9, "name": "Mugs", "slug": "mugs"}],
        "tags": [{"id": 3, "name": "blue", "slug": "blue"}],
        "images": [
            {"id": number * 10 + place, "src": f"https://i.test/{number}/{place}.jpg"} for place in (1, 2)
        ],
        "attributes": [],
        "variations": [],
    }
    return {**values, **changes}


def listing(number: int = 1, *variations: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A product with its variations, as the adapter keeps it; with variations it is a variable one."""
    if variations:
        kept = {
            "sku": "",
            "price": "19.99",
            "regular_price": "",
            "manage_stock": False,
            "stock_quantity": None,
        }
        ids = [one["id"] for one in variations if isinstance(one, dict)]
        changes = {"type": "variable", **kept, "variations": ids, **changes}
    return {"currency": "EUR", "product": product(number, **changes), "variations": list(variations)}


def sized(number: int, variants: int) -> dict[str, Any]:
    """A product in so many sizes."""
    sizes = [str(size) for size in range(1, variants + 1)]
    rows = (
        variation(number * 10_000 + place, option("Size", size), sku=f"SKU-{number}-{size}")
        for place, size in enumerate(sizes)
    )
    return listing(number, *rows, attributes=[attribute("Size", *sizes)])


@dataclass
class WooCommerceShop(MarketplaceShop):
    """Serves ``listings``; ``intercept`` may answer or change a body first."""

    status: dict[str, Any] = field(default_factory=dict)
    currency: str = "EUR"
    store: str | None = STORE

    marketplace = "woocommerce"
    base_url = "{store}/wp-json"
    account_id: str | None = STORE

    def _refusal(self, request: httpx.Request) -> httpx.Response | None:
        pair = base64.b64encode(self.valid_token.encode()).decode()
        valid = request.headers.get("authorization") == f"Basic {pair}"
        needed = _path(request).startswith("/wc/")
        return refusal(401, "woocommerce_rest_cannot_view") if needed and not valid else None

    def _served(self, request: httpx.Request) -> httpx.Response:
        headers: dict[str, str] = {}
        body = self._found(_path(request), request.url.params, headers)
        if not isinstance(body, httpx.Response):
            body = self._intercepted(request, body)
        return body if isinstance(body, httpx.Response) else httpx.Response(200, json=body, headers=headers)

    def _found(self, path: str, query: httpx.QueryParams, headers: dict[str, str]) -> Any:
        if path == "/":
            return {"name": "Linen &amp; Clay"}
        if path == "/wc/v3/system_status":
            environment = {"home_url": self.store, "language": "de_DE", **self.status}
            return {"environment": environment, "settings": {"currency": self.currency}}
        if path == "/wc/v3/settings/products/woocommerce_manage_stock":
            return {"id": "woocommerce_manage_stock", "value": "yes"}
        if path == "/wc/v3/data/currencies/current":
            return {"code": self.currency}
        if path == "/wc/v3/products":
            return _part([one["product"] for one in self.listings], query, headers)
        if found := re.fullmatch(r"/wc/v3/products/([0-9]+)/variations", path):
            rows = [one["variations"] for one in self.listings if str(one["product"]["id"]) == found[1]]
            return (
                _part(rows[0], query, headers)
                if rows
                else refusal(404, "woocommerce_rest_product_invalid_id")
            )
        return refusal(404, "rest_no_route")


def _path(request: httpx.Request) -> str:
    return request.url.path.removeprefix("/shop/wp-json")


def refusal(status: int, code: str, message: str = "Sorry.") -> httpx.Response:
    """An error as WordPress answers it."""
    return httpx.Response(status, json={"code": code, "message": message, "data": {"status": status}})


def promise_more(body: Any) -> Any:
    """A list of which the store declares five more than there are."""
    if not isinstance(body, list):
        return body
    headers = {"x-wp-total": str(len(body) + 5), "x-wp-totalpages": "1"}
    return httpx.Response(200, json=body, headers=headers)


def _part(rows: list[dict[str, Any]], query: httpx.QueryParams, headers: dict[str, str]) -> Any:
    if "include" in query:
        wanted = set(query["include"].split(","))
        rows = [row for row in rows if str(row["id"]) in wanted]
    rows = sorted((row for row in rows if row.get("status") != "trash"), key=lambda row: row["id"])
    size = int(query["per_page"])
    start = int(query.get("offset", (int(query.get("page", 1)) - 1) * size))
    headers |= {"x-wp-total": str(len(rows)), "x-wp-totalpages": str(-(-len(rows) // size))}
    return rows[start : start + size]


def world(n_listings: int, variants: int = 1) -> WooCommerceShop:
    """A store with so many products, each in so many sizes; with one variant they are simple ones."""
    made = (sized(n, variants) if variants > 1 else listing(n) for n in range(n_listings))
    return WooCommerceShop(list(made))
