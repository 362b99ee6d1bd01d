"""Amazon's listings items in the sandbox: families, SKUs, pages, limits and changes."""

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from support.amazon_seller import AmazonSeller

from truestock.sandbox.amazon.limits import Limiter, Limits
from truestock.sandbox.amazon.marketplace import Amazon
from truestock.sandbox.amazon.stocking import adapt, theme
from truestock.sandbox.app import build
from truestock.sandbox.catalog import Catalog, Photo, Product, Variant, generate
from truestock.sandbox.settings import Settings

BASE = "http://sandbox.test"
MUG = Product(
    "mug", "Mug", "<p>A mug.</p>", (Variant(sku="M-1", quantity=4, price=Decimal("9.5")),), vendor="Clay"
)
SHIRT = Product(
    "shirt",
    "Shirt",
    "",
    (
        Variant(values=("S", "Red"), quantity=2, price=Decimal(20), gtin="4006381333931"),
        Variant(values=("M", "Red"), sku="S-M", quantity=None, price=Decimal(21)),
        Variant(values=("L", "Red"), sku="S-M", quantity=0, price=Decimal(21)),
    ),
    option_names=("Size", "Colour"),
)


@pytest.fixture
async def amazon() -> AsyncIterator[AmazonSeller]:
    """An application that the first seller authorized; the mug is the oldest."""
    settings = Settings(base=BASE, per_second=10_000)
    app = build(settings, Catalog((SHIRT, MUG)), rooms={"amazon": Amazon})
    async with AmazonSeller(app, BASE) as seller:
        await seller.login("main")
        yield seller


async def items(amazon: AmazonSeller, **params: Any) -> list[Any]:
    included = "summaries,attributes,offers,fulfillmentAvailability,relationships,productTypes"
    answer = await amazon.items(
        includedData=included, sortBy="createdDate", sortOrder="ASC", pageSize=20, **params
    )
    assert answer.status_code == 200, answer.text
    found: list[Any] = answer.json()["items"]
    return found


async def test_a_product_with_options_is_a_parent_with_children(amazon: AmazonSeller) -> None:
    mug, parent, *children = await items(amazon)
    assert mug["sku"] == "M-1"
    assert mug["relationships"][0]["relationships"] == []
    (family,) = parent["relationships"][0]["relationships"]
    assert family["childSkus"] == [child["sku"] for child in children]
    assert family["variationTheme"]["attributes"] == ["size", "colour"]
    assert (parent["offers"], parent["fulfillmentAvailability"]) == ([], [])
    for child, size in zip(children, "SML", strict=True):
        assert child["relationships"][0]["relationships"][0]["parentSkus"] == [parent["sku"]]
        assert child["attributes"]["size"][0]["value"] == size
    assert await items(amazon, variationParentSku=parent["sku"]) == children


async def test_everything_has_a_sku_of_its_own_and_keeps_it(amazon: AmazonSeller) -> None:
    found = await items(amazon)
    skus = [item["sku"] for item in found]
    assert len(set(skus)) == len(skus) == 5
    assert [sku.startswith("OWN-") for sku in skus] == [False, True, True, False, True], "S-M was taken"
    again = build(Settings(base=BASE), Catalog((SHIRT, MUG)), rooms={"amazon": Amazon})
    async with AmazonSeller(again, BASE) as other:
        await other.login("main")
        assert [item["sku"] for item in await items(other)] == skus
    edit = {"sku": "NEW", "quantity": 7}
    path = f"/accounts/amazon:{amazon.seller}/listings/M-1/edits"
    await amazon.control("POST", path, json=edit)
    (mug,) = await items(amazon, identifiers="M-1", identifiersType="SKU")
    assert mug["fulfillmentAvailability"] == [{"fulfillmentChannelCode": "DEFAULT", "quantity": 7}]


async def test_what_the_seller_does_not_count_lies_at_amazon(amazon: AmazonSeller) -> None:
    _, _, small, medium, large = await items(amazon)
    assert small["fulfillmentAvailability"][0]["fulfillmentChannelCode"] == "DEFAULT"
    assert medium["fulfillmentAvailability"][0]["fulfillmentChannelCode"] == "AMAZON_NA"
    assert [one["summaries"][0]["status"] for one in (small, medium, large)] == [
        ["BUYABLE", "DISCOVERABLE"],
        ["BUYABLE", "DISCOVERABLE"],
        ["DISCOVERABLE"],
    ]
    identifiers = small["attributes"]["externally_assigned_product_identifier"]
    assert (identifiers[0]["type"], identifiers[0]["value"]) == ("ean", "4006381333931")


