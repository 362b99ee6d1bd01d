"""An Amazon made of plain values behind an httpx transport: what the adapter sees is decided by the test."""

from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

import httpx
from support.marketplace_shop import MarketplaceShop

SELLER = "A2SELLER0EXAMPLE"
GERMANY, FRANCE = "A1PA6795UKMFR9", "A13V1IB3VIYZZH"
BASE = "https://sellingpartnerapi.test"
PAGED_THROUGH = 1_000
EXPIRED = {
    "errors": [
        {
            "code": "Unauthorized",
            "message": "Access to requested resource is denied.",
            "details": "The access token you provided has expired.",
        }
    ]
}


def value(text: Any, **more: Any) -> list[dict[str, Any]]:
    """An attribute with one value."""
    return [{"value": text, "marketplace_id": GERMANY, **more}]


def item(number: int = 1, **changes: Any) -> dict[str, Any]:
    """An ordinary single item with two photos, fulfilled by the seller."""
    made = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(seconds=number)
    values: dict[str, Any] = {
        "sku": f"SKU-{number}",
        "summaries": [
            {
                "marketplaceId": GERMANY,
                "asin": f"B0{number:08d}",
                "productType": "CUP",
                "conditionType": "new_new",
                "status": ["BUYABLE", "DISCOVERABLE"],
                "itemName": f"Mug No. {number}",
                "createdDate": _written(made),
                "lastUpdatedDate": _written(made),
                "mainImage": {"link": f"https://i.test/{number}/1.jpg", "height": 500, "width": 500},
            }
        ],
        "attributes": {
            "brand": value("Linen & Clay"),
            "product_description": value("A mug."),
            "other_product_image_locator_1": [
                {"media_location": f"https://i.test/{number}/2.jpg", "marketplace_id": GERMANY}
            ],
        },
        "offers": [
            {
                "marketplaceId": GERMANY,
                "offerType": "B2C",
                "price": {"currencyCode": "EUR", "amount": "19.99"},
                "audience": {"value": "ALL"},
            }
        ],
        "fulfillmentAvailability": [{"fulfillmentChannelCode": "DEFAULT", "quantity": 5}],
        "relationships": [{"marketplaceId": GERMANY, "relationships": []}],
        "productTypes": [{"marketplaceId": GERMANY, "productType": "CUP"}],
        "issues": [],
    }
    return {**values, **changes}


def family(number: int, variants: int, theme: tuple[str, ...] = ("size",)) -> list[dict[str, Any]]:
    """A variation parent followed by its children, which differ in every attribute of the theme."""
    skus = [f"SKU-{number}-{place}" for place in range(variants)]
    about = {"variationTheme": {"attributes": list(theme), "theme": "/".join(theme).upper()}}
    parent = item(number)
    parent |= {"offers": [], "fulfillmentAvailability": []}
    parent["relationships"] = [_related(type="VARIATION", childSkus=skus, **about)]
    parent["summaries"][0]["status"] = ["DISCOVERABLE"]
    children = []
    for place, sku in enumerate(skus):
        child = item(number, sku=sku)
        moment = datetime.fromisoformat(created(parent)) + timedelta(milliseconds=place + 1)
        child["summaries"][0]["createdDate"] = _written(moment)
        child["relationships"] = [_related(type="VARIATION", parentSkus=[parent["sku"]], **about)]
        child["attributes"] |= {name: value(f"{name} {place}") for name in theme}
        children.append(child)
    return [parent, *children]


def _written(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _related(**relationship: Any) -> dict[str, Any]:
    return {"marketplaceId": GERMANY, "relationships": [relationship]}


def participation(marketplace: str = GERMANY, **changes: Any) -> dict[str, Any]:
    """Where the seller sells: Amazon.de, or another one."""
    where = {
        "id": marketplace,
        "name": "Amazon.de",
        "countryCode": "DE",
        "defaultCurrencyCode": "EUR",
        "defaultLanguageCode": "de_DE",
        "domainName": "www.amazon.de",
    }
    how = {"isParticipating": True, "hasSuspendedListings": False}
    return {
        "marketplace": {**where, **{k: v for k, v in changes.items() if k in where}},
        "participation": {**how, **{k: v for k, v in changes.items() if k in how}},
        "storeName": changes.get("storeName", "Linen&amp;Clay"),
    }


@dataclass
class AmazonShop(MarketplaceShop):
    """Serves ``listings`` (items, parents and children alike, oldest first).

    ``intercept`` may answer or change a body first.
    """

    participations: list[dict[str, Any]] = field(default_factory=lambda: [participation()])
    store: str | None = GERMANY

    marketplace = "amazon"
    base_url = BASE
    account_id: str | None = SELLER

    def _refusal(self, request: httpx.Request) -> httpx.Response | None:
        valid = request.headers["x-amz-access-token"] == self.valid_token
        return None if valid else httpx.Response(403, json=EXPIRED)

    def _body(self, request: httpx.Request) -> Any:
        path = request.url.raw_path.decode().partition("?")[0]
        items = f"/listings/2021-08-01/items/{SELLER}"
        if path == "/sellers/v1/marketplaceParticipations":
            return {"payload": self.participations}
        if path == items:
            return self._found(request.url.params)
        if path.startswith(f"{items}/"):
            sku = unquote(path.removeprefix(f"{items}/"))
            found = next((one for one in self.listings if one["sku"] == sku), None)
            if found is not None:
                return found
        error = {"code": "NOT_FOUND", "message": f"Nothing at {path}"}
        return httpx.Response(404, json={"errors": [error]})

    def _found(self, query: httpx.QueryParams) -> dict[str, Any]:
        size = int(query.get("pageSize", "10"))
        if query.get("identifiersType") == "SKU":
            wanted = query["identifiers"].split(",")
            found = [one for one in self.listings if one["sku"] in wanted]
            return {"numberOfResults": len(found), "items": found[:size]}
        since, start = query.get("createdAfter", ""), int(query.get("pageToken", "from-0").split("-")[1])
        found = self.listings[bisect_left(self.listings, since, key=created) :]
        body: dict[str, Any] = {"numberOfResults": len(found), "items": found[start : start + size]}
        if start + size < min(len(found), PAGED_THROUGH):
            body["pagination"] = {"nextToken": f"from-{start + size}"}
        return body


def created(one: dict[str, Any]) -> str:
    """When Amazon made the item."""
    return str(one["summaries"][0]["createdDate"])


def world(n_listings: int, variants: int = 1) -> AmazonShop:
    """A seller with as many listings, each a family when it has more than one variant."""
    if variants == 1:
        return AmazonShop([item(number) for number in range(n_listings)])
    return AmazonShop([one for number in range(n_listings) for one in family(number, variants)])
