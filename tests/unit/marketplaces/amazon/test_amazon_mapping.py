"""The Amazon mapper, and the evidence that checks it."""

import copy
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.amazon_shop import FRANCE, GERMANY, family, item, value

from truestock.contracts.listing import CanonicalListing, Evidence, ListingState, NoteCode
from truestock.contracts.values import Money, Severity
from truestock.marketplaces import registry
from truestock.marketplaces.interface import AccountSettings, RawListing

AMAZON = registry.get("amazon")
GERMAN = AccountSettings(currency="EUR", site="www.amazon.de")


def raw(one: Any, children: Any = ()) -> RawListing:
    payload = {"marketplaceId": GERMANY, "item": one, "children": list(children)}
    return RawListing("SKU-1", payload)


def mapped(one: Any, children: Any = ()) -> CanonicalListing:
    return AMAZON.to_listing(raw(one, children), GERMAN)


def evidence(one: Any, children: Any = ()) -> Evidence:
    return AMAZON.evidence(raw(one, children))


def codes(found: CanonicalListing) -> set[NoteCode]:
    return {note.code for note in found.notes}


def with_attributes(**attributes: Any) -> dict[str, Any]:
    one = item()
    one["attributes"] |= attributes
    return one


def with_summary(**changes: Any) -> dict[str, Any]:
    one = item()
    one["summaries"][0] |= changes
    return one


def agree(one: Any, children: Any = ()) -> CanonicalListing:
    """The listing, once its evidence shows the same."""
    found, seen = mapped(one, children), evidence(one, children)
    assert seen.photos == tuple(photo.url for photo in found.photos)
    assert seen.state == found.channel.state
    assert [(v.sku, v.signature, v.quantity, v.price) for v in seen.variants] == [
        (v.sku, v.signature, v.quantity, v.price) for v in found.variants
    ]
    if NoteCode.TITLE_MISSING not in codes(found):
        assert seen.title == found.title
    return found


def test_an_ordinary_item_maps_without_remarks() -> None:
    found = agree(item())
    assert found.notes == ()
    assert [photo.url for photo in found.photos] == ["https://i.test/1/1.jpg", "https://i.test/1/2.jpg"]
    (variant,) = found.variants
    assert (variant.sku, variant.external_id, variant.quantity, variant.price) == (
        "SKU-1",
        "SKU-1",
        5,
        Money(amount=Decimal("19.99"), currency="EUR"),
    )
    assert (found.title, found.description, found.brand) == ("Mug No. 1", "A mug.", "Linen & Clay")
    assert found.url == "https://www.amazon.de/dp/B000000001"
    assert (found.channel.category_id, found.channel.condition) == ("CUP", "new_new")
    assert found.channel.specifics == {"asin": ("B000000001",)}


def test_children_become_variants_with_the_options_of_the_theme() -> None:
    parent, *children = family(1, 3, ("size", "color_name"))
    found = agree(parent, children)
    assert [(o.name, o.values) for o in found.options] == [
        ("Size", ("size 0", "size 1", "size 2")),
        ("Color name", ("color_name 0", "color_name 1", "color_name 2")),
    ]
    assert [variant.sku for variant in found.variants] == ["SKU-1-0", "SKU-1-1", "SKU-1-2"]
    assert found.notes == ()
    assert found.channel.state is ListingState.ACTIVE, "a family can be bought when a child can"


def test_variants_that_amazon_no_longer_knows_are_remarked() -> None:
    parent, *children = family(1, 3)
    found = agree(parent, children[:2])
    assert [(note.code, note.severity) for note in found.notes] == [
        (NoteCode.FIELD_DROPPED, Severity.WARNING)
    ]
    alone = agree(parent)
    assert (alone.variants[0].sku, alone.variants[0].quantity) == ("SKU-1", None)


def test_a_child_alone_keeps_its_options() -> None:
    child = family(1, 2)[1]
    assert [(o.name, o.value) for o in agree(child).variants[0].options] == [("Size", "size 0")]


