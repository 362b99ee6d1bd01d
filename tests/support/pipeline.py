"""What must be true of a batch once the pipeline is through with it, whatever happened on the way."""

import asyncio
from collections import Counter

from aiokafka import ConsumerRecord
from support.journey import Business, catalogue, product
from support.topic_records import Left, left_by_key, records_of
from support.waiting import eventually

from truestock.client.models.connector import Connection
from truestock.client.models.importer import Batch, ReportListing
from truestock.client.models.inventory import Item
from truestock.contracts import topics

ALLOWING = ("passed", "passed_with_warnings")
LISTINGS = 12
STOCK = sum(range(1, LISTINGS + 1)) + LISTINGS // 2 * 3
"""Pieces in :func:`shop`: 1 … 12, and three more in each second listing's second variant."""


def shop(prefix: str = "crash", listings: int = LISTINGS) -> str:
    """A catalogue of which every second listing has two variants."""
    return catalogue(
        *(
            product(f"{prefix}-{n}", ("", f"{prefix}-{n}", n, "10.00"))
            if n % 2
            else product(
                f"{prefix}-{n}", ("S", f"{prefix}-{n}-s", n, "10.00"), ("M", f"{prefix}-{n}-m", 3, "11.00")
            )
            for n in range(1, listings + 1)
        )
    )


async def settled(business: Business, batch: Batch, within_s: float = 40.0) -> Batch:
    """The batch, once no listing of it is open and every verdict has reached inventory."""

    async def done() -> Batch | None:
        seen = await business.operator.importer.batch(batch.batch_id)
        return seen if seen.reviewable and seen.progress.open == 0 else None

    found = await eventually(done, within_s, message=f"batch {batch.batch_id} does not end")
    await eventually(lambda: _pushes_follow_verdicts(business, batch), within_s)
    return found


async def _pushes_follow_verdicts(business: Business, batch: Batch) -> bool:
    allowed = {row.listing_id: row.verdict in ALLOWING for row in await rows(business, batch)}
    listed = [one for item in await business.items() for one in item.channel_listings]
    assert {one.listing_id: one.push_allowed for one in listed} == allowed
    return True


async def rows(business: Business, batch: Batch) -> list[ReportListing]:
    """The batch's rows."""
    return [row async for row in business.operator.importer.listings(batch.batch_id)]


async def nothing_is_lost_or_doubled(business: Business, batch: Batch) -> None:
    """One outcome, one verdict, one item and one opening movement per variant, for every listing."""
    progress = batch.progress
    assert (progress.read, progress.emitted, progress.closed, progress.open) == (
        LISTINGS,
        LISTINGS,
        LISTINGS,
        0,
    )
    assert progress.dead_lettered == 0
    assert batch.outcomes == {"created": LISTINGS}
    assert sum(batch.verdicts.values()) == LISTINGS
    found = await rows(business, batch)
    assert len({row.listing_id for row in found}) == LISTINGS
    assert {row.verdict for row in found} <= set(ALLOWING)
    items = await business.items()
    assert len(items) == len({row.item_id for row in found}) == LISTINGS
    summary = await business.operator.inventory.summary()
    assert (summary.items, summary.variants, summary.stock) == (LISTINGS, LISTINGS * 3 // 2, STOCK)
    for item in items:
        await _one_opening_each(business, item)


async def _one_opening_each(business: Business, item: Item) -> None:
    moved = [one async for one in business.operator.inventory.movements(item.item_id)]
    openings = Counter(one.variant_id for one in moved if one.kind == "opening")
    assert openings == Counter(variant.variant_id for variant in item.variants), item.title


async def topics_are_in_order(
    business: Business, connection: Connection, *, verdicts: dict[str, int] | None = None
) -> None:
    """Each topic holds each fact once (repeated only byte for byte), versions per key growing.

    ``verdicts``: how many a listing must have where it is not one.
    """
    bootstrap = business.stack.broker.bootstrap
    mine = connection.connection_id.encode()

    def ours(record: ConsumerRecord) -> bool:
        return bool(record.key.startswith(mine))

    pipeline = (topics.LISTING_IMPORTED, topics.INVENTORY_SEEDED, topics.SYNC_VALIDATED)
    imported, seeded, validated = await asyncio.gather(
        *(left_by_key(bootstrap, topic.name, ours, keys=LISTINGS) for topic in pipeline)
    )
    assert set(imported) == set(seeded) == set(validated)
    assert len(imported) == LISTINGS
    for key, left in imported.items():
        assert [event["sequence"] for event in left.events] == [1], key
    for key, left in seeded.items():
        assert [event["outcome"] for event in left.events] == ["created"], key
    for key, left in validated.items():
        count = (verdicts or {}).get(key.split(":")[1], 1)
        assert [event["version"] for event in left.events] == list(range(1, count + 1)), key
    await _items_are_in_order(business)
    for several in (imported, seeded, validated):
        assert_repeated_only_byte_for_byte(several)


async def _items_are_in_order(business: Business) -> None:
    wanted = {item.item_id.encode(): item for item in await business.items()}
    states = await left_by_key(
        business.stack.broker.bootstrap, topics.ITEM.name, lambda r: r.key in wanted, keys=len(wanted)
    )
    for key, left in states.items():
        versions = [event["version"] for event in left.events]
        assert versions == sorted(set(versions)), f"item {key}: {versions}"
        assert versions[-1] == wanted[key.encode()].revision, key
    assert_repeated_only_byte_for_byte(states)


def assert_repeated_only_byte_for_byte(several: dict[str, Left]) -> None:
    """A record that left twice is the same record."""
    assert [repeated for left in several.values() for repeated in left.unequal_duplicates()] == []


async def no_dead_letters(business: Business, connection: Connection) -> None:
    """Nothing of this connection was given up."""
    mine = connection.connection_id.encode()
    letters = await asyncio.gather(
        *(
            records_of(
                business.stack.broker.bootstrap, topic, lambda r: bool(r.key and r.key.startswith(mine))
            )
            for topic in topics.PIPELINE_DEAD_LETTERS
        )
    )
    assert [letter for found in letters for letter in found] == []
