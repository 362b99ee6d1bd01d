"""What only Shopify's products show: stock per location, the default variant, barcodes, media."""

from decimal import Decimal
from typing import Any

import pytest
from support.shopify_shop import level, option, photo, product, stocked, variant, whole

from truestock.contracts.listing import CanonicalListing, Evidence, ListingState, NoteCode
from truestock.contracts.values import Money, Severity
from truestock.marketplaces import registry
from truestock.marketplaces.gtin import is_gtin
from truestock.marketplaces.interface import AccountSettings, RawListing

SHOPIFY = registry.get("shopify")
EUR = AccountSettings(currency="EUR")


def raw(one: dict[str, Any], currency: Any = "EUR") -> RawListing:
    return RawListing("1001", {"currency": currency, "product": whole(one)})


def mapped(one: dict[str, Any], currency: Any = "EUR") -> CanonicalListing:
    return SHOPIFY.to_listing(raw(one, currency), EUR)


def evidence(one: dict[str, Any], currency: Any = "EUR") -> Evidence:
    return SHOPIFY.evidence(raw(one, currency))


def codes(found: CanonicalListing) -> set[NoteCode]:
    return {note.code for note in found.notes}


def test_an_ordinary_product() -> None:
    found = mapped(product())
    assert found.notes == ()
    (variant,) = found.variants
    assert (variant.external_id, variant.sku, variant.quantity, variant.options) == ("40001", "SKU-1", 5, ())
    assert variant.price == Money(amount=Decimal("19.99"), currency="EUR")
    assert (found.brand, found.channel.category_id) == ("Linen & Clay", "Mugs")
    assert found.channel.specifics == {"tags": ("mug",), "product_type": ("Mugs",), "handle": ("mug-no-1",)}
    assert found.url == "https://linen-and-clay.test/products/mug-no-1"


@pytest.mark.parametrize(
    ("levels", "quantity"),
    [
        ([level(5)], 5),
        ([level(5), level(7)], 12),
        ([level(0)], 0),
        ([level(0), level(0)], 0),
        ([level(-2), level(5)], 3),
        ([level(-3)], 0),
        ([], None),
        ([level(None)], None),
        ([level(5), level("7")], None),
        ([level(5), level(True)], None),
        ([level(5), {"quantities": []}], None),
        ([level(5), {"quantities": [{"name": "on_hand", "quantity": 9}]}], None),
    ],
)
def test_the_quantity_is_what_is_available_over_all_locations(
    levels: list[dict[str, Any]], quantity: int | None
) -> None:
    one = product(variants=[variant(inventoryItem=stocked(1, *levels))])
    found = mapped(one)
    assert found.variants[0].quantity == evidence(one).variants[0].quantity == quantity
    assert (NoteCode.QUANTITY_UNKNOWN in codes(found)) == (quantity is None)


def test_on_hand_is_not_what_can_be_sold() -> None:
    one = product(variants=[variant(inventoryItem=stocked(1, level(2, on_hand=9)))])
    assert mapped(one).variants[0].quantity == evidence(one).variants[0].quantity == 2


@pytest.mark.parametrize("tracked", [False, None, "true", 1])
def test_what_is_not_tracked_is_unknown_and_not_zero(tracked: Any) -> None:
    one = product(variants=[variant(inventoryItem=stocked(1, level(0), tracked=tracked))])
    found = mapped(one)
    assert found.variants[0].quantity is evidence(one).variants[0].quantity is None
    assert [note.severity for note in found.notes] == [Severity.WARNING]


def test_oversold_stock_is_remarked() -> None:
    found = mapped(product(variants=[variant(inventoryItem=stocked(1, level(-3)))]))
    assert codes(found) == {NoteCode.FIELD_DROPPED}