def test_an_option_without_a_value_is_remarked() -> None:
    parent, child = family(1, 1)
    del child["attributes"]["size"]
    assert NoteCode.FIELD_DROPPED in codes(agree(parent, [child]))


@pytest.mark.parametrize(
    ("attribute", "shown"),
    [
        (value(38), "38"),
        (value(7.5), "7.5"),
        (value(30, unit="centimeters"), "30 centimeters"),
        (value("Gr&uuml;n"), "Grün"),
        ([{"size_system": "as4", "size": "xl", "marketplace_id": GERMANY}], "as4 xl"),
        ([{"size": [{"value": "7"}], "marketplace_id": GERMANY}], "7"),
        ([{"value": "petit", "marketplace_id": FRANCE}, *value("klein")], "klein"),
    ],
)
def test_values_of_attributes_have_many_shapes(attribute: Any, shown: str) -> None:
    parent, child = family(1, 1)
    child["attributes"]["size"] = attribute
    assert agree(parent, [child]).variants[0].options[0].value == shown


@pytest.mark.parametrize(
    ("availability", "quantity", "said"),
    [
        (None, None, "not said"),
        ([], None, "not said"),
        ([{"fulfillmentChannelCode": "DEFAULT"}], None, "not said"),
        ([{"fulfillmentChannelCode": "DEFAULT", "quantity": "5"}], None, "not said"),
        ([{"fulfillmentChannelCode": "DEFAULT", "quantity": -1}], None, "not said"),
        ([{"fulfillmentChannelCode": "AMAZON_EU", "quantity": 80}], None, "Fulfilled by Amazon"),
        ([{"fulfillmentChannelCode": "AMAZON_NA"}], None, "Fulfilled by Amazon"),
        ([{"fulfillmentChannelCode": "DEFAULT", "quantity": 0}], 0, ""),
        (
            [
                {"fulfillmentChannelCode": "AMAZON_EU", "quantity": 80},
                {"fulfillmentChannelCode": "DEFAULT", "quantity": 3},
            ],
            3,
            "",
        ),
    ],
)
def test_only_the_sellers_own_channel_is_stock(availability: Any, quantity: int | None, said: str) -> None:
    found = agree(item(fulfillmentAvailability=availability))
    assert found.variants[0].quantity == quantity
    notes = [note for note in found.notes if note.code is NoteCode.QUANTITY_UNKNOWN]
    assert [(note.severity, said in note.message) for note in notes] == (
        [] if quantity is not None else [(Severity.WARNING, True)]
    )


def offer(amount: Any = "10.00", currency: Any = "EUR", **changes: Any) -> dict[str, Any]:
    price = {"currencyCode": currency, "amount": amount}
    return {"marketplaceId": GERMANY, "offerType": "B2C", "price": price, **changes}


SENT = [
    {"currency": "EUR", "our_price": [{"schedule": [{"value_with_tax": 12.5}]}], "marketplace_id": GERMANY}
]


@pytest.mark.parametrize(
    ("offers", "sent", "price"),
    [
        ([offer()], SENT, "10.00"),
        ([offer("8.00", offerType="B2B"), offer()], [], "10.00"),
        ([offer("8.00", marketplaceId=FRANCE), offer()], [], "10.00"),
        ([offer(None)], SENT, "12.5"),
        ([], [{**SENT[0], "audience": "B2B"}], None),
        (None, SENT, "12.5"),
        ([], None, None),
    ],
)
def test_the_price_is_the_live_offers_else_the_one_sent(offers: Any, sent: Any, price: str | None) -> None:
    found = agree(item(offers=offers, attributes={"purchasable_offer": sent}))
    expected = None if price is None else Money(amount=Decimal(price), currency="EUR")
    assert found.variants[0].price == expected


