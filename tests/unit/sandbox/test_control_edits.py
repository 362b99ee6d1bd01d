"""Changes behind Truestock's back."""

from typing import Any

import pytest
from support.etsy_seller import EtsySeller


async def some(seller: EtsySeller) -> dict[str, Any]:
    """A listing with two options and a SKU on each variant."""
    view = await seller.control("GET", "/accounts/main/listings?limit=40&state=active")
    found: dict[str, Any] = next(
        one
        for one in view["listings"]
        if len(one["variants"][0]["options"]) == 2 and one["variants"][0]["sku"]
    )
    return found


async def edit(seller: EtsySeller, listing_id: str, **change: Any) -> Any:
    return await seller.control("POST", f"/accounts/main/listings/{listing_id}/edits", json=change)


async def test_one_variant_is_picked_by_sku_or_options(main: EtsySeller) -> None:
    listing = await some(main)
    first, second = listing["variants"][:2]
    await edit(main, listing["listing_id"], variant=first["sku"], quantity=77)
    after = await edit(main, listing["listing_id"], variant=second["options"], price="123.45")
    assert after["variants"][0]["quantity"] == 77
    assert after["variants"][1]["price"] == "123.45"
    assert after["variants"][1]["quantity"] == second["quantity"]
    assert after["variants"][0]["product_id"] != first["product_id"]
    record = (await main.get(f"/listings/{listing['listing_id']}/inventory")).json()
    assert record["products"][0]["offerings"][0]["quantity"] == 77


async def test_unknown_quantity_and_missing_price(main: EtsySeller) -> None:
    listing = await some(main)
    await edit(main, listing["listing_id"], quantity=None, price=None)
    row = (await main.get(f"/listings/{listing['listing_id']}", includes="Inventory")).json()
    assert "quantity" not in row
    assert "price" not in row
    assert set(row["inventory"]["products"][0]["offerings"][0]) == {"offering_id", "is_enabled", "is_deleted"}


async def test_title_state_and_photos(main: EtsySeller) -> None:
    listing = await some(main)
    listing_id = listing["listing_id"]
    after = await edit(main, listing_id, title="Other", state="inactive", photos=3)
    assert (after["title"], after["state"], len(after["photos"])) == ("Other", "inactive", 3)
    turned = await edit(main, listing_id, photos="reverse")
    assert [photo["id"] for photo in turned["photos"]] == [photo["id"] for photo in after["photos"]][::-1]
    await edit(main, listing_id, break_photos=True)
    url = (await main.get(f"/listings/{listing_id}/images")).json()["results"][0]["url_fullxfull"]
    assert (await main.http.head(url)).status_code == 404
    await edit(main, listing_id, break_photos=False)
    assert (await main.http.head(url)).status_code == 200


async def test_deleting_leaves_it_out_everywhere(main: EtsySeller) -> None:
    listing_id = (await some(main))["listing_id"]
    before = (await main.get("/shops/20000001/listings")).json()["count"]
    await edit(main, listing_id, delete=True)
    assert (await main.get(f"/listings/{listing_id}")).status_code == 404
    assert (await main.get("/listings/batch", listing_ids=listing_id)).json() == {"count": 0, "results": []}
    assert (await main.get("/shops/20000001/listings")).json()["count"] == before - 1


async def test_the_shop_changes_its_currency(main: EtsySeller) -> None:
    listing = await some(main)
    await main.get(f"/listings/{listing['listing_id']}")
    await main.control("POST", "/accounts/main", json={"currency": "CAD", "shop_name": "Renamed"})
    shop = (await main.get("/shops/20000001")).json()
    assert (shop["currency_code"], shop["shop_name"]) == ("CAD", "Renamed")
    row = (await main.get(f"/listings/{listing['listing_id']}")).json()
    assert row["price"]["currency_code"] == "CAD"


async def test_accounts_tell_what_they_add_up_to(main: EtsySeller) -> None:
    accounts = (await main.control("GET", "/accounts?marketplace=etsy"))["accounts"]
    assert [account["currency"] for account in accounts] == ["USD", "EUR", "GBP"]
    view = await main.control("GET", "/accounts/20000001/listings?limit=1000")
    variants = [variant for listing in view["listings"] for variant in listing["variants"]]
    assert accounts[0]["stock"] == sum(variant["quantity"] or 0 for variant in variants)
    assert accounts[0]["variants"] == len(variants)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"quantity": -1}, 422),
        ({"price": "1.234"}, 422),
        ({"quantiti": 1}, 422),
        ({"variant": "no such sku", "quantity": 1}, 409),
        ({"variant": {"Size": "nowhere"}, "title": "Changed"}, 409),
    ],
)
async def test_a_wrong_edit_changes_nothing(main: EtsySeller, change: dict[str, Any], status: int) -> None:
    before = await some(main)
    path = f"/control/accounts/main/listings/{before['listing_id']}"
    assert (await main.http.post(f"{path}/edits", json=change)).status_code == status
    assert (await main.http.get(path)).json() == before


async def test_unknown_accounts_and_listings_are_404(seller: EtsySeller) -> None:
    for path in (
        "/control/accounts/nobody",
        "/control/accounts/main/listings/1",
        "/control/requests?account=x",
    ):
        assert (await seller.http.get(path)).status_code == 404


async def test_refresh_tokens_need_not_rotate(main: EtsySeller) -> None:
    await main.control("POST", "/settings", json={"rotate": False, "access_ttl": 60})
    answer = (await main.refresh()).json()
    assert answer["refresh_token"] == main.tokens["refresh_token"]
    assert answer["expires_in"] == 60
    assert (await main.refresh()).status_code == 200


async def test_new_tokens_carry_the_canary(main: EtsySeller) -> None:
    await main.control("POST", "/settings", json={"canary": "canary-7f3a"})
    answer = (await main.refresh()).json()
    assert "canary-7f3a" in answer["access_token"]
    assert "canary-7f3a" in answer["refresh_token"]
    main.tokens = answer
    assert (await main.get("/users/me")).status_code == 200


async def test_the_addresses_that_people_follow_show_something(main: EtsySeller) -> None:
    shop = (await main.get("/shops/20000001")).json()
    row = (await main.get("/shops/20000001/listings", limit=1)).json()["results"][0]
    assert shop["shop_name"] in (await main.http.get(shop["url"])).text
    assert (await main.http.get(row["url"])).status_code == 200
    assert (await main.http.get("/etsy/listing/1")).status_code == 404
