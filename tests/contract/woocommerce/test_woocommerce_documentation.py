"""What WooCommerce documents is what the adapter sends, what it understands, and what the sandbox answers."""

import re
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from support.marketplace_shop import NOW
from support.woocommerce_docs import AUTHENTICATION, INTRODUCTION, PRODUCTS, VARIATIONS, Documentation
from support.woocommerce_seller import OAUTH, WooCommerceSeller
from support.woocommerce_shop import refusal, sized, world

from truestock.contracts.listing import CanonicalListing, ListingState, NoteCode
from truestock.contracts.values import Money
from truestock.marketplaces import registry
from truestock.marketplaces.authorization import Application
from truestock.marketplaces.interface import AccountSettings, Gone, PermanentRefusal, RawListing
from truestock.marketplaces.text import without_markup
from truestock.marketplaces.woocommerce.listing_calls import PRODUCT_FIELDS, VARIATION_FIELDS
from truestock.marketplaces.woocommerce.wire import WooCommerceWire

WOOCOMMERCE = registry.get("woocommerce")
USD = AccountSettings(currency="USD")
LIST = {
    "/wp-json/wc/v3/products": (PRODUCTS, "List all products"),
    "/wp-json/wc/v3/products/<product_id>/variations": (VARIATIONS, "List all product variations"),
}
UNDOCUMENTED_HERE = {
    "/wp-json/",
    "/wp-json/wc/v3/system_status",
    "/wp-json/wc/v3/settings/products/woocommerce_manage_stock",
    "/wp-json/wc/v3/data/currencies/current",
}
"""Operations that the four files do not describe: they have chapters of their own, or are WordPress's."""
EVERYWHERE = {"_fields"}
"""Parameters that WordPress gives every operation (REST API Handbook, global parameters)."""
LATER = {"global_unique_id", "brands"}
"""Properties that WooCommerce got after these files (9.2 and 9.6)."""
TYPES: dict[str, tuple[type, ...]] = {
    "integer": (int,),
    "string": (str,),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "date-time": (str,),
}
SAMPLES_SAY_OTHERWISE = {"shipping_class_id"}
"""A variation's is documented as a string, and an integer in every sample."""


def mapped(product: dict[str, Any], variations: list[dict[str, Any]]) -> CanonicalListing:
    """The canonical listing, after seeing that the evidence agrees with it."""
    payload = {"currency": "USD", "product": product, "variations": variations}
    raw = RawListing(str(product["id"]), payload)
    found, seen = WOOCOMMERCE.to_listing(raw, USD), WOOCOMMERCE.evidence(raw)
    assert (seen.title, seen.state) == (found.title, found.channel.state)
    assert seen.photos == tuple(photo.url for photo in found.photos)
    assert [(v.sku, v.signature, v.quantity, v.price) for v in seen.variants] == [
        (v.sku, v.signature, v.quantity, v.price) for v in found.variants
    ]
    return found


def _money(price: str) -> Money | None:
    return Money(amount=Decimal(price), currency="USD") if price else None


def test_every_documented_product_is_the_right_listing(documentation: Documentation) -> None:
    products = list(documentation.objects(PRODUCTS))
    assert len(products) >= 10
    for product in products:
        found = mapped(product, [])
        assert (found.listing_id, found.title, found.url) == (
            str(product["id"]),
            product["name"],
            product["permalink"],
        )
        assert found.channel.state is ListingState.ACTIVE
        assert found.channel.listing_format == product["type"]
        assert found.channel.category_id == str(product["categories"][0]["id"])
        names = tuple(one["name"] for one in product["categories"])
        assert found.channel.specifics["categories"] == names
        assert [photo.url for photo in found.photos] == [one["src"] for one in product["images"]]
        assert found.description == without_markup(product["description"] or product["short_description"])[0]
        assert "<" not in found.description
        (variant,) = found.variants
        assert variant.price == _money(product["price"])
        assert (variant.sku, variant.quantity) == (None, None)
        codes = {note.code for note in found.notes}
        assert {NoteCode.SKU_MISSING, NoteCode.QUANTITY_UNKNOWN} <= codes
        text = product["description"] or product["short_description"]
        assert (NoteCode.HTML_STRIPPED in codes) is ("<" in text)
        assert (NoteCode.PRICE_MISSING in codes) is (product["price"] == "")


def test_every_documented_variation_is_the_right_variant(documentation: Documentation) -> None:
    variations = list(documentation.objects(VARIATIONS))
    assert len(variations) >= 8
    parent = next(one for one in documentation.objects(PRODUCTS) if one["type"] == "variable")
    for row in variations:
        found = mapped(parent, [row])
        (variant,) = found.variants
        assert variant.external_id == str(row["id"])
        assert variant.price == _money(row["price"])
        assert variant.quantity is None
        assert [(one.name, one.value) for one in variant.options] == [
            (one["name"], one["option"]) for one in row["attributes"]
        ]
        shown = [photo.url for photo in found.photos]
        assert (row["image"]["src"] in shown) is (row["image"]["id"] != 0)
        assert variant.enabled


def test_the_documented_list_of_variations_makes_one_listing(documentation: Documentation) -> None:
    (rows,) = [one for one in documentation.samples(VARIATIONS) if isinstance(one, list)]
    parent = next(one for one in documentation.objects(PRODUCTS) if one["type"] == "variable")
    found = mapped(parent, rows)
    assert [(option.name, option.values) for option in found.options] == [("Color", ("Green", "Black"))]
    assert {variant.price for variant in found.variants} == {_money("9.00")}
    assert any("any Size" in note.message for note in found.notes)
    assert len(found.photos) == len(parent["images"]) + 2


