"""What eBay's two APIs show becomes one canonical listing, and the evidence agrees."""

from decimal import Decimal
from typing import Any

import pytest
from support.ebay_shop import EbayShop, by_hand, grouped, money, offer, single

from truestock.contracts.listing import CanonicalListing
from truestock.contracts.values import Money
from truestock.marketplaces import registry
from truestock.marketplaces.interface import AccountSettings

EBAY = registry.get("ebay")
SETTINGS = AccountSettings(currency="EUR")


async def mapped(listing: dict[str, Any]) -> CanonicalListing:
    """The listing behind a read, when mapper and evidence agree."""
    adapter, api = EbayShop([listing]).api()
    page = await adapter.page(api, None)
    while not page.raws and page.next_cursor:
        page = await adapter.page(api, page.next_cursor)
    (raw,) = page.raws
    found, seen = EBAY.to_listing(raw, SETTINGS), EBAY.evidence(raw)
    assert (seen.title, seen.state) == (found.title, found.channel.state)
    assert seen.photos == tuple(photo.url for photo in found.photos)
    assert [(v.sku, v.signature, v.quantity, v.price) for v in seen.variants] == [
        (v.sku, v.signature, v.quantity, v.price) for v in found.variants
    ]
    return found


def codes(found: CanonicalListing) -> list[str]:
    return [note.code for note in found.notes]


async def test_a_single_item() -> None:
    found = await mapped(single(1))
    (variant,) = found.variants
    assert (found.listing_id, found.title, found.brand) == ("sku:SKU-1", "Mug SKU-1", "Linen & Clay")
    assert found.url == "https://www.ebay.de/itm/110000000001"
    assert (variant.sku, variant.gtin, variant.quantity) == ("SKU-1", "4006381333931", 5)
    assert variant.price == Money(amount=Decimal("19.99"), currency="EUR")
    assert (found.channel.category_id, found.channel.condition) == ("31388", "NEW")
    assert found.channel.listing_format == "FIXED_PRICE"
    assert found.channel.policies == {"fulfillmentPolicyId": "601"}
    assert found.channel.specifics == {"Brand": ("Linen & Clay",)}
    assert found.notes == ()


async def test_a_group_is_one_listing_with_its_items_as_variants() -> None:
    found = await mapped(grouped(1, 3))
    assert (found.listing_id, found.title) == ("group:GROUP-1", "Mug No. 1")
    assert [(one.name, one.values) for one in found.options] == [("Size", ("1", "2", "3"))]
    assert [variant.sku for variant in found.variants] == ["SKU-1-1", "SKU-1-2", "SKU-1-3"]
    assert found.channel.specifics == {"Brand": ("Linen & Clay",)}, "what varies is no specific"
    assert found.notes == ()


async def test_what_is_not_published_is_a_draft_with_the_stock_that_the_seller_holds() -> None:
    listing = single(1, published=False)
    listing["offers"]["SKU-1"][0]["availableQuantity"] = 3
    found = await mapped(listing)
    assert (found.channel.state, found.variants[0].quantity) == ("draft", 5)
    assert codes(found) == ["not_published"]
    listing["offers"] = {}
    found = await mapped(listing)
    assert found.channel.state == "draft"
    assert codes(found) == ["price_missing", "not_published"]


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("ACTIVE", "active"),
        ("OUT_OF_STOCK", "sold_out"),
        ("INACTIVE", "inactive"),
        ("ENDED", "expired"),
        ("EBAY_ENDED", "removed"),
        ("NOT_LISTED", "draft"),
        ("SOMETHING_NEW", "inactive"),
        (None, "active"),
    ],
)
async def test_states(status: str | None, state: str) -> None:
    listing = single(1)
    listing["offers"]["SKU-1"][0]["listing"]["listingStatus"] = status
    assert (await mapped(listing)).channel.state == state


async def test_a_group_is_for_sale_when_one_of_its_items_is() -> None:
    listing = grouped(1, 3)
    for sku, status in (("SKU-1-1", "ENDED"), ("SKU-1-2", "OUT_OF_STOCK")):
        listing["offers"][sku][0]["listing"]["listingStatus"] = status
    assert (await mapped(listing)).channel.state == "active"
    listing["offers"]["SKU-1-3"] = []
    assert (await mapped(listing)).channel.state == "sold_out"


async def test_of_several_offers_the_published_one_at_a_fixed_price_counts() -> None:
    listing = single(1)
    auction = offer("SKU-1", "110000000777", format="AUCTION", availableQuantity=1, offerId="1")
    draft = offer("SKU-1", None, offerId="0")
    listing["offers"]["SKU-1"] = [auction, draft, *listing["offers"]["SKU-1"]]
    found = await mapped(listing)
    assert (found.variants[0].quantity, found.url) == (5, "https://www.ebay.de/itm/110000000001")
    assert codes(found) == ["field_dropped"]


async def test_a_published_quantity_is_what_buyers_can_buy() -> None:
    listing = single(1)
    listing["offers"]["SKU-1"][0]["availableQuantity"] = 0
    assert (await mapped(listing)).variants[0].quantity == 0


