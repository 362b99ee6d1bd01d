"""The sandbox's Etsy answers in Etsy's shapes.

With SPECS set, every answer validates against Etsy's own Open API document (a missing file fails). Always,
also without it: the fields that Truestock reads have Etsy's names and types.
"""

import json
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from openapi_schema_validator import OAS30Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4
from support.etsy_seller import EtsySeller

from truestock.sandbox.app import build
from truestock.sandbox.catalog import generate
from truestock.sandbox.settings import Settings

BASE = "http://sandbox.test"
LISTINGS = "/shops/20000001/listings"
DOCUMENT = "etsy/openapi_v3_2024-01.json"

Check = Callable[[str, Any], None]


def _specification() -> dict[str, Any] | None:
    folder = os.environ.get("SPECS")
    if not folder:
        return None
    document: dict[str, Any] = json.loads((Path(folder) / DOCUMENT).read_text("utf-8"))
    return document


def _closed(schema: Any) -> Any:
    """Etsy's schemas name no required fields and forbid none: forbid unknown ones, to catch a wrong name."""
    if isinstance(schema, dict):
        closed = {name: _closed(value) for name, value in schema.items()}
        if schema.get("type") == "object" and schema.get("properties"):
            closed["additionalProperties"] = False
        return closed
    return [_closed(value) for value in schema] if isinstance(schema, list) else schema


@pytest.fixture(scope="module")
def document() -> dict[str, Any] | None:
    return _specification()


@pytest.fixture(scope="module")
def conforms(document: dict[str, Any] | None) -> Check:
    """Check an answer against a schema of the document; without the document there is nothing to check."""
    if document is None:
        return lambda _name, _answer: None
    resource = Resource.from_contents(_closed(document), default_specification=DRAFT4)
    registry: Registry[Any] = Registry().with_resource("urn:etsy", resource)

    def check(name: str, answer: Any) -> None:
        schema = {"$ref": f"urn:etsy#/components/schemas/{name}"}
        errors = sorted(OAS30Validator(schema, registry=registry).iter_errors(answer), key=str)
        assert not errors, "\n".join(f"{list(error.absolute_path)}: {error.message}" for error in errors[:5])

    return check


@pytest.fixture
async def seller() -> AsyncIterator[EtsySeller]:
    app = build(Settings(base=BASE, per_second=10_000, per_day=1_000_000), generate(120, 3))
    async with EtsySeller(app, BASE) as seller:
        await seller.login("main")
        yield seller


async def test_every_listing_of_every_state(seller: EtsySeller, conforms: Check) -> None:
    total = 0
    for state in ("active", "inactive", "sold_out", "draft", "expired"):
        for offset in (0, 100):
            params = {"state": state, "limit": 100, "offset": offset, "includes": "Images,Inventory"}
            page = (await seller.get(LISTINGS, **params)).json()
            conforms("ShopListingsWithAssociations", page)
            total += len(page["results"])
            for row in page["results"]:
                _what_truestock_reads(row)
    assert total == 120


def _what_truestock_reads(row: dict[str, Any]) -> None:
    assert isinstance(row["listing_id"], int)
    assert isinstance(row["title"], str)
    assert row["state"] in {"active", "inactive", "sold_out", "draft", "expired"}
    for rank, image in enumerate(row["images"], 1):
        assert image["rank"] == rank
        assert image["url_fullxfull"].startswith(f"{BASE}/photos/")
    if "inventory" not in row:
        assert "quantity" not in row
        return
    products = row["inventory"]["products"]
    assert products
    for product in products:
        assert isinstance(product["product_id"], int)
        assert isinstance(product["sku"], str)
        (offering,) = product["offerings"]
        assert set(offering["price"]) == {"amount", "divisor", "currency_code"}
        assert type(offering["price"]["amount"]) is int
        assert type(offering.get("quantity", 0)) is int
        assert len(product["property_values"]) <= 2
        for value in product["property_values"]:
            assert len(value["values"]) == 1
            assert value["property_name"]
    assert row["has_variations"] == bool(products[0]["property_values"])