def test_locations_that_were_not_all_read_make_no_sum() -> None:
    one = whole(product())
    one["variants"]["nodes"][0]["inventoryItem"]["inventoryLevels"]["pageInfo"]["hasNextPage"] = True
    payload = {"currency": "EUR", "product": one}
    assert SHOPIFY.to_listing(RawListing("1", payload), EUR).variants[0].quantity is None
    assert SHOPIFY.evidence(RawListing("1", payload)).variants[0].quantity is None


def test_options_in_the_sellers_order() -> None:
    rows = [
        variant(n, selectedOptions=[option("Size", size), option("Colour", colour)])
        for n, (size, colour) in enumerate([("S", "Red"), ("S", "Blue"), ("M", "Red")])
    ]
    found = mapped(product(variants=rows))
    assert [(o.name, o.values) for o in found.options] == [("Size", ("S", "M")), ("Colour", ("Red", "Blue"))]
    assert [v.signature for v in found.variants] == [
        v.signature for v in evidence(product(variants=rows)).variants
    ]


def test_the_default_variant_has_no_option_but_a_real_title_option_stays() -> None:
    assert mapped(product()).options == ()
    assert evidence(product()).variants[0].options == ()
    poster = product(variants=[variant(selectedOptions=[option("Title", "The Wave")])])
    assert mapped(poster).options[0].values == ("The Wave",)
    assert evidence(poster).variants[0].options == mapped(poster).variants[0].options


def test_text_offers_are_found_only_without_options() -> None:
    text = "<p>Sizes: S, M and L</p>"
    found = mapped(product(descriptionHtml=text))
    assert found.buried_variants is not None
    assert {NoteCode.VARIANTS_IN_TEXT, NoteCode.HTML_STRIPPED} <= codes(found)
    rows = [variant(selectedOptions=[option("Size", "S")])]
    assert mapped(product(descriptionHtml=text, variants=rows)).buried_variants is None


@pytest.mark.parametrize(
    ("barcode", "valid"),
    [
        ("4006381333931", True),
        ("036000291452", True),
        ("96385074", True),
        ("10614141543219", True),
        ("4006381333932", False),
        ("0000000000000", False),
        ("SHELF-12", False),
        ("123456789", False),
        ("４００６３８１３３３９３１", False),
    ],
)
def test_a_barcode_is_a_gtin_only_with_its_check_digit(barcode: str, valid: bool) -> None:
    assert is_gtin(barcode) == valid
    found = mapped(product(variants=[variant(barcode=barcode)]))
    assert found.variants[0].gtin == (barcode if valid else None)
    assert codes(found) == (set() if valid else {NoteCode.FIELD_DROPPED})


@pytest.mark.parametrize("barcode", [None, "", " ", 4006381333931])
def test_no_barcode_is_no_remark(barcode: Any) -> None:
    found = mapped(product(variants=[variant(barcode=barcode)]))
    assert (found.variants[0].gtin, found.notes) == (None, ())


@pytest.mark.parametrize(
    ("price", "currency", "code"),
    [
        (None, "EUR", NoteCode.PRICE_MISSING),
        (19.99, "EUR", NoteCode.PRICE_MISSING),
        ("", "EUR", NoteCode.PRICE_MISSING),
        ("-1.00", "EUR", NoteCode.PRICE_MISSING),
        ("1,99", "EUR", NoteCode.PRICE_MISSING),
        ("1e3", "EUR", NoteCode.PRICE_MISSING),
        ("NaN", "EUR", NoteCode.PRICE_MISSING),
        ("٣.٥", "EUR", NoteCode.PRICE_MISSING),
        ("1" * 16, "EUR", NoteCode.PRICE_MISSING),
        ("1.99\n", "EUR", NoteCode.PRICE_MISSING),
        ("1.99", None, NoteCode.CURRENCY_MISSING),
        ("1.99", "eur", NoteCode.CURRENCY_MISSING),
        ("1.99", "EURO", NoteCode.CURRENCY_MISSING),
    ],
)
def test_a_price_without_amount_or_currency_is_a_blocker(price: Any, currency: Any, code: NoteCode) -> None:
    one = product(variants=[variant(price=price)])
    found = mapped(one, currency)
    assert found.variants[0].price is evidence(one, currency).variants[0].price is None
    assert [note.severity for note in found.notes if note.code is code] == [Severity.BLOCKER]


