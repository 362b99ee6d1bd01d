"""The adapter against the sandbox in process: a whole generated catalogue, every listing twice read."""

from typing import Any

from support.catalogue_reading import read_all
from support.ebay_seller import EbaySeller

from truestock.marketplaces.interface import AccountSettings, MarketplaceAdapter, RawListing


async def _known(seller: EbaySeller) -> dict[str, Any]:
    listings = (await seller.control("GET", "/accounts/ebay:main/listings?limit=1000"))["listings"]
    return {one["listing_id"]: one for one in listings}


async def test_a_generated_catalogue_is_read_whole_and_twice_the_same(seller: EbaySeller) -> None:
    adapter, api = await seller.api()
    raws = await read_all(adapter, api)
    known = await _known(seller)
    assert len(known) == 300
    assert sorted(raw.listing_id for raw in raws) == sorted(known)
    kinds = {raw.listing_id.partition(":")[0] if ":" in raw.listing_id else "by hand" for raw in raws}
    assert kinds == {"sku", "group", "by hand"}
    assert await adapter.read(api, [raw.listing_id for raw in raws]) == {raw.listing_id: raw for raw in raws}


async def test_another_sellers_listings_are_not_ours(seller: EbaySeller) -> None:
    adapter, api = await seller.api("second")
    foreign = [one for one in await _known(seller) if not one.startswith("sku:")]
    assert not any((await adapter.read(api, foreign)).values())


async def test_mapper_evidence_and_the_sandboxs_own_words_agree(seller: EbaySeller) -> None:
    adapter, api = await seller.api()
    settings = await adapter.settings(api)
    truth = await _known(seller)
    for raw in await read_all(adapter, api):
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
    assert [variant.quantity for variant in mapped.variants] == [one["quantity"] for one in truth["variants"]]
    assert [variant.sku for variant in mapped.variants] == [one["sku"] or None for one in truth["variants"]]
    assert [len(variant.options) for variant in mapped.variants] == [
        len(one["options"]) for one in truth["variants"]
    ]
    prices = [None if one["price"] is None else float(one["price"]) for one in truth["variants"]]
    assert [None if v.price is None else float(v.price.amount) for v in mapped.variants] == prices


async def test_a_change_is_seen_by_page_and_by_id(seller: EbaySeller) -> None:
    adapter, api = await seller.api()
    settings = await adapter.settings(api)
    for listing_id in [one for one in await _known(seller) if one.isdigit() or one.startswith("sku:")][:8]:
        path = f"/accounts/ebay:main/listings/{listing_id}/edits"
        await seller.control("POST", path, {"quantity": 77, "price": "12.34", "photos": 3, "state": "active"})
        raw = (await adapter.read(api, [listing_id]))[listing_id]
        assert raw is not None
        found = adapter.to_listing(raw, settings)
        assert {variant.quantity for variant in found.variants} == {77}
        assert {str(variant.price.amount) for variant in found.variants if variant.price} == {"12.34"}
        assert len(found.photos) == 3
