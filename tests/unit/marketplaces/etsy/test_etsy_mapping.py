"""The mapper, and the evidence that checks it."""

import copy
from decimal import Decimal
from typing import Any

import pytest
from support.etsy_shop import listing, option, product

from truestock.contracts.listing import CanonicalListing, Evidence, ListingState, NoteCode
from truestock.contracts.values import Money, Severity
from truestock.marketplaces import registry
from truestock.marketplaces.interface import AccountSettings, RawListing

ETSY = registry.get("etsy")
EUR = AccountSettings(currency="EUR")


def mapped(payload: dict[str, Any]) -> CanonicalListing:
    return ETSY.to_listing(RawListing(str(payload.get("listing_id") or "1"), payload), EUR)


def evidence(payload: dict[str, Any]) -> Evidence:
    return ETSY.evidence(RawListing(str(payload.get("listing_id") or "1"), payload))


def with_products(*products: Any) -> dict[str, Any]:
    return listing(inventory={"products": list(products)})


def codes(found: CanonicalListing) -> set[NoteCode]:
    return {note.code for note in found.notes}


def test_an_ordinary_listing_maps_without_remarks() -> None:
    found = mapped(listing())
    assert found.notes == ()
    assert [photo.url for photo in found.photos] == ["https://i.test/1/1.jpg", "https://i.test/1/2.jpg"]
    assert [photo.rank for photo in found.photos] == [0, 1]
    (variant,) = found.variants
    assert (variant.sku, variant.quantity, variant.price) == (
        "SKU-1",
        5,
        Money(amount=Decimal("19.99"), currency="EUR"),
    )
    assert (found.channel.category_id, found.channel.policies) == ("1062", {"shipping_profile_id": "55"})


def test_products_become_variants_with_their_options() -> None:
    found = mapped(
        with_products(
            *(
                product(n, property_values=[option("Size", size), option("Colour", colour)])
                for n, (size, colour) in enumerate([("S", "Red"), ("S", "Blue"), ("M", "Red")])
            ),
            product(9, is_deleted=True),
        )
    )
    assert [(o.name, o.values) for o in found.options] == [("Size", ("S", "M")), ("Colour", ("Red", "Blue"))]
    assert len(found.variants) == 3
    assert found.buried_variants is None


def test_quantity_unknown_is_not_zero() -> None:
    for payload in (
        listing(inventory=None),
        listing(inventory={"products": []}),
        with_products(product(offerings=[])),
        with_products(product(offerings=[{"quantity": "5"}])),
    ):
        found = mapped(payload)
        assert found.variants[0].quantity is None
        assert NoteCode.QUANTITY_UNKNOWN in codes(found)
        assert evidence(payload).variants[0].quantity is None
    zero = with_products(product(offerings=[{"quantity": 0}]))
    assert mapped(zero).variants[0].quantity == evidence(zero).variants[0].quantity == 0


@pytest.mark.parametrize(
    ("price", "code"),
    [
        (None, NoteCode.PRICE_MISSING),
        ({"amount": 19.99, "divisor": 1, "currency_code": "EUR"}, NoteCode.PRICE_MISSING),
        ({"amount": 1999, "divisor": 0, "currency_code": "EUR"}, NoteCode.PRICE_MISSING),
        ({"amount": True, "divisor": 100, "currency_code": "EUR"}, NoteCode.PRICE_MISSING),
        ({"amount": 10**18, "divisor": 1, "currency_code": "EUR"}, NoteCode.PRICE_MISSING),
        ({"amount": 1999, "divisor": 100}, NoteCode.CURRENCY_MISSING),
        ({"amount": 1999, "divisor": 100, "currency_code": "eur"}, NoteCode.CURRENCY_MISSING),
        ({"amount": 1999, "divisor": 100, "currency_code": "A1B"}, NoteCode.CURRENCY_MISSING),
    ],
)
def test_a_price_without_amount_or_currency_is_a_blocker(price: Any, code: NoteCode) -> None:
    found = mapped(with_products(product(offerings=[{"quantity": 1, "price": price}])))
    assert found.variants[0].price is None
    assert [note.severity for note in found.notes if note.code is code] == [Severity.BLOCKER]


def test_another_currency_than_the_accounts_is_remarked() -> None:
    found = ETSY.to_listing(RawListing("1", listing()), AccountSettings(currency="USD"))
    assert NoteCode.CURRENCY_DIFFERS in codes(found)


def test_skus_missing_and_twice() -> None:
    found = mapped(with_products(product(1, sku=""), product(2, sku=" X "), product(3, sku="X")))
    assert [variant.sku for variant in found.variants] == [None, "X", "X"]
    severities = {note.code: note.severity for note in found.notes}
    assert severities[NoteCode.SKU_MISSING] is Severity.WARNING
    assert severities[NoteCode.SKU_DUPLICATE] is Severity.BLOCKER


