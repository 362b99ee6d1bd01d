"""Amazon's Swagger models: the adapter's requests follow them, and the sandbox's answers do.

The models describe no consent page and no token endpoint; those are documented in prose alone.
"""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.amazon_models import Models
from support.amazon_seller import CONSENT, TOKEN, AmazonSeller
from support.amazon_shop import AmazonShop, family, item
from support.catalogue_reading import read_all

from truestock.marketplaces import registry
from truestock.sandbox.app import build
from truestock.sandbox.catalog import generate
from truestock.sandbox.settings import Settings

BASE = "http://sandbox.test"
LACKING = {CONSENT, TOKEN}
EVERYTHING = (
    "summaries,attributes,issues,offers,fulfillmentAvailability,procurement,relationships,productTypes"
)


@pytest.fixture(scope="module")
def models() -> Models:
    return Models()


@pytest.fixture
async def seller() -> AsyncIterator[AmazonSeller]:
    app = build(Settings(base=BASE, per_second=10_000), generate(300, 3))
    async with AmazonSeller(app, BASE) as seller:
        await seller.login("main")
        yield seller


async def test_every_request_of_the_adapter_is_described(models: Models) -> None:
    shop = AmazonShop([*(item(n) for n in range(1_010)), *family(2_000, 25), item(3_000, sku="A,B")])
    adapter, api = shop.api()
    for read in (adapter.account, adapter.settings, adapter.granted_scopes, adapter.check):
        await read(api)
    raws = await read_all(adapter, api)
    await adapter.read(api, [raw.listing_id for raw in raws])
    called = set()
    for request in shop.requests:
        models.check_request(request)
        operation = models.of(request)
        called.add(operation.name if operation else None)
    assert called == {"getMarketplaceParticipations", "searchListingsItems", "getListingsItem"}
    names = {name for request in shop.requests for name in request.url.params}
    assert {"createdAfter", "pageToken", "identifiers"} <= names, "all kinds of reads were made"


def test_the_models_lack_what_is_said_to_be_lacking(models: Models) -> None:
    for path in LACKING:
        assert models.of(httpx.Request("GET", f"https://x.test{path.removeprefix('/amazon')}")) is None
    oauth = registry.get("amazon").oauth
    assert oauth.authorize_url.endswith(CONSENT.removeprefix("/amazon"))
    assert oauth.token_url.endswith(TOKEN.removeprefix("/amazon"))


async def test_every_item_of_the_sandbox(seller: AmazonSeller, models: Models) -> None:
    operation, token, seen = models.operation("searchListingsItems"), None, 0
    while True:
        params = {"pageSize": 20, "includedData": EVERYTHING} | ({"pageToken": token} if token else {})
        answer = await seller.items(**params)
        models.check_answer(operation, answer)
        assert "x-amzn-RateLimit-Limit" in answer.headers
        seen += len(answer.json()["items"])
        token = answer.json().get("pagination", {}).get("nextToken")
        if token is None:
            break
    assert seen == answer.json()["numberOfResults"] > 300


async def test_single_items_and_participations(seller: AmazonSeller, models: Models) -> None:
    answer = await seller.get("/sellers/v1/marketplaceParticipations")
    models.check_answer(models.operation("getMarketplaceParticipations"), answer)
    sku = (await seller.items(pageSize=1)).json()["items"][0]["sku"]
    path = f"/listings/2021-08-01/items/{seller.seller}/{sku}"
    answer = await seller.get(path, marketplaceIds="ATVPDKIKX0DER", includedData=EVERYTHING)
    assert answer.status_code == 200
    models.check_answer(models.operation("getListingsItem"), answer)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        (dict[str, Any](), 200),
        ({"marketplaceIds": ""}, 400),
        ({"marketplaceIds": "A1PA6795UKMFR9"}, 400),
        ({"pageSize": 21}, 400),
        ({"pageToken": "made-up"}, 400),
        ({"includedData": "summaries,everything"}, 400),
        ({"identifiers": "A"}, 400),
        ({"identifiers": ",".join(map(str, range(21))), "identifiersType": "SKU"}, 400),
        ({"sortBy": "price"}, 400),
        ({"token": "stolen"}, 403),
        ({"token": ""}, 403),
    ],
)
async def test_refused_searches(
    seller: AmazonSeller, models: Models, change: dict[str, Any], status: int
) -> None:
    answer = await seller.items(**change)
    assert answer.status_code == status
    models.check_answer(models.operation("searchListingsItems"), answer)


async def test_other_refusals(seller: AmazonSeller, models: Models) -> None:
    items = "/listings/2021-08-01/items"
    query = {"marketplaceIds": "ATVPDKIKX0DER"}
    for path, status in ((f"{items}/{seller.seller}/gone", 404), (f"{items}/A2SANDBOX00002/x", 403)):
        answer = await seller.get(path, **query)
        assert answer.status_code == status
        models.check_answer(models.operation("getListingsItem"), answer)
    account = f"amazon:{seller.seller}"
    for kind, status in (("rate_limited", 429), ("server_error", 503)):
        await seller.control("POST", "/faults", json={"kind": kind, "account": account})
        answer = await seller.items()
        assert answer.status_code == status
        models.check_answer(models.operation("searchListingsItems"), answer)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda item: item.pop("sku"),
        lambda item: item["summaries"][0].pop("createdDate"),
        lambda item: item["summaries"][0].update(asinn="B0"),
        lambda item: item["summaries"][0].update(status=["SOLD"]),
        lambda item: item["offers"][0]["price"].update(amount=19.9),
        lambda item: item["fulfillmentAvailability"][0].update(quantity=-1),
    ],
)
async def test_a_wrong_shape_would_be_noticed(
    seller: AmazonSeller, models: Models, spoil: Callable[[Any], None]
) -> None:
    answer = await seller.items(pageSize=20, includedData=EVERYTHING)
    body = answer.json()
    spoil(next(one for one in body["items"] if one["offers"] and one["fulfillmentAvailability"]))
    with pytest.raises(AssertionError):
        models.check_answer(
            models.operation("searchListingsItems"),
            httpx.Response(200, json=body, headers={"x-amzn-RequestId": "1"}),
        )


def test_a_missing_document_fails_and_is_not_skipped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SPECS", str(tmp_path))
    with pytest.raises(FileNotFoundError):
        Models()