@pytest.mark.parametrize(
    ("amount", "currency", "code"),
    [
        (None, "EUR", NoteCode.PRICE_MISSING),
        ("ten", "EUR", NoteCode.PRICE_MISSING),
        (True, "EUR", NoteCode.PRICE_MISSING),
        ("-1", "EUR", NoteCode.PRICE_MISSING),
        ("9" * 20, "EUR", NoteCode.PRICE_MISSING),
        ("10.00", None, NoteCode.CURRENCY_MISSING),
        ("10.00", "eur", NoteCode.CURRENCY_MISSING),
    ],
)
def test_a_price_without_amount_or_currency_is_a_blocker(amount: Any, currency: Any, code: NoteCode) -> None:
    found = agree(item(offers=[offer(amount, currency)]))
    assert found.variants[0].price is None
    assert [note.severity for note in found.notes if note.code is code] == [Severity.BLOCKER]


def test_another_currency_than_the_accounts_is_remarked() -> None:
    found = AMAZON.to_listing(raw(item()), AccountSettings(currency="PLN"))
    assert NoteCode.CURRENCY_DIFFERS in codes(found)


def test_the_same_sku_twice_is_a_blocker() -> None:
    parent, child = family(1, 1)
    found = mapped(parent, [child, child])
    assert [note.severity for note in found.notes if note.code is NoteCode.SKU_DUPLICATE] == [
        Severity.BLOCKER
    ]


@pytest.mark.parametrize(
    ("identifiers", "gtin"),
    [
        (value("4006381333931", type="ean"), "4006381333931"),
        (value("B000000001", type="asin"), None),
        (value("exempt", type="ean"), None),
    ],
)
def test_a_gtin_is_carried(identifiers: Any, gtin: str | None) -> None:
    found = mapped(with_attributes(externally_assigned_product_identifier=identifiers))
    assert found.variants[0].gtin == gtin


def test_texts_are_plain_and_the_sent_title_stands_in() -> None:
    found = agree(with_summary(itemName="Linen &amp; Clay &#39;Mug&#39; &lt;3"))
    assert found.title == "Linen & Clay 'Mug' <3"
    one = with_attributes(
        item_name=value("Sent"), product_description=value("<p>One</p><script>x</script>two")
    )
    one["summaries"] = []
    found = agree(one)
    assert (found.title, found.description) == ("Sent", "One\ntwo")
    assert NoteCode.HTML_STRIPPED in codes(found)
    assert mapped(with_summary(itemName=None)).title == "Amazon listing SKU-1"
    assert (len(agree_long().title), codes(agree_long())) == (255, {NoteCode.TITLE_SHORTENED})


def agree_long() -> CanonicalListing:
    return mapped(with_summary(itemName="x" * 400))


def test_variants_in_text_are_found_where_there_is_no_family() -> None:
    text = value("Sizes: S, M and L")
    found = mapped(with_attributes(product_description=text))
    assert found.buried_variants is not None
    assert NoteCode.VARIANTS_IN_TEXT in codes(found)
    parent, *children = family(1, 2)
    parent["attributes"]["product_description"] = text
    assert mapped(parent, children).buried_variants is None


def test_what_is_not_for_sale_says_why() -> None:
    one = with_summary(status=["DISCOVERABLE"])
    actions = [{"action": "LISTING_SUPPRESSED"}]
    one["issues"] = [
        {"code": "18155", "enforcements": {"actions": actions}, "marketplaceIds": [GERMANY]},
        {"code": "18742", "enforcements": {"actions": actions}, "marketplaceIds": [FRANCE]},
        {"code": "90220", "severity": "ERROR"},
    ]
    found = agree(one)
    assert found.channel.state is ListingState.INACTIVE
    (note,) = found.notes
    assert (note.code, note.message.endswith("Amazon suppresses it: 18155.")) == (
        NoteCode.NOT_PUBLISHED,
        True,
    )
    assert agree(item(summaries=None)).channel.state is ListingState.UNKNOWN


def test_a_parent_without_images_shows_its_childrens_main_ones() -> None:
    parent, *children = family(1, 3)
    children[2]["summaries"][0]["mainImage"] = {"link": "https://i.test/other.jpg"}
    parent["summaries"][0]["mainImage"] = None
    parent["attributes"] = {}
    found = agree(parent, children)
    assert [photo.url for photo in found.photos] == ["https://i.test/1/1.jpg", "https://i.test/other.jpg"]


