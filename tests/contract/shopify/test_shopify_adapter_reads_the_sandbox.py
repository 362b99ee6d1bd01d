"""The adapter against the sandbox in process: a whole generated catalogue, all of it read twice."""

from collections.abc import AsyncIterator

import pytest
from support.catalogue_reading import read_all
from support.shopify_seller import BASE, MAIN, ShopifySeller

from truestock.contracts.listing import NoteCode
from truestock.marketplaces.interface import PartialRead
from truestock.sandbox.app import build
from truestock.sandbox.catalog import Catalog, Photo, Product, Variant
from truestock.sandbox.settings import Settings


async def test_a_generated_catalogue_survives(catalog: Catalog, seller: ShopifySeller) -> None:
    adapter, api = seller.api()
    account = await adapter.account(api)
    settings = await adapter.settings(api)
    assert (account.name, settings.currency, settings.store) == ("HarbourAndThread", "USD", MAIN)
    raws = {raw.listing_id: raw for raw in await read_all(adapter, api)}
    assert await adapter.read(api, list(raws)) == raws
    found = [adapter.to_listing(raw, settings) for raw in raws.values()]
    totals = catalog.totals()
    assert min(totals.unknown_stock, totals.zero_stock, totals.without_sku, totals.not_published) > 0
    variants = [variant for listing in found for variant in listing.variants]
    assert len(found) == totals.listings
    assert len(variants) == totals.variants
    assert sum(variant.quantity or 0 for variant in variants) == totals.stock
    assert sum(variant.quantity is None for variant in variants) == totals.unknown_stock
    assert sum(variant.quantity == 0 for variant in variants) == totals.zero_stock
    assert sum(variant.sku is None for variant in variants) == totals.without_sku
    assert sum(len(listing.photos) for listing in found) == totals.photos
    assert sum(listing.channel.state != "active" for listing in found) == totals.not_published
    codes = {note.code for listing in found for note in listing.notes}
    assert {NoteCode.QUANTITY_UNKNOWN, NoteCode.VARIANTS_IN_TEXT, NoteCode.HTML_STRIPPED} <= codes


async def test_evidence_mapper_and_the_sandboxs_own_words_agree(seller: ShopifySeller) -> None:
    adapter, api = seller.api()
    settings = await adapter.settings(api)
    views = (await seller.control("GET", "/accounts/shopify:main/listings?limit=1000"))["listings"]
    truth = {one["listing_id"]: one for one in views}
    raws = await read_all(adapter, api)
    assert {raw.listing_id for raw in raws} == truth.keys()
    for raw in raws:
        mapped, seen, shown = adapter.to_listing(raw, settings), adapter.evidence(raw), truth[raw.listing_id]
        assert (seen.title, seen.state) == (mapped.title, mapped.channel.state)
        assert seen.photos == tuple(photo.url for photo in mapped.photos)
        facts = [(v.sku, v.signature, v.quantity, v.price) for v in mapped.variants]
        assert facts == [(v.sku, v.signature, v.quantity, v.price) for v in seen.variants]
        assert [quantity for _, _, quantity, _ in facts] == [one["quantity"] for one in shown["variants"]]
        assert [sku for sku, *_ in facts] == [one["sku"] or None for one in shown["variants"]]
        assert [one.external_id for one in mapped.variants] == [
            one["product_id"] for one in shown["variants"]
        ]


@pytest.fixture
async def large() -> AsyncIterator[ShopifySeller]:
    """A shop whose one product has 2,048 variants in three options, and 60 photos."""
    values = [(str(n // 256), str(n // 16 % 16), str(n % 16)) for n in range(2_048)]
    product = Product(
        handle="large",
        title="Large",
        description="All of it.",
        variants=tuple(Variant(values=one, sku=f"L-{n}", quantity=n) for n, one in enumerate(values)),
        option_names=("Size", "Colour", "Cut"),
        photos=tuple(Photo(f"generated:{n}") for n in range(60)),
    )
    app = build(Settings(base=BASE, per_second=10_000, marketplaces=("shopify",)), Catalog((product,)))
    async with ShopifySeller(app) as seller:
        await seller.connect()
        yield seller


async def test_the_largest_product_is_read_whole(large: ShopifySeller) -> None:
    adapter, api = large.api()
    (raw,) = await read_all(adapter, api)
    found = adapter.to_listing(raw, await adapter.settings(api))
    assert len(found.variants) == len({variant.signature for variant in found.variants}) == 2_048
    assert [variant.quantity for variant in found.variants] == list(range(2_048))
    assert len(found.photos) == 60
    assert [option.name for option in found.options] == ["Size", "Colour", "Cut"]


async def test_a_page_with_products_missing_is_noticed(seller: ShopifySeller) -> None:
    adapter, api = seller.api()
    fault = {"kind": "truncate_page", "account": "shopify:main"}
    await seller.control("POST", "/faults", json=fault)
    with pytest.raises(PartialRead):
        await adapter.page(api, None)
    page = await adapter.page(api, None)
    await seller.control("POST", "/faults", json=fault)
    with pytest.raises(PartialRead):
        await adapter.read(api, [raw.listing_id for raw in page.raws])


async def test_a_deleted_product_is_null(seller: ShopifySeller) -> None:
    adapter, api = seller.api()
    ids = [raw.listing_id for raw in (await adapter.page(api, None)).raws]
    path = f"/accounts/shopify:main/listings/{ids[3]}/edits"
    await seller.control("POST", path, json={"delete": True})
    found = await adapter.read(api, ids)
    assert [one for one, raw in found.items() if raw is None] == [ids[3]]


async def test_the_search_behind_an_id_goes_on_where_a_cursor_would(seller: ShopifySeller) -> None:
    adapter, api = seller.api()
    first = await adapter.page(api, None)
    by_cursor = await adapter.page(api, first.next_cursor)
    by_search = await adapter.page(api, f"{first.raws[-1].listing_id}:0:")
    assert [raw.listing_id for raw in by_search.raws] == [raw.listing_id for raw in by_cursor.raws]
