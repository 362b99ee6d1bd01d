"""The Amazon adapter against the sandbox in process: a whole generated catalogue, all of it read twice."""

from collections import Counter
from collections.abc import AsyncIterator

import pytest
from support.amazon_seller import API, APP, AmazonSeller
from support.catalogue_reading import read_all

from truestock.contracts.listing import NoteCode
from truestock.marketplaces import registry
from truestock.marketplaces.api import Api, OneToken
from truestock.marketplaces.interface import RateGate
from truestock.sandbox.app import build
from truestock.sandbox.catalog import Catalog, generate
from truestock.sandbox.settings import Settings

BASE = "http://sandbox.test"
AMAZON = registry.get("amazon")


@pytest.fixture
def catalog() -> Catalog:
    return generate(700, 11)


@pytest.fixture
async def seller(catalog: Catalog) -> AsyncIterator[AmazonSeller]:
    app = build(Settings(base=BASE, per_second=10_000), catalog)
    async with AmazonSeller(app, BASE) as seller:
        await seller.login("main")
        yield seller


@pytest.fixture
async def api(seller: AmazonSeller) -> Api:
    api = AMAZON.api(
        seller.http,
        base_url=f"{BASE}{API}",
        client_id=APP,
        tokens=OneToken(seller.tokens["access_token"]),
        account_id=seller.seller,
        gate=RateGate(),
    )
    account = await AMAZON.account(api)
    assert (account.id, account.name) == (seller.seller, "HarbourAndThread")
    api.store = (await AMAZON.settings(api)).store
    return api


async def test_a_generated_catalogue_is_read_whole_and_twice_the_same(catalog: Catalog, api: Api) -> None:
    raws = {raw.listing_id: raw for raw in await read_all(AMAZON, api)}
    assert len(raws) == len(catalog.products), "every product is one listing"
    assert await AMAZON.read(api, list(raws)) == raws
    settings = await AMAZON.settings(api)
    assert (settings.currency, settings.site) == ("USD", "www.amazon.com")
    found = [AMAZON.to_listing(raw, settings) for raw in raws.values()]
    totals = catalog.totals()
    variants = [variant for listing in found for variant in listing.variants]
    assert len(variants) == totals.variants
    assert sum(variant.quantity or 0 for variant in variants) == totals.stock
    assert sum(variant.quantity is None for variant in variants) == totals.unknown_stock
    assert sum(variant.price is None for variant in variants) == totals.without_price
    assert sum(len(listing.photos) for listing in found) == sum(
        min(9, len(product.photos)) for product in catalog.products
    )
    assert len({variant.sku for variant in variants}) == len(variants), "Amazon has no SKU twice"
    skus = Counter(one.sku for product in catalog.products for one in product.variants if one.sku)
    assert {variant.sku for variant in variants} >= skus.keys()
    codes = {note.code for listing in found for note in listing.notes}
    assert {NoteCode.QUANTITY_UNKNOWN, NoteCode.VARIANTS_IN_TEXT, NoteCode.NOT_PUBLISHED} <= codes


async def test_the_evidence_agrees_on_every_listing(api: Api) -> None:
    settings = await AMAZON.settings(api)
    for raw in await read_all(AMAZON, api):
        found, seen = AMAZON.to_listing(raw, settings), AMAZON.evidence(raw)
        assert seen.state == found.channel.state
        assert seen.photos == tuple(photo.url for photo in found.photos)
        assert [(v.sku, v.signature, v.quantity, v.price) for v in seen.variants] == [
            (v.sku, v.signature, v.quantity, v.price) for v in found.variants
        ]
        assert len(found.options) == len({option.name for option in found.options})


async def test_roles_are_proved_or_missed(seller: AmazonSeller, api: Api) -> None:
    assert AMAZON.missing_scopes(await AMAZON.granted_scopes(api)) == ()
    await seller.login("main", grant_scopes="selling_partner_insights")
    fewer = AMAZON.api(
        seller.http,
        base_url=f"{BASE}{API}",
        client_id=APP,
        tokens=OneToken(seller.tokens["access_token"]),
        account_id=seller.seller,
    )
    assert AMAZON.missing_scopes(await AMAZON.granted_scopes(fewer)) == ("product_listing",)