@pytest.mark.parametrize("quantity", [None, -1, "many", True, {}])
async def test_a_quantity_that_is_not_told_is_unknown_and_never_zero(quantity: Any) -> None:
    listing = single(1)
    listing["offers"]["SKU-1"][0]["availableQuantity"] = quantity
    listing["items"][0]["availability"] = {"shipToLocationAvailability": {"quantity": quantity}}
    found = await mapped(listing)
    assert found.variants[0].quantity is None
    assert codes(found) == ["quantity_unknown"]


@pytest.mark.parametrize(
    ("price", "code"),
    [
        ({}, "price_missing"),
        ({"value": "-1.00", "currency": "EUR"}, "price_missing"),
        ({"value": "NaN", "currency": "EUR"}, "price_missing"),
        ({"value": "9.99"}, "currency_missing"),
        ({"value": "9.99", "currency": "euro"}, "currency_missing"),
        ({"value": "9.99", "currency": "A1B"}, "currency_missing"),
        ({"value": "9.99", "currency": "USD"}, "currency_differs"),
    ],
)
async def test_prices(price: dict[str, str], code: str) -> None:
    listing = single(1)
    listing["offers"]["SKU-1"][0]["pricingSummary"] = {"price": price}
    adapter, api = EbayShop([listing]).api()
    (raw,) = (await adapter.page(api, None)).raws
    assert codes(EBAY.to_listing(raw, SETTINGS)) == [code]
    EBAY.evidence(raw)


async def test_a_group_without_words_and_photos_of_its_own_shows_those_of_its_first_item() -> None:
    listing = grouped(1, 2)
    for name in ("title", "description", "imageUrls"):
        del listing["group"][name]
    found = await mapped(listing)
    assert found.title == "Mug SKU-1-1"
    assert [photo.url for photo in found.photos] == [
        "https://i.test/SKU-1-1/1.jpg",
        "https://i.test/SKU-1-1/2.jpg",
    ]


async def test_a_member_without_an_inventory_item_is_remarked() -> None:
    listing = grouped(1, 3)
    del listing["items"][1]
    found = await mapped(listing)
    assert codes(found) == ["field_dropped"]
    assert [option.values for option in found.options] == [("1", "3")]


async def test_markup_and_buried_variants() -> None:
    listing = single(1)
    listing["offers"]["SKU-1"][0]["listingDescription"] = "<p>Nice.</p><p>Colours: red, blue, green</p>"
    found = await mapped(listing)
    assert found.description == "Nice.\nColours: red, blue, green"
    assert found.buried_variants is not None
    assert codes(found) == ["variants_in_text", "html_stripped"]


async def test_a_listing_by_hand() -> None:
    found = await mapped(by_hand(1))
    (variant,) = found.variants
    assert (found.listing_id, found.title, found.url) == (
        "220000000001",
        "Vase No. 1",
        "https://www.ebay.de/itm/220000000001",
    )
    assert (variant.sku, variant.quantity) == ("HAND-1", 5), "what was sold is not there any more"
    assert variant.price == Money(amount=Decimal("24.5"), currency="EUR")
    assert found.notes == ()


async def test_a_listing_by_hand_with_variations() -> None:
    def variation(size: str, quantity: str, sold: str) -> dict[str, Any]:
        return {
            "SKU": f"V-{size}",
            "StartPrice": money("9.90"),
            "Quantity": quantity,
            "SellingStatus": {"QuantitySold": sold},
            "VariationSpecifics": {"NameValueList": [{"Name": "Größe", "Value": [size]}]},
            "VariationProductListingDetails": {"EAN": "4006381333931", "UPC": "Does not apply"},
        }

    listing = by_hand(
        1,
        SKU=None,
        Variations={
            "Variation": [variation("S", "4", "1"), variation("M", "2", "2"), variation("L", "1", "3")]
        },
        ItemSpecifics={
            "NameValueList": [{"Name": "Brand", "Value": ["Clay"]}, {"Name": "Use", "Value": ["a", "b"]}]
        },
    )
    found = await mapped(listing)
    assert [(one.name, one.values) for one in found.options] == [("Größe", ("S", "M", "L"))]
    assert [(v.sku, v.gtin, v.quantity) for v in found.variants] == [
        ("V-S", "4006381333931", 3),
        ("V-M", "4006381333931", 0),
        ("V-L", "4006381333931", None),
    ]
    assert found.brand == "Clay"
    assert found.channel.specifics == {"Brand": ("Clay",), "Use": ("a", "b")}
    assert codes(found) == ["quantity_unknown"]


@pytest.mark.parametrize(
    ("status", "sold", "state"),
    [
        ("Active", "2", "active"),
        ("Active", "7", "sold_out"),
        ("Ended", "2", "expired"),
        ("Custom", "2", "unknown"),
    ],
)
async def test_states_of_listings_by_hand(status: str, sold: str, state: str) -> None:
    selling = {"CurrentPrice": money("1"), "QuantitySold": sold, "ListingStatus": status}
    assert (await mapped(by_hand(1, SellingStatus=selling))).channel.state == state