def test_the_documented_errors_have_a_class(documentation: Documentation) -> None:
    classes = {}
    for body in documentation.samples(INTRODUCTION):
        answer = httpx.Response(body["data"]["status"], json=body)
        classes[body["code"]] = type(WooCommerceWire().error(answer, NOW))
    assert classes == {"rest_no_route": PermanentRefusal, "woocommerce_rest_term_invalid": Gone}


def test_the_documented_keys_are_taken_and_the_consent_page_gets_its_parameters(
    documentation: Documentation,
) -> None:
    (sample,) = documentation.samples(AUTHENTICATION)
    posted = OAUTH.posted(sample)
    assert (posted.state, posted.answer.scopes) == (str(sample["user_id"]), ("read", "write"))
    assert posted.answer.access_token == f"{sample['consumer_key']}:{sample['consumer_secret']}"
    assert "/wc-auth/v1/authorize" in documentation.files[AUTHENTICATION]
    section = documentation.files[AUTHENTICATION].partition("#### URL parameters ####")[2]
    asked = re.findall(r"^\|\s*`(\w+)`", section, re.MULTILINE)
    query = dict(parse_qsl(urlsplit(_consent_url()).query))
    assert set(query) == set(asked)
    assert query["scope"] in ("read", "write", "read_write")


def _consent_url() -> str:
    app = Application(
        client_id="Truestock",
        redirect_uri="",
        authorize_url=OAUTH.authorize_url,
        token_url=OAUTH.token_url,
        api_url=WOOCOMMERCE.api_url,
    )
    return OAUTH.consent_url(
        app, state="s", challenge="", store="https://a.test", callback_url="https://b.test/x/callback"
    )


async def _requests() -> list[httpx.Request]:
    """Everything that the adapter can send."""
    shop = world(120)
    shop.listings.append(sized(500, 130))
    adapter, api = shop.api()
    await adapter.account(api)
    await adapter.granted_scopes(api)
    await adapter.check(api)
    await adapter.settings(api)
    page = await adapter.page(api, None)
    await adapter.page(api, page.next_cursor)
    await adapter.read(api, [raw.listing_id for raw in page.raws])
    return shop.requests


def _operation(request: httpx.Request) -> str:
    return re.sub(r"/products/\d+/", "/products/<product_id>/", request.url.path.removeprefix("/shop"))


async def test_every_request_is_documented_with_its_parameters(documentation: Documentation) -> None:
    requests = await _requests()
    assert {request.method for request in requests} == {"GET"}
    assert {_operation(request) for request in requests} == {*LIST, *UNDOCUMENTED_HERE}
    for request in requests:
        operation = _operation(request)
        if operation in UNDOCUMENTED_HERE:
            assert set(request.url.params) <= EVERYWHERE
            continue
        name, section = LIST[operation]
        assert f"<h6>{operation.replace('<', '&lt;').replace('>', '&gt;')}</h6>" in documentation.files[name]
        known = documentation.table(name, "Available parameters", after=section)
        for parameter, value in request.url.params.items():
            if parameter in EVERYWHERE:
                continue
            kind, text = known[parameter]
            assert kind != "integer" or value.isdigit()
            options = re.search(r"Options: (.*?)\.", text)
            if options:
                assert f"`{value}`" in options[1], f"{parameter}={value}"


def test_the_properties_that_are_asked_for_exist(documentation: Documentation) -> None:
    for fields, name, title in (
        (PRODUCT_FIELDS, PRODUCTS, "Product properties"),
        (VARIATION_FIELDS, VARIATIONS, "Product variation properties"),
    ):
        unknown = set(fields.split(",")) - set(documentation.table(name, title))
        assert unknown <= LATER


async def test_the_sandbox_answers_in_the_documented_shapes(
    documentation: Documentation, seller: WooCommerceSeller
) -> None:
    product = documentation.table(PRODUCTS, "Product properties")
    variation = documentation.table(VARIATIONS, "Product variation properties")
    image = documentation.table(PRODUCTS, "Product - Images properties")
    attribute = documentation.table(PRODUCTS, "Product - Attributes properties")
    key, _, secret = (await seller.keys()).partition(":")
    url = f"{seller.store()}/wp-json/wc/v3/products"
    seen = 0
    for page in (1, 2, 3):
        answer = await seller.http.get(url, params={"per_page": 100, "page": page}, auth=(key, secret))
        for row in answer.json():
            seen += 1
            _conforms(row, product)
            for one in row["images"]:
                _conforms(one, image)
            for one in row["attributes"]:
                _conforms(one, attribute)
            if row["type"] == "variable" and seen % 10 == 0:
                rows = await seller.http.get(f"{url}/{row['id']}/variations", auth=(key, secret))
                for one in rows.json():
                    _conforms(one, variation)
    assert seen == 300


def _conforms(row: dict[str, Any], table: dict[str, tuple[str, str]]) -> None:
    assert set(table) - set(row) == set()
    assert set(row) - set(table) <= {*LATER, "_links"}
    for name, (kind, _) in table.items():
        value = row[name]
        if value is not None and name not in SAMPLES_SAY_OTHERWISE:
            assert type(value) in TYPES[kind], f"{name} is {value!r}, not {kind}"


@pytest.mark.parametrize("auth", [None, ("ck_none", "cs_none")])
async def test_the_sandbox_refuses_as_wordpress_does(
    documentation: Documentation, seller: WooCommerceSeller, auth: tuple[str, str] | None
) -> None:
    answer = await seller.http.get(f"{seller.store()}/wp-json/wc/v3/products", auth=auth)
    sample = documentation.samples(INTRODUCTION)[0]
    assert set(answer.json()) == set(sample)
    assert answer.json()["data"] == {"status": answer.status_code}
    assert set(refusal(401, "x").json()) == set(sample)
