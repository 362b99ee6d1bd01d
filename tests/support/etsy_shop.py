"""An Etsy made of plain values behind an httpx transport: what the adapter sees is decided by the test."""

from dataclasses import dataclass, field
from typing import Any

import httpx
from support.marketplace_shop import MarketplaceShop

SHOP = 10000001
BASE = "https://etsy.test/v3/application"
STATES = ("active", "inactive", "sold_out", "draft", "expired")


def product(number: int = 1, **changes: Any) -> dict[str, Any]:
    """A product with one offering."""
    values: dict[str, Any] = {
        "product_id": 9000 + number,
        "sku": f"SKU-{number}",
        "is_deleted": False,
        "property_values": [],
        "offerings": [
            {
                "offering_id": 8000 + number,
                "quantity": 5,
                "is_enabled": True,
                "is_deleted": False,
                "price": {"amount": 1999, "divisor": 100, "currency_code": "EUR"},
            }
        ],
    }
    return {**values, **changes}


def option(name: str, value: str) -> dict[str, Any]:
    """A chosen property value."""
    return {"property_id": 200, "property_name": name, "scale_id": None, "value_ids": [1], "values": [value]}


def listing(number: int = 1, **changes: Any) -> dict[str, Any]:
    """An ordinary listing with one product and two photos."""
    values: dict[str, Any] = {
        "listing_id": 1000 + number,
        "shop_id": SHOP,
        "title": f"Mug No. {number}",
        "description": "A mug.",
        "state": "active",
        "url": f"https://www.etsy.com/listing/{1000 + number}",
        "quantity": 5,
        "price": {"amount": 1999, "divisor": 100, "currency_code": "EUR"},
        "taxonomy_id": 1062,
        "listing_type": "physical",
        "tags": ["mug"],
        "materials": [],
        "shipping_profile_id": 55,
        "images": [
            {"url_fullxfull": f"https://i.test/{number}/2.jpg", "rank": 2},
            {"url_fullxfull": f"https://i.test/{number}/1.jpg", "rank": 1},
        ],
        "inventory": {
            "products": [product(number)],
            "price_on_property": [],
            "quantity_on_property": [],
            "sku_on_property": [],
        },
    }
    return {**values, **changes}


@dataclass
class EtsyShop(MarketplaceShop):
    """Serves ``listings``; ``intercept`` may answer or change a body first."""

    shop: dict[str, Any] = field(default_factory=dict)

    marketplace = "etsy"
    base_url = BASE
    account_id: str | None = str(SHOP)

    def _refusal(self, request: httpx.Request) -> httpx.Response | None:
        if request.headers["authorization"] == f"Bearer {self.valid_token}":
            return None
        return httpx.Response(401, json={"error": "invalid_token", "error_description": "expired"})

    def _body(self, request: httpx.Request) -> Any:
        path, query = request.url.path.removeprefix("/v3/application"), request.url.params
        if path == "/users/me":
            return {"user_id": 77, "shop_id": SHOP}
        if path == "/scopes":
            return {"scopes": ["shops_r", "listings_r"]}
        if path == f"/shops/{SHOP}":
            return {"shop_id": SHOP, "shop_name": "Linen&amp;Clay", "currency_code": "EUR", **self.shop}
        if path == f"/shops/{SHOP}/listings":
            found = [one for one in self.listings if one["state"] == query["state"]]
            offset, limit = int(query.get("offset", 0)), int(query["limit"])
            return {"count": len(found), "results": found[offset : offset + limit]}
        if path == "/listings/batch":
            wanted = query["listing_ids"].split(",")
            found = [one for one in self.listings if str(one["listing_id"]) in wanted]
            return {"count": len(found), "results": found}
        return httpx.Response(404, json={"error": f"Resource not found: {path}"})


def world(n_listings: int, variants: int = 1) -> EtsyShop:
    """A shop of ordinary listings, each with so many variants."""
    return EtsyShop([_varied(number, variants) for number in range(1, n_listings + 1)])


def _varied(number: int, variants: int) -> dict[str, Any]:
    if variants == 1:
        return listing(number)
    products = [
        product(place, sku=f"SKU-{number}-{place}", property_values=[option("Size", str(place))])
        for place in range(1, variants + 1)
    ]
    return listing(number, inventory={"products": products})