async def test_renumbering_gives_new_asins_and_keeps_the_skus(amazon: AmazonSeller) -> None:
    before = {item["sku"]: item["summaries"][0]["asin"] for item in await items(amazon)}
    await amazon.control(
        "POST", "/faults", json={"kind": "renumber_variants", "account": f"amazon:{amazon.seller}"}
    )
    after = {item["sku"]: item["summaries"][0]["asin"] for item in await items(amazon)}
    assert after.keys() == before.keys()
    assert after["M-1"] != before["M-1"]


async def test_a_deleted_family_is_gone_with_its_children(amazon: AmazonSeller) -> None:
    _, parent, child, *_ = await items(amazon)
    path = f"/accounts/amazon:{amazon.seller}/listings/{parent['sku']}/edits"
    await amazon.http.post(f"/control{path}", json={"delete": True})
    asked = f"{parent['sku']},{child['sku']},M-1"
    assert [one["sku"] for one in await items(amazon, identifiers=asked, identifiersType="SKU")] == ["M-1"]


async def test_faults_cut_pages_and_change_totals(amazon: AmazonSeller) -> None:
    account = f"amazon:{amazon.seller}"
    for kind in ("truncate_page", "wrong_total"):
        await amazon.control("POST", "/faults", json={"kind": kind, "account": account, "drop": 1})
    body = (await amazon.items()).json()
    assert (body["numberOfResults"], len(body["items"])) == (10, 4)


async def test_a_thousand_items_at_most_are_paged_through() -> None:
    app = build(Settings(base=BASE, per_second=10_000), generate(600, 7), rooms={"amazon": Amazon})
    async with AmazonSeller(app, BASE) as amazon:
        await amazon.login("main")
        body = (await amazon.items(pageSize=20)).json()
        assert body["numberOfResults"] > 1_000
        seen = 0
        while True:
            seen += len(body["items"])
            token = body.get("pagination", {}).get("nextToken")
            if token is None:
                break
            body = (await amazon.items(pageSize=20, pageToken=token)).json()
        assert seen == 1_000


def test_usage_plans_are_per_seller_and_operation() -> None:
    seconds = [0.0]
    limiter = Limiter(Limits(), lambda: seconds[0])
    items = "/amazon/listings/2021-08-01/items/A"
    assert [limiter.count("A", items)[0] for _ in range(7)] == [True] * 5 + [False] * 2
    assert limiter.count("A", items)[1] == {"x-amzn-RateLimit-Limit": "5"}
    assert limiter.count("B", items)[0]
    sellers = "/amazon/sellers/v1/marketplaceParticipations"
    assert limiter.count("A", sellers) == (True, {"x-amzn-RateLimit-Limit": "0.016"})
    seconds[0] = 0.2
    assert [limiter.count("A", items)[0] for _ in range(2)] == [True, False]


async def test_a_used_up_plan_is_quota_exceeded() -> None:
    app = build(Settings(base=BASE), generate(5, 7), rooms={"amazon": Amazon})
    async with AmazonSeller(app, BASE) as amazon:
        await amazon.login("main")
        for _ in range(15):
            answer = await amazon.get("/sellers/v1/marketplaceParticipations")
            assert answer.status_code == 200
        answer = await amazon.get("/sellers/v1/marketplaceParticipations")
        assert answer.status_code == 429
        assert answer.json()["errors"][0]["code"] == "QuotaExceeded"
        assert answer.headers["x-amzn-RateLimit-Limit"] == "0.016"


@pytest.mark.parametrize(
    ("names", "attributes"),
    [
        (("Size", "Colour"), ("size", "colour")),
        (("Größe", "Farbe (innen)"), ("groe", "farbe_innen")),
        (("サイズ", "Brand"), ("variation_1", "variation_2")),
        (("Size", "size"), ("size", "variation_2")),
    ],
)
def test_option_names_become_attribute_names(names: tuple[str, ...], attributes: tuple[str, ...]) -> None:
    assert theme(names) == attributes


def test_long_titles_and_many_photos_do_not_fit() -> None:
    fitting = adapt(replace(MUG, title="x" * 300, photos=tuple(Photo(str(n)) for n in range(12))))
    assert (len(fitting.title), len(fitting.photos)) == (200, 9)