async def test_accounts_and_single_listings(seller: EtsySeller, conforms: Check) -> None:
    me = (await seller.get("/users/me")).json()
    conforms("Self", me)
    conforms("Shop", (await seller.get(f"/shops/{me['shop_id']}")).json())
    rows = (await seller.get(LISTINGS, limit=20, includes="Inventory")).json()["results"]
    batch = await seller.get("/listings/batch", listing_ids=",".join(str(row["listing_id"]) for row in rows))
    conforms("ShopListingsWithAssociations", batch.json())
    for row in rows:
        path = f"/listings/{row['listing_id']}"
        conforms(
            "ShopListingWithAssociations", (await seller.get(path, includes=["Images", "Inventory"])).json()
        )
        conforms("ListingImages", (await seller.get(f"{path}/images")).json())
        inventory = await seller.get(f"{path}/inventory", includes="Listing")
        if inventory.status_code == 200:
            conforms("ListingInventoryWithAssociations", inventory.json())
        else:
            conforms("ErrorSchema", inventory.json())


async def test_updates_answer_in_their_shapes(
    seller: EtsySeller, conforms: Check, document: dict[str, Any] | None
) -> None:
    row = (await seller.get(LISTINGS, limit=1, includes="Inventory")).json()["results"][0]
    body = {"products": [{"sku": "A", "offerings": [{"price": 5.5, "quantity": 2, "is_enabled": True}]}]}
    if document is not None:
        update = document["paths"]["/v3/application/listings/{listing_id}/inventory"]["put"]
        OAS30Validator(update["requestBody"]["content"]["application/json"]["schema"]).validate(body)
    answer = await seller.call("PUT", f"/listings/{row['listing_id']}/inventory", json=body)
    conforms("ListingInventory", answer.json())
    assert answer.json()["products"][0]["offerings"][0]["price"]["amount"] == 550
    path = f"{LISTINGS}/{row['listing_id']}"
    patched = await seller.call("PATCH", path, data={"title": "Another title"})
    conforms("ShopListing", patched.json())
    assert patched.json()["title"] == "Another title"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/listings/999", 404),
        ("/shops/999", 404),
        ("/shops/20000002/listings", 403),
        (f"{LISTINGS}?limit=1000", 400),
        ("/listings/batch", 400),
    ],
)
async def test_errors_are_etsys(seller: EtsySeller, conforms: Check, path: str, status: int) -> None:
    answer = await seller.call("GET", path)
    assert answer.status_code == status
    conforms("ErrorSchema", answer.json())
    assert answer.json()["error"]


async def test_every_answer_tells_its_limits(seller: EtsySeller) -> None:
    headers = (await seller.get("/users/me")).headers
    for name in ("x-limit-per-second", "x-remaining-this-second", "x-limit-per-day", "x-remaining-today"):
        assert headers[name].isdigit()


async def test_scopes_and_paths_are_those_of_the_document(
    seller: EtsySeller, document: dict[str, Any] | None
) -> None:
    from truestock.sandbox.etsy.oauth import SCOPES

    served = [
        (route.path.removeprefix("/etsy"), method)
        for route in seller.routes
        if route.path.startswith("/etsy/v3/application")
        for method in (route.methods or set()) - {"HEAD"}
    ]
    assert len(served) >= 11
    if document is None:
        return
    declared = document["components"]["securitySchemes"]["oauth2"]["flows"]["authorizationCode"]["scopes"]
    assert set(declared) == SCOPES
    for path, method in served:
        assert method.lower() in document["paths"][path]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda row: row.update(listing_id=str(row["listing_id"])),
        lambda row: row.update(state="lost"),
        lambda row: row["images"][0].update(rank=0),
        lambda row: row["inventory"]["products"][0]["offerings"][0].update(quantity="3"),
        lambda row: row["inventory"]["products"][0]["offerings"][0]["price"].update(amount=19.9),
    ],
)
async def test_a_wrong_shape_would_be_noticed(
    seller: EtsySeller, document: dict[str, Any] | None, conforms: Check, spoil: Callable[[Any], None]
) -> None:
    page = (await seller.get(LISTINGS, limit=100, includes="Images,Inventory")).json()
    row = next(row for row in page["results"] if row["images"] and "inventory" in row)
    spoil(row)
    with pytest.raises(AssertionError):
        _what_truestock_reads(row)
    if document is not None and row["images"][0]["rank"] != 0:  # the document allows a rank of 0
        with pytest.raises(AssertionError):
            conforms("ShopListingWithAssociations", row)


def test_a_misspelt_field_would_be_noticed(document: dict[str, Any] | None, conforms: Check) -> None:
    assert _closed({"type": "object", "properties": {"a": {}}})["additionalProperties"] is False
    if document is not None:
        with pytest.raises(AssertionError):
            conforms("Self", {"userid": 1})


def test_a_missing_document_fails_and_is_not_skipped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SPECS", str(tmp_path))
    with pytest.raises(FileNotFoundError):
        _specification()
