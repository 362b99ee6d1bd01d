"""Etsy's updates."""

from typing import Any

import pytest
from support.etsy_seller import EtsySeller


async def varied(seller: EtsySeller) -> tuple[str, dict[str, Any]]:
    """A listing with two properties and its inventory record."""
    view = await seller.control("GET", "/accounts/main/listings?limit=40&state=active")
    listing_id = next(
        one["listing_id"] for one in view["listings"] if len(one["variants"][0]["options"]) == 2
    )
    return listing_id, (await seller.get(f"/listings/{listing_id}/inventory")).json()


def as_update(record: dict[str, Any]) -> dict[str, Any]:
    """The body that leaves a record as it is, prices being plain numbers when written."""
    products = [
        {
            "sku": product["sku"],
            "property_values": product["property_values"],
            "offerings": [
                {
                    "price": offering["price"]["amount"] / offering["price"]["divisor"],
                    "quantity": offering["quantity"],
                    "is_enabled": offering["is_enabled"],
                }
                for offering in product["offerings"]
            ],
        }
        for product in record["products"]
    ]
    return {"products": products}


def without_ids(record: dict[str, Any]) -> list[Any]:
    return [
        (
            product["sku"],
            product["property_values"],
            product["offerings"][0]["quantity"],
            product["offerings"][0]["price"],
        )
        for product in record["products"]
    ]


def ids(record: dict[str, Any]) -> set[int]:
    return {product["product_id"] for product in record["products"]} | {
        product["offerings"][0]["offering_id"] for product in record["products"]
    }


async def test_an_update_changes_every_id_and_nothing_else(main: EtsySeller) -> None:
    listing_id, before = await varied(main)
    answer = await main.call("PUT", f"/listings/{listing_id}/inventory", json=as_update(before))
    assert answer.status_code == 200
    after = (await main.get(f"/listings/{listing_id}/inventory")).json()
    assert after == answer.json()
    assert without_ids(after) == without_ids(before)
    assert ids(after).isdisjoint(ids(before))


async def test_an_updated_quantity_and_price_show_in_every_read(main: EtsySeller) -> None:
    listing_id, before = await varied(main)
    body = as_update(before)
    for product in body["products"]:
        product["offerings"][0] |= {"quantity": 2, "price": 19.9}
    await main.call("PUT", f"/listings/{listing_id}/inventory", json=body)
    row = (await main.get("/listings/batch", listing_ids=listing_id)).json()["results"][0]
    assert row["quantity"] == 2 * len(body["products"])
    assert row["price"] == {"amount": 1990, "divisor": 100, "currency_code": "USD"}


async def test_selling_out_by_update_changes_the_state(main: EtsySeller) -> None:
    listing_id, before = await varied(main)
    body = as_update(before)
    for product in body["products"]:
        product["offerings"][0]["quantity"] = 0
    await main.call("PUT", f"/listings/{listing_id}/inventory", json=body)
    assert (await main.get(f"/listings/{listing_id}")).json()["state"] == "sold_out"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda body: body.pop("products"),
        lambda body: body.update(products=[]),
        lambda body: body["products"][0].pop("offerings"),
        lambda body: body["products"][0]["offerings"][0].update(quantity=-1),
        lambda body: body["products"][0]["offerings"][0].update(quantity=1000),
        lambda body: body["products"][0]["offerings"][0].update(quantity=True),
        lambda body: body["products"][0]["offerings"][0].update(price="19.90"),
        lambda body: body["products"][0]["offerings"][0].update(price=0.1),
        lambda body: body["products"][0].update(property_values=[]),
        lambda body: body["products"].append(body["products"][0]),
        lambda body: [product["offerings"][0].update(is_enabled=False) for product in body["products"]],
    ],
)
async def test_a_wrong_update_changes_nothing(main: EtsySeller, spoil: Any) -> None:
    listing_id, before = await varied(main)
    body = as_update(before)
    spoil(body)
    answer = await main.call("PUT", f"/listings/{listing_id}/inventory", json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert (await main.get(f"/listings/{listing_id}/inventory")).json() == before


async def test_single_fields_are_patched(main: EtsySeller) -> None:
    listing_id, _ = await varied(main)
    path = f"/shops/20000001/listings/{listing_id}"
    answer = await main.call("PATCH", path, data={"title": "New title", "state": "inactive", "tags": "a,b"})
    assert answer.status_code == 200
    row = (await main.get(f"/listings/{listing_id}")).json()
    assert (row["title"], row["state"], row["tags"]) == ("New title", "inactive", ["a", "b"])


@pytest.mark.parametrize(
    "fields",
    [{"title": "x" * 141}, {"title": " "}, {"state": "expired"}, {"image_ids": "1"}, {"taxonomy_id": "x"}],
)
async def test_a_wrong_patch_changes_nothing(main: EtsySeller, fields: dict[str, str]) -> None:
    listing_id, _ = await varied(main)
    before = (await main.get(f"/listings/{listing_id}")).json()
    path = f"/shops/20000001/listings/{listing_id}"
    answer = await main.call("PATCH", path, data={"description": "changed", **fields})
    assert answer.status_code == 400
    assert (await main.get(f"/listings/{listing_id}")).json() == before


async def test_somebody_elses_listing_cannot_be_changed(main: EtsySeller) -> None:
    theirs = (await main.control("GET", "/accounts/second/listings?limit=1"))["listings"][0]["listing_id"]
    answer = await main.call("PUT", f"/listings/{theirs}/inventory", json={})
    assert answer.status_code == 403
    assert (await main.call("PUT", "/listings/999/inventory", json={})).status_code == 404


async def test_without_the_scope_nothing_is_written(seller: EtsySeller) -> None:
    await seller.login("main", scope="listings_r shops_r")
    listing_id, record = await varied(seller)
    answer = await seller.call("PUT", f"/listings/{listing_id}/inventory", json=as_update(record))
    assert (answer.status_code, answer.json()["error"]) == (403, "insufficient_scope")