def test_photos_without_an_address_are_dropped_and_remarked() -> None:
    one = with_attributes(
        main_product_image_locator=[{"media_location": "https://i.test/sent.jpg"}],
        other_product_image_locator_1=[{"media_location": "javascript:x"}],
        other_product_image_locator_8=[{"media_location": "https://i.test/8.jpg"}],
    )
    one["summaries"][0]["mainImage"] = None
    found = mapped(one)
    assert [photo.url for photo in found.photos] == ["https://i.test/sent.jpg", "https://i.test/8.jpg"]
    assert codes(found) == {NoteCode.FIELD_DROPPED}


def test_specifics_keep_amazons_words() -> None:
    found = mapped(
        with_attributes(
            bullet_point=[*value("Hand made"), *value("Dishwasher safe")],
            capacity=value(0.3, unit="liters"),
            is_fragile=value(True),
            merchant_shipping_group=value("standard"),
        )
    )
    assert found.channel.policies == {"merchant_shipping_group": "standard"}
    assert found.channel.specifics == {
        "asin": ("B000000001",),
        "bullet_point": ("Hand made", "Dishwasher safe"),
        "capacity": ("0.3 liters",),
        "is_fragile": ("yes",),
    }


def test_two_thousand_and_forty_eight_variants() -> None:
    parent, *children = family(1, 2_048)
    found = agree(parent, children)
    assert (len(found.variants), found.notes) == (2_048, ())
    more = mapped(parent, [*children, item(2)])
    assert len(more.variants) == 2_048
    assert [note.severity for note in more.notes] == [Severity.BLOCKER]


def test_renumbered_asins_change_nothing_that_identifies() -> None:
    parent, *children = family(1, 3)
    renumbered = copy.deepcopy([parent, *children])
    for one in renumbered:
        one["summaries"][0]["asin"] = "B0CHANGED1"
    before, after = mapped(parent, children), mapped(renumbered[0], renumbered[1:])
    assert before.variants == after.variants
    assert evidence(parent, children) == evidence(renumbered[0], renumbered[1:])


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
odd_rows = st.lists(
    json_values
    | st.dictionaries(
        st.sampled_from(
            [
                "marketplaceId",
                "offerType",
                "price",
                "status",
                "itemName",
                "mainImage",
                "relationships",
                "type",
                "asin",
                "fulfillmentChannelCode",
                "quantity",
                "value",
                "unit",
                "media_location",
                "our_price",
                "audience",
            ]
        ),
        json_values,
    ),
    max_size=3,
)


@given(
    st.dictionaries(st.sampled_from(list(item())), json_values | odd_rows),
    st.dictionaries(st.text(max_size=8), json_values),
    json_values | odd_rows,
)
def test_no_payload_makes_the_mapper_or_the_evidence_fail(
    odd: dict[str, Any], unknown: dict[str, Any], children: Any
) -> None:
    one = {**unknown, **item(), **odd}
    for payload in (
        {"marketplaceId": GERMANY, "item": one, "children": children},
        {"marketplaceId": children, "item": children, "children": [one]},
        unknown,
    ):
        AMAZON.to_listing(RawListing("SKU-1", payload), GERMAN).model_dump_json()
        AMAZON.evidence(RawListing("SKU-1", payload)).model_dump_json()


@given(
    st.dictionaries(
        st.sampled_from(
            [
                "size",
                "brand",
                "item_name",
                "purchasable_offer",
                "product_description",
                "main_product_image_locator",
                "other_product_image_locator_1",
                "bullet_point",
                "externally_assigned_product_identifier",
            ]
        ),
        json_values | odd_rows,
    ),
    st.lists(json_values, max_size=3),
)
def test_no_attribute_and_no_theme_does_either(odd: dict[str, Any], theme: list[Any]) -> None:
    parent, *children = family(1, 2)
    parent["relationships"][0]["relationships"][0]["variationTheme"]["attributes"] = ["size", *theme]
    for one in (parent, *children):
        one["attributes"] |= odd
    mapped(parent, children).model_dump_json()
    evidence(parent, children).model_dump_json()
