"""Large listings and large catalogues."""

import gc
import sys

from support.catalogue_reading import read_all
from support.marketplace_worlds import Entry

from truestock.marketplaces import registry

MOST_VARIANTS = 2_048
CATALOGUE = 10_000
GROWTH = CATALOGUE // 4
"""Pieces of memory by which two places of a read may differ: one kept per listing would be more."""


async def test_two_thousand_and_forty_eight_variants_are_one_listing(entry: Entry) -> None:
    world = entry.world(1, MOST_VARIANTS)
    adapter, api = world.api()
    (raw,) = await read_all(adapter, api)
    found = adapter.to_listing(raw, await adapter.settings(api))
    assert len(found.variants) == len({variant.signature for variant in found.variants}) == MOST_VARIANTS
    assert len({variant.sku for variant in found.variants}) == MOST_VARIANTS
    assert found.notes == ()
    assert len(registry.get(entry.name).evidence(raw).variants) == MOST_VARIANTS


async def test_ten_thousand_listings_are_read_in_bounded_memory(entry: Entry) -> None:
    world = entry.world(CATALOGUE)
    adapter, api = world.api()
    seen, kept, cursor = 0, [], None
    while True:
        page = await adapter.page(api, cursor)
        seen += len(page.raws)
        cursor = page.next_cursor
        del page
        world.requests.clear()
        if seen in range(CATALOGUE // 5, CATALOGUE // 5 + 200) or cursor is None:
            gc.collect()
            kept.append(sys.getallocatedblocks())
        if cursor is None:
            break
    assert seen == CATALOGUE
    assert kept[-1] - kept[0] < GROWTH
