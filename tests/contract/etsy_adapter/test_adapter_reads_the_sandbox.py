"""The adapter against the sandbox in process: a whole generated catalogue, every listing twice read."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from support.etsy_seller import API, APP, EtsySeller

from truestock.marketplaces import registry
from truestock.marketplaces.api import Api, OneToken
from truestock.marketplaces.interface import AccountSettings, MarketplaceAdapter, RateGate, RawListing
from truestock.sandbox.app import build
from truestock.sandbox.catalog import generate
from truestock.sandbox.settings import Settings

BASE = "http://sandbox.test"
COUNT = 300
ETSY = registry.get("etsy")


@pytest.fixture
async def seller() -> AsyncIterator[EtsySeller]:
    app = build(Settings(base=BASE, per_second=10_000, per_day=1_000_000), generate(COUNT, 11))
    async with EtsySeller(app, BASE) as seller:
        await seller.login("main")
        yield seller


@pytest.fixture
async def read(seller: EtsySeller) -> tuple[MarketplaceAdapter, Api]:
    api = ETSY.api(
        seller.http,
        base_url=f"{BASE}{API}",
        client_id=APP,
        tokens=OneToken(seller.tokens["access_token"]),
        gate=RateGate(),
    )
    api.account_id = (await ETSY.account(api)).id
    return ETSY, api


async def _catalogue(adapter: MarketplaceAdapter, api: Api) -> list[RawListing]:
    page = await adapter.page(api, None)
    raws = list(page.raws)
    while page.next_cursor is not None:
        page = await adapter.page(api, page.next_cursor)
        raws += page.raws
    return raws


async def test_a_generated_catalogue_is_read_whole_and_twice_the_same(
    seller: EtsySeller, read: tuple[MarketplaceAdapter, Api]
) -> None:
    adapter, api = read
    raws = await _catalogue(adapter, api)
    known = (await seller.http.get(f"{BASE}/control/accounts/main/listings?limit=1000")).json()["listings"]
    assert {raw.listing_id for raw in raws} == {one["listing_id"] for one in known}
    again = await adapter.read(api, [raw.listing_id for raw in raws])
    assert {raw.listing_id: raw for raw in raws} == again


async def test_mapper_evidence_and_the_sandboxs_own_words_agree(
    seller: EtsySeller, read: tuple[MarketplaceAdapter, Api]
) -> None:
    adapter, api = read
    settings = await adapter.settings(api)
    views = (await seller.http.get(f"{BASE}/control/accounts/main/listings?limit=1000")).json()["listings"]
    truth = {one["listing_id"]: one for one in views}
    for raw in await _catalogue(adapter, api):
        _agree(adapter, settings, raw, truth[raw.listing_id])


def _agree(
    adapter: MarketplaceAdapter, settings: AccountSettings, raw: RawListing, truth: dict[str, Any]
) -> None:
    mapped, seen = adapter.to_listing(raw, settings), adapter.evidence(raw)
    assert seen.title == mapped.title
    assert seen.state == mapped.channel.state == truth["state"]
    assert seen.photos == tuple(photo.url for photo in mapped.photos)
    assert len(seen.photos) == len(truth["photos"])
    facts = [(v.sku, v.signature, v.quantity, v.price) for v in mapped.variants]
    assert facts == [(v.sku, v.signature, v.quantity, v.price) for v in seen.variants]
    if truth["has_record"]:
        assert [quantity for _, _, quantity, _ in facts] == [one["quantity"] for one in truth["variants"]]
        assert [sku for sku, _, _, _ in facts] == [one["sku"] or None for one in truth["variants"]]
    offered = any(
        words in truth["description"] for words in ("available in", "Colour: ", "Sizes: ", "scent: ")
    )
    single = not any(one["options"] for one in truth["variants"])
    assert (mapped.buried_variants is not None) == (offered and single), truth["description"]