@pytest.mark.parametrize("price", ["0.00", "19.9", "1200", "0.000001", "999999999999999.99"])
def test_prices_are_exact(price: str) -> None:
    one = product(variants=[variant(price=price)])
    assert mapped(one).variants[0].price == evidence(one).variants[0].price
    assert mapped(one).variants[0].price == Money(amount=Decimal(price), currency="EUR")


def test_another_currency_than_the_accounts_is_remarked() -> None:
    assert NoteCode.CURRENCY_DIFFERS in codes(mapped(product(), "USD"))


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("ACTIVE", ListingState.ACTIVE),
        ("UNLISTED", ListingState.ACTIVE),
        ("DRAFT", ListingState.DRAFT),
        ("ARCHIVED", ListingState.INACTIVE),
        ("SOMETHING_NEW", ListingState.UNKNOWN),
        (None, ListingState.UNKNOWN),
    ],
)
def test_states(status: Any, state: ListingState) -> None:
    found = mapped(product(status=status))
    assert found.channel.state is evidence(product(status=status)).state is state
    assert (NoteCode.NOT_PUBLISHED in codes(found)) == (state is not ListingState.ACTIVE)


def test_videos_are_no_photos_and_unready_images_are_remarked() -> None:
    media = [
        {"mediaContentType": "VIDEO"},
        photo("https://i.test/1.jpg"),
        {"mediaContentType": "IMAGE", "image": None},
        photo("javascript:x"),
        photo("https://i.test/2.jpg?v=1&w=2"),
    ]
    found = mapped(product(media=media))
    addresses = ("https://i.test/1.jpg", "https://i.test/2.jpg?v=1&w=2")
    assert tuple(photo.url for photo in found.photos) == evidence(product(media=media)).photos == addresses
    assert [photo.rank for photo in found.photos] == [0, 1]
    assert codes(found) == {NoteCode.FIELD_DROPPED}


def test_skus_missing_and_twice() -> None:
    rows = [variant(1, sku=None), variant(2, sku=" X "), variant(3, sku="X"), variant(4, sku="")]
    found = mapped(product(variants=rows))
    assert [one.sku for one in found.variants] == [None, "X", "X", None]
    severities = {note.code: note.severity for note in found.notes}
    assert severities[NoteCode.SKU_MISSING] is Severity.WARNING
    assert severities[NoteCode.SKU_DUPLICATE] is Severity.BLOCKER


def test_a_title_is_made_plain_the_same_way_on_both_sides() -> None:
    for title in ("Tom &amp; Jerry's <3", "  A   B ", "<b>Bold</b> mug", "👨‍👩‍👧 Set", "&amp;lt;b&amp;gt;x"):
        assert mapped(product(title=title)).title == evidence(product(title=title)).title
    assert mapped(product(title=None)).title == "Shopify product 1001"


def test_more_variants_than_can_be_held_are_a_blocker() -> None:
    rows = [variant(n, selectedOptions=[option("Size", str(n))]) for n in range(2_049)]
    found = mapped(product(variants=rows))
    assert len(found.variants) == 2_048
    assert [note.severity for note in found.notes] == [Severity.BLOCKER]


def test_a_product_without_variants_still_has_one_that_knows_nothing() -> None:
    found = mapped(product(variants=[]))
    assert (found.variants[0].quantity, found.variants[0].price, found.variants[0].sku) == (None, None, None)
    assert {NoteCode.QUANTITY_UNKNOWN, NoteCode.PRICE_MISSING, NoteCode.SKU_MISSING} <= codes(found)