@pytest.mark.parametrize(
    ("text", "name", "values"),
    [
        ("Sizes: S, M and L", "Size", ("S", "M", "L")),
        ("available in red, blue or green.", "Option", ("red", "blue", "green")),
        ("Choose from the colours: Red / Blue", "Color", ("Red", "Blue")),
        ("Please note S / M / L in your order", "Size", ("S", "M", "L")),
        (
            "choose your scent: lavender, orange & clove and cedar.",
            "Scent",
            ("lavender", "orange & clove", "cedar"),
        ),
        ("Farben: Rot, Blau", "Color", ("Rot", "Blau")),
    ],
)
def test_variants_in_text_are_found_with_their_evidence(
    text: str, name: str, values: tuple[str, ...]
) -> None:
    found = mapped(listing(description=f"Nice.\n{text}\nThanks."))
    assert found.buried_variants is not None
    assert (found.buried_variants.option_name, found.buried_variants.values) == (name, values)
    assert values[0] in found.buried_variants.evidence
    assert NoteCode.VARIANTS_IN_TEXT in codes(found)
    structured = with_products(product(property_values=[option("Size", "S")]))
    assert mapped({**structured, "description": text}).buried_variants is None


@pytest.mark.parametrize(
    "text",
    [
        "Available in stores and online.",
        "Size: 30 x 40 cm",
        "Black and white photograph, ready to hang.",
        "Colour: blue",
        "We ship to the UK, US, and Canada.",
        "Ultra-stylish black and red striped silk blouse with buckle collar and matching button pants.",
        "",
    ],
)
def test_ordinary_text_is_no_list_of_variants(text: str) -> None:
    assert mapped(listing(description=text)).buried_variants is None


def test_titles_are_unescaped_and_markup_goes() -> None:
    found = mapped(
        listing(
            title="Linen &amp; Clay &#39;Mug&#39; &lt;3",
            description="<p>One &amp; two</p><script>alert(1)</script>&lt;img src=x onerror=y&gt;\x00three",
        )
    )
    assert found.title == "Linen & Clay 'Mug' <3"
    assert found.description == "One & two\nthree"
    assert NoteCode.HTML_STRIPPED in codes(found)


def test_a_long_title_is_shortened_and_a_missing_one_replaced() -> None:
    found = mapped(listing(title="x" * 400))
    assert (len(found.title), codes(found)) == (255, {NoteCode.TITLE_SHORTENED})
    assert mapped(listing(title=None)).title == "Etsy listing 1001"


def test_an_unpublished_or_unknown_state() -> None:
    assert NoteCode.NOT_PUBLISHED in codes(mapped(listing(state="draft")))
    assert mapped(listing(state="vanished")).channel.state is ListingState.UNKNOWN
    assert evidence(listing(state=None)).state is ListingState.UNKNOWN


def test_photos_without_an_address_are_dropped_and_remarked() -> None:
    images = [
        {"rank": 1},
        {"url_fullxfull": "javascript:x", "rank": 2},
        None,
        {"url_fullxfull": "https://i.test/a?b=1&copy=2"},
    ]
    found = mapped(listing(images=images))
    assert [photo.url for photo in found.photos] == ["https://i.test/a?b=1&copy=2"]
    assert NoteCode.FIELD_DROPPED in codes(found)


def test_two_thousand_and_forty_eight_variants() -> None:
    rows = [product(n, property_values=[option("Size", str(n))]) for n in range(2_048)]
    found = mapped(with_products(*rows))
    assert (len(found.variants), found.notes) == (2_048, ())
    more = mapped(with_products(*rows, product(9999)))
    assert len(more.variants) == 2_048
    assert [note.severity for note in more.notes] == [Severity.BLOCKER]


def test_renumbered_ids_change_nothing_that_identifies() -> None:
    payload = with_products(
        *(product(n, property_values=[option("Size", size)]) for n, size in enumerate("SML"))
    )
    renumbered = copy.deepcopy(payload)
    for row in renumbered["inventory"]["products"]:
        row["product_id"] += 5_000
        row["offerings"][0]["offering_id"] += 5_000
    before, after = mapped(payload), mapped(renumbered)
    assert [(v.sku, v.signature) for v in before.variants] == [(v.sku, v.signature) for v in after.variants]
    assert evidence(payload) == evidence(renumbered)


def test_the_evidence_agrees_with_the_mapper_and_shares_nothing_with_it() -> None:
    payload = with_products(
        *(
            product(n, sku=f" K{n}&amp; ", property_values=[option("Gr&ouml;&szlig;e", f" {size}  cm ")])
            for n, size in enumerate("SML")
        )
    ) | {"title": "👨‍👩‍👧 &quot;Set&quot;"}
    seen, found = evidence(payload), mapped(payload)
    assert seen.title == found.title
    assert seen.photos == tuple(photo.url for photo in found.photos)
    assert [(v.signature, v.quantity, v.price) for v in seen.variants] == [
        (v.signature, v.quantity, v.price) for v in found.variants
    ]
    assert [v.sku for v in seen.variants] == [v.sku for v in found.variants]
