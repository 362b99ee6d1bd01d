"""What the adapter sends, and what the sandbox answers, is what eBay's OpenAPI documents describe."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.catalogue_reading import read_all
from support.ebay_documents import Documents
from support.ebay_seller import APP, EbaySeller
from support.ebay_shop import EbayShop, by_hand, grouped, single

from truestock.marketplaces.ebay.oauth import OAUTH, REQUIRED

INVENTORY = "/ebay/sell/inventory/v1"
USED = {
    "bulkGetInventoryItem",
    "getInventoryItem",
    "getInventoryItemGroup",
    "getInventoryItems",
    "getInventoryLocations",
    "getOffers",
    "getUser",
    "getUserRateLimits",
}
UNDESCRIBED = {"POST /ws/api.dll"}
"""The Trading API is described by a WSDL, not by OpenAPI: no document of ours covers it."""


@pytest.fixture(scope="module")
def documents() -> Documents:
    return Documents(Path(os.environ["SPECS"]))


async def _everything() -> list[httpx.Request]:
    """Everything that the adapter can send."""

    def refuse_one_batch(request: httpx.Request, body: Any) -> Any:
        if request.url.path.endswith("/bulk_get_inventory_item") and b"odd" in request.content:
            return httpx.Response(400, json={"errors": [{"errorId": 25702}]})
        return body

    listings = [*(single(n) for n in range(120)), *(grouped(n) for n in range(200, 203)), by_hand(1)]
    shop = EbayShop(listings, intercept=refuse_one_batch)
    adapter, api = shop.api()
    await adapter.account(api)
    await adapter.granted_scopes(api)
    await adapter.check(api)
    await adapter.settings(api)
    raws = await read_all(adapter, api)
    await adapter.read(api, [raw.listing_id for raw in raws])
    await adapter.read(api, ["sku:odd / Größe"])
    return shop.requests


async def test_every_request_is_described_and_covered_by_the_required_scopes(documents: Documents) -> None:
    used, undescribed = set[str](), set[str]()
    for request in await _everything():
        operation = documents.operation(request)
        if operation is None:
            undescribed.add(f"{request.method} {request.url.path}")
            continue
        used.add(operation.name)
        documents.check_request(operation, request)
        assert operation.scopes & set(REQUIRED), f"{operation.name} wants one of {operation.scopes}"
    assert used == USED
    assert undescribed == UNDESCRIBED


async def test_every_answer_of_the_sandbox_is_described(documents: Documents, seller: EbaySeller) -> None:
    answers: list[httpx.Response] = []

    async def keep(answer: httpx.Response) -> None:
        await answer.aread()
        answers.append(answer)

    adapter, api = await seller.api()
    seller.http.event_hooks = {"response": [keep]}
    await adapter.account(api)
    await adapter.settings(api)
    raws = await read_all(adapter, api)
    await adapter.read(api, [raw.listing_id for raw in raws] + ["sku:none", "group:none"])
    checked = set[str]()
    for answer in answers:
        operation = documents.operation(answer.request, root="/ebay")
        if operation is not None:
            checked.add(operation.name)
            documents.check_answer(operation, answer)
    assert checked == USED - {"getInventoryItem"}


async def _headers(seller: EbaySeller) -> dict[str, str]:
    return {"authorization": f"Bearer {(await seller.tokens())['access_token']}"}


async def test_what_the_adapter_does_not_ask_is_described_too(
    documents: Documents, seller: EbaySeller
) -> None:
    headers = await _headers(seller)
    page = (await seller.http.get(f"{INVENTORY}/inventory_item?limit=5", headers=headers)).json()
    sku = page["inventoryItems"][0]["sku"]
    offers = (await seller.http.get(f"{INVENTORY}/offer", params={"sku": sku}, headers=headers)).json()
    granted = (await seller.send(OAUTH.client_credentials(APP))).json()
    own = {"authorization": f"Bearer {granted['access_token']}"}
    analytics = "/ebay/developer/analytics/v1_beta"
    for path, shown in (
        (f"{INVENTORY}/inventory_item/{sku}", headers),
        (f"{INVENTORY}/offer/{offers['offers'][0]['offerId']}", headers),
        (f"{analytics}/rate_limit/?api_context=sell", own),
        (f"{analytics}/user_rate_limit/?api_context=buy", headers),
    ):
        answer = await seller.http.get(path, headers=shown)
        operation = documents.operation(answer.request, root="/ebay")
        assert operation is not None
        assert answer.is_success
        documents.check_answer(operation, answer)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/inventory_item?limit=201", 400),
        ("/inventory_item?offset=x", 400),
        ("/inventory_item/none", 404),
        ("/inventory_item_group/none", 404),
        ("/offer", 400),
        ("/offer/none", 404),
    ],
)
async def test_errors_have_declared_numbers(
    documents: Documents, seller: EbaySeller, path: str, status: int
) -> None:
    answer = await seller.http.get(f"{INVENTORY}{path}", headers=await _headers(seller))
    assert answer.status_code == status
    operation = documents.operation(answer.request, root="/ebay")
    assert operation is not None
    documents.check_answer(operation, answer)
    declared = operation.said["responses"]["400"]["x-response-codes"]["errors"]
    assert str(answer.json()["errors"][0]["errorId"]) in declared


@pytest.mark.parametrize(
    "spoil",
    [
        lambda page: page["inventoryItems"][0].update(SKU="x"),
        lambda page: page["inventoryItems"][0].update(sku=7),
        lambda page: page["inventoryItems"][0]["product"].update(imageUrls="one"),
        lambda page: page["inventoryItems"][0]["product"]["aspects"].update(Size="M"),
        lambda page: page.update(total="120"),
    ],
)
async def test_a_wrong_shape_would_be_noticed(
    documents: Documents, seller: EbaySeller, spoil: Callable[[Any], None]
) -> None:
    answer = await seller.http.get(f"{INVENTORY}/inventory_item", headers=await _headers(seller))
    operation = documents.operation(answer.request, root="/ebay")
    assert operation is not None
    documents.check_answer(operation, answer)
    page = answer.json()
    spoil(page)
    with pytest.raises(AssertionError):
        documents.check_answer(operation, httpx.Response(200, json=page))


def test_a_missing_document_fails_and_is_not_skipped(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Documents(tmp_path)
