"""Amazon's own request and answer pairs (``x-amzn-api-sandbox``), replayed through the adapter."""

from decimal import Decimal
from typing import Any

import httpx
import pytest
from support.amazon_models import Models, pairs
from support.amazon_shop import AmazonShop

from truestock.contracts.listing import ListingState, NoteCode
from truestock.contracts.values import Money
from truestock.marketplaces.interface import AccountSettings, PartialRead, PermanentRefusal, RawListing

AMERICA, CANADA = "ATVPDKIKX0DER", "A2EUQ1WTGCTBG2"


@pytest.fixture(scope="module")
def models() -> Models:
    return Models()


def replaying(status: int, answer: Any, store: str = AMERICA) -> AmazonShop:
    """A marketplace that answers this to everything."""
    return AmazonShop(intercept=lambda _request, _body: httpx.Response(status, json=answer), store=store)


async def test_participations_become_account_settings(models: Models) -> None:
    ((_, answer),) = pairs(models.operation("getMarketplaceParticipations"), 200)
    adapter, api = replaying(200, answer).api()
    assert await adapter.settings(api) == AccountSettings(
        currency="USD", store=AMERICA, site="www.amazon.com", locale="en_US"
    )
    account = await adapter.account(api)
    assert account.name == "BestSellerStore"


@pytest.mark.parametrize("operation", ["searchListingsItems", "getListingsItem"])
async def test_items_become_the_right_listings(models: Models, operation: str) -> None:
    ((_, answer),) = pairs(models.operation(operation), 200)
    item = answer["items"][0] if "items" in answer else answer
    adapter, _ = AmazonShop().api()
    for marketplace, price, state in (
        (AMERICA, Money(amount=Decimal("100.00"), currency="USD"), ListingState.ACTIVE),
        (CANADA, Money(amount=Decimal("130.00"), currency="CAD"), ListingState.INACTIVE),
    ):
        payload = {"marketplaceId": marketplace, "item": item, "children": []}
        raw = RawListing("GM-ZDPI-9B4E", payload)
        found = adapter.to_listing(raw, AccountSettings(site="www.amazon.com"))
        assert (found.listing_id, found.title) == (
            "GM-ZDPI-9B4E",
            "Hardside Carry-On Spinner Suitcase Luggage",
        )
        assert (found.url, found.channel.state) == ("https://www.amazon.com/dp/B071VG5N9D", state)
        assert (found.channel.category_id, found.channel.condition) == ("LUGGAGE", "new_new")
        assert [photo.url for photo in found.photos] == ["https://www.example.com/luggage.png"]
        (variant,) = found.variants
        assert (variant.sku, variant.quantity, variant.price) == ("GM-ZDPI-9B4E", 100, price)
        assert [note.code for note in found.notes] == (
            [] if state is ListingState.ACTIVE else [NoteCode.NOT_PUBLISHED]
        )
        seen = adapter.evidence(raw)
        assert (seen.title, seen.state, seen.photos) == (found.title, state, (found.photos[0].url,))
        assert [(one.sku, one.quantity, one.price) for one in seen.variants] == [("GM-ZDPI-9B4E", 100, price)]
    suppressed = {**item, "summaries": [{**item["summaries"][0], "status": []}]}
    payload = {"marketplaceId": AMERICA, "item": suppressed, "children": []}
    (note,) = adapter.to_listing(RawListing("GM-ZDPI-9B4E", payload), AccountSettings()).notes
    assert note.message.endswith("Amazon suppresses it: 18155, 18742."), "without the exempt one"


async def test_a_page_of_three_goes_on_and_is_no_complete_batch(models: Models) -> None:
    ((request, answer),) = pairs(models.operation("searchListingsItems"), 200)
    adapter, api = replaying(200, answer).api()
    page = await adapter.page(api, None)
    assert [raw.listing_id for raw in page.raws] == ["GM-ZDPI-9B4E"]
    assert page.next_cursor is not None
    assert answer["pagination"]["nextToken"] in page.next_cursor
    with pytest.raises(PartialRead, match="3 of the SKUs and sent 1"):
        await adapter.read(api, request["identifiers"]["value"])


@pytest.mark.parametrize("operation", ["searchListingsItems", "getListingsItem"])
async def test_bad_requests_are_refused_for_good(models: Models, operation: str) -> None:
    ((_, answer),) = pairs(models.operation(operation), 400)
    adapter, api = replaying(400, answer).api()
    for sku in ("BadSKU", "Bad,SKU"):
        with pytest.raises(PermanentRefusal, match="BAD_REQUEST"):
            await adapter.read(api, [sku])
