"""The mapper, and the evidence that checks it."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.woocommerce_shop import attribute, listing, option, product, sized, variation

from truestock.contracts.listing import CanonicalListing, Evidence, ListingState, NoteCode
from truestock.contracts.values import Money, Severity
from truestock.marketplaces import registry
from truestock.marketplaces.interface import AccountSettings, RawListing

WOOCOMMERCE = registry.get("woocommerce")
EUR = AccountSettings(currency="EUR")


def mapped(payload: dict[str, Any]) -> CanonicalListing:
    return WOOCOMMERCE.to_listing(RawListing("1001", payload), EUR)


def evidence(payload: dict[str, Any]) -> Evidence:
    return WOOCOMMERCE.evidence(RawListing("1001", payload))


def messages(found: CanonicalListing, code: NoteCode) -> list[str]:
    return [note.message for note in found.notes if note.code is code]


def agree(payload: dict[str, Any]) -> CanonicalListing:
    """The mapped listing, after seeing that the evidence says the same."""
    found, seen = mapped(payload), evidence(payload)
    assert (seen.title, seen.state) == (found.title, found.channel.state)
    assert seen.photos == tuple(photo.url for photo in found.photos)
    assert [(v.sku, v.signature, v.quantity, v.price) for v in seen.variants] == [
        (v.sku, v.signature, v.quantity, v.price) for v in found.variants
    ]
    return found


def test_an_ordinary_product_maps_without_remarks() -> None:
    found = agree(listing())
    assert found.notes == ()
    assert [photo.url for photo in found.photos] == ["https://i.test/1/1.jpg", "https://i.test/1/2.jpg"]
    (variant,) = found.variants
    assert (variant.external_id, variant.sku, variant.quantity) == ("1001", "SKU-1", 5)
    assert variant.price == Money(amount=Decimal("19.99"), currency="EUR")
    channel = found.channel
    assert (channel.category_id, channel.listing_format) == ("9", "simple")
    assert channel.policies == {"shipping_class": "parcel"}
    assert channel.specifics == {"categories": ("Mugs",), "tags": ("blue",)}


def test_variations_become_variants_of_one_listing() -> None:
    rows = [
        variation(n, option("Size", size), option("Farbe", colour))
        for n, (size, colour) in enumerate([("S", "Rot"), ("S", "Blau"), ("M", "Rot")])
    ]
    names = [
        attribute("Size", "S", "M"),
        attribute("Farbe", "Rot", "Blau"),
        attribute("Material", "Clay", variation=False),
    ]
    found = agree(listing(1, *rows, attributes=names))
    assert [(o.name, o.values) for o in found.options] == [("Size", ("S", "M")), ("Farbe", ("Rot", "Blau"))]
    assert [v.external_id for v in found.variants] == ["500000", "500001", "500002"]
    assert found.channel.specifics["Material"] == ("Clay",)
    assert found.notes == ()


@pytest.mark.parametrize(
    ("stock", "quantity"),
    [
        ({"stock_quantity": 0}, 0),
        ({"stock_quantity": 7.0}, 7),
        ({"stock_quantity": -3}, 0),
        ({"stock_quantity": 2.5}, None),
        ({"stock_quantity": "5"}, None),
        ({"stock_quantity": True}, None),
        ({"stock_quantity": None}, None),
        ({"stock_quantity": 10**20}, None),
        ({"manage_stock": False, "stock_quantity": None}, None),
        ({"manage_stock": False, "stock_quantity": 5}, None),
        ({"manage_stock": False, "stock_quantity": None, "stock_status": "outofstock"}, None),
        ({"manage_stock": "parent"}, None),
        ({"manage_stock": None}, None),
    ],
)
def test_only_a_counted_whole_stock_is_a_quantity(stock: dict[str, Any], quantity: int | None) -> None:
    simple = agree(listing(1, **stock))
    variable = agree(listing(1, variation(1, option("Size", "S"), **stock)))
    for found in (simple, variable):
        assert found.variants[0].quantity == quantity
        assert bool(messages(found, NoteCode.QUANTITY_UNKNOWN)) is (quantity is None)


def test_why_a_quantity_is_unknown_is_said() -> None:
    shared = [variation(n, option("Size", str(n)), manage_stock="parent") for n in range(3)]
    (note,) = messages(mapped(listing(1, *shared)), NoteCode.QUANTITY_UNKNOWN)
    assert "together" in note
    assert "(3 variants)" in note
    out = mapped(listing(1, manage_stock=False, stock_quantity=None, stock_status="outofstock"))
    assert "marked as out of stock" in messages(out, NoteCode.QUANTITY_UNKNOWN)[0]
    owed = mapped(listing(1, stock_quantity=-3))
    assert "-3" in messages(owed, NoteCode.FIELD_DROPPED)[0]


@pytest.mark.parametrize(
    ("prices", "amount"),
    [
        ({"price": "9"}, "9"),
        ({"price": "8.50", "regular_price": "10.00"}, "8.50"),
        ({"price": "", "regular_price": "10.00"}, "10.00"),
        ({"price": 12.5}, "12.5"),
        ({"price": 12}, "12"),
        ({"price": "0.00"}, "0.00"),
        ({"price": "", "regular_price": ""}, None),
        ({"price": None, "regular_price": None}, None),
        ({"price": "12,50", "regular_price": ""}, None),
        ({"price": "-1", "regular_price": ""}, None),
        ({"price": "1e5", "regular_price": ""}, None),
        ({"price": True, "regular_price": None}, None),
        ({"price": "9" * 16, "regular_price": ""}, None),
        ({"price": ["9"], "regular_price": {}}, None),
    ],
)
def test_prices(prices: dict[str, Any], amount: str | None) -> None:
    found = agree(listing(1, **prices))
    price = found.variants[0].price
    assert price == (None if amount is None else Money(amount=Decimal(amount), currency="EUR"))
    severities = [note.severity for note in found.notes if note.code is NoteCode.PRICE_MISSING]
    assert severities == ([Severity.BLOCKER] if amount is None else [])


@pytest.mark.parametrize("currency", ["eur", "EURO", "E R", 7, ["EUR"]])
def test_a_currency_that_is_none_is_a_blocker(currency: Any) -> None:
    payload = {**listing(), "currency": currency}
    found = WOOCOMMERCE.to_listing(RawListing("1", payload), AccountSettings())
    assert found.variants[0].price is None
    assert messages(found, NoteCode.CURRENCY_MISSING)


def test_another_currency_than_the_accounts_is_remarked() -> None:
    found = WOOCOMMERCE.to_listing(RawListing("1", listing()), AccountSettings(currency="USD"))
    assert messages(found, NoteCode.CURRENCY_DIFFERS)


def test_an_identifier_inherited_from_the_product_identifies_no_variation() -> None:
    inherited = {"sku": "P-1", "global_unique_id": "4006381333931"}
    rows = [variation(1, option("Size", "S"), **inherited), variation(2, option("Size", "M"), **inherited)]
    found = agree(listing(1, *rows, variation(3, option("Size", "L")), **inherited))
    assert [(v.sku, v.gtin) for v in found.variants] == [(None, None), (None, None), ("SKU-3", None)]
    assert not messages(found, NoteCode.SKU_DUPLICATE)
    alone = agree(listing(1, rows[0], **inherited))
    assert (alone.variants[0].sku, alone.variants[0].gtin) == ("P-1", "4006381333931")


def test_skus_missing_and_twice() -> None:
    rows = [variation(n, option("Size", str(n)), sku=sku) for n, sku in enumerate(["", " X ", "X"])]
    found = agree(listing(1, *rows))
    assert [v.sku for v in found.variants] == [None, "X", "X"]
    assert [n.severity for n in found.notes if n.code is NoteCode.SKU_DUPLICATE] == [Severity.BLOCKER]


@pytest.mark.parametrize(
    ("given_id", "expected"),
    [
        ("4006381333931", "4006381333931"),
        ("978-3-16-148410-0", "9783161484100"),
        ("036000291452", "036000291452"),
        ("96385074", "96385074"),
        ("4006381333932", None),
        ("0000000000000", None),
        ("12345", None),
        ("", None),
        (4006381333931, None),
    ],
)
def test_only_a_gtin_with_a_right_check_digit_is_one(given_id: Any, expected: str | None) -> None:
    found = mapped(listing(1, global_unique_id=given_id))
    assert found.variants[0].gtin == expected
    assert bool(messages(found, NoteCode.FIELD_DROPPED)) is bool(
        expected is None and isinstance(given_id, str) and given_id
    )


def test_a_variation_for_any_value_is_one_variant_and_remarked() -> None:
    rows = [variation(1, option("Colour", "Red")), variation(2, option("Colour", "Blue"), option("Size", ""))]
    names = [attribute("Colour", "Red", "Blue"), attribute("Size", "S", "M")]
    found = agree(listing(1, *rows, attributes=names))
    assert [v.signature for v in found.variants] == [(("colour", "red"),), (("colour", "blue"),)]
    assert "any Size" in messages(found, NoteCode.FIELD_DROPPED)[0]


def test_a_disabled_variation_is_known_and_not_enabled() -> None:
    rows = [variation(1, option("Size", "S")), variation(2, option("Size", "M"), status="private")]
    assert [v.enabled for v in agree(listing(1, *rows)).variants] == [True, False]
    assert [v.enabled for v in agree(listing(1, status="draft")).variants] == [True]


@pytest.mark.parametrize(
    ("kind", "words"),
    [("grouped", "listings of their own"), ("external", "another site"), ("variable", "without variations")],
)
def test_products_that_hold_no_stock_of_their_own_are_remarked(kind: str, words: str) -> None:
    found = agree(listing(1, type=kind, manage_stock=False, stock_quantity=None))
    assert found.channel.listing_format == kind
    assert found.variants[0].quantity is None
    assert any(words in message for message in messages(found, NoteCode.FIELD_DROPPED))


@pytest.mark.parametrize(
    ("status", "stock_status", "state"),
    [
        ("publish", "instock", ListingState.ACTIVE),
        ("publish", "onbackorder", ListingState.ACTIVE),
        ("publish", "outofstock", ListingState.SOLD_OUT),
        ("private", "instock", ListingState.INACTIVE),
        ("future", "instock", ListingState.INACTIVE),
        ("draft", "outofstock", ListingState.DRAFT),
        ("pending", "instock", ListingState.DRAFT),
        ("trash", "instock", ListingState.REMOVED),
        ("wc-odd", "instock", ListingState.UNKNOWN),
        (None, None, ListingState.UNKNOWN),
        (["publish"], "instock", ListingState.UNKNOWN),
    ],
)
def test_states(status: Any, stock_status: Any, state: ListingState) -> None:
    found = agree(listing(1, status=status, stock_status=stock_status))
    assert found.channel.state is state
    assert bool(messages(found, NoteCode.NOT_PUBLISHED)) is (state is not ListingState.ACTIVE)


def test_photos_of_variations_follow_and_the_placeholder_is_none() -> None:
    rows = [
        variation(1, option("Size", "S"), image={"id": 8, "src": "https://i.test/1/1.jpg"}),
        variation(2, option("Size", "M"), image={"id": 9, "src": "https://i.test/m.jpg"}),
        variation(3, option("Size", "L"), image={"id": 0, "src": "https://i.test/placeholder.png"}),
    ]
    images = [{"id": 8, "src": "https://i.test/1/1.jpg"}, {"id": 0, "src": "https://i.test/placeholder.png"}]
    found = agree(listing(1, *rows, images=images))
    assert [photo.url for photo in found.photos] == ["https://i.test/1/1.jpg", "https://i.test/m.jpg"]
    odd = agree(listing(1, images=[{"id": 1, "src": "javascript:x"}, None, {"id": 2}]))
    assert odd.photos == ()
    assert "(3 variants)" in messages(odd, NoteCode.FIELD_DROPPED)[0]


def test_texts_are_plain_and_the_short_one_stands_in() -> None:
    found = agree(
        listing(
            1,
            name="Linen &amp; Clay &#8211; <em>Set</em>",
            description="",
            short_description="<p>One<br>two</p><script>alert(1)</script>",
            brands=[{"id": 4, "name": "Kiln &amp; Co"}],
        )
    )
    assert (found.title, found.description) == ("Linen & Clay – Set", "One\ntwo")
    assert found.brand == "Kiln & Co"
    assert messages(found, NoteCode.HTML_STRIPPED)
    assert mapped(listing(1, name="")).title == "WooCommerce product 1001"


def test_variants_that_only_the_text_knows_are_a_blocker() -> None:
    found = mapped(listing(1, description="<p>Sizes: S, M and L</p>"))
    assert found.buried_variants is not None
    assert found.buried_variants.values == ("S", "M", "L")
    assert mapped(sized(1, 3)).buried_variants is None


def test_two_thousand_and_forty_eight_variants() -> None:
    full = sized(1, 2_048)
    found = agree(full)
    assert (len(found.variants), found.notes) == (2_048, ())
    over = sized(1, 2_049)
    assert len(mapped(over).variants) == 2_048
    assert [note.severity for note in mapped(over).notes] == [Severity.BLOCKER]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
image_like = st.fixed_dictionaries({"id": json_values, "src": json_values})
option_like = st.fixed_dictionaries({"name": json_values, "option": json_values, "options": json_values})


@given(
    st.dictionaries(st.sampled_from([*product(), "brands", "global_unique_id"]), json_values),
    st.dictionaries(st.sampled_from([*variation(), "global_unique_id"]), json_values),
    st.lists(option_like | json_values, max_size=3),
    image_like,
)
def test_no_payload_makes_the_mapper_or_the_evidence_fail(
    odd: dict[str, Any], row: dict[str, Any], options: list[Any], image: dict[str, Any]
) -> None:
    made = listing(1, variation(1, attributes=options, image=image), {**variation(2), **row}, **odd)
    for payload in (made, {**made, "variations": [None, 3, *made["variations"]]}, {**made, "variations": []}):
        mapped(payload).model_dump_json()
        evidence(payload).model_dump_json()


@given(st.dictionaries(st.sampled_from(["currency", "product", "variations", "x"]), json_values))
def test_no_document_at_all_makes_them_fail_either(payload: dict[str, Any]) -> None:
    mapped(payload).model_dump_json()
    evidence(payload).model_dump_json()


def test_a_payload_is_plain_json() -> None:
    assert json.loads(json.dumps(sized(1, 2))) == sized(1, 2)
