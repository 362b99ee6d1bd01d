"""Events that come twice, or older after newer: the running services end where they were."""

from typing import Any

import pytest
from aiokafka import ConsumerRecord
from support.journey import Business
from support.pipeline import LISTINGS, nothing_is_lost_or_doubled, rows, settled, shop
from support.publishing import publish
from support.tampering import handled, put
from support.topic_records import records_of
from support.waiting import eventually, never

from truestock.client.models.connector import Connection
from truestock.client.models.importer import Batch
from truestock.contracts import topics
from truestock.contracts.events import ListingImported, SyncValidated, Verdict
from truestock.contracts.registry import decode

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(200, func_only=True)]

REPLAYED = {
    topics.LISTING_IMPORTED.name: ("inventory.seed-from-listing",),
    topics.INVENTORY_SEEDED.name: ("validator.validate-sync", "importer.track-outcomes"),
    topics.SYNC_VALIDATED.name: ("importer.track-verdicts", "inventory.apply-verdicts"),
}


async def imported(business: Business) -> tuple[Connection, Batch]:
    """A sample that is through the pipeline."""
    connection = await business.connect(await business.seller(shop("order")))
    batch = await business.import_(connection, "sample", size=LISTINGS)
    return connection, await settled(business, batch)


async def of_connection(business: Business, topic: str, connection: Connection) -> list[ConsumerRecord]:
    """The connection's records on a topic."""
    mine = connection.connection_id.encode()
    return await records_of(
        business.stack.broker.bootstrap, topic, lambda r: bool(r.key.startswith(mine)), at_least=LISTINGS
    )


async def test_a_whole_import_that_is_delivered_again_changes_nothing(business: Business) -> None:
    connection, batch = await imported(business)
    bootstrap = business.stack.broker.bootstrap
    before = {topic: await of_connection(business, topic, connection) for topic in REPLAYED}
    for topic, groups in REPLAYED.items():
        ends = await put(bootstrap, topic, *reversed(before[topic]), *before[topic])
        for group in groups:
            await handled(bootstrap, group, topic, ends)
    after = {topic: await of_connection(business, topic, connection) for topic in REPLAYED}
    for topic, records in after.items():
        assert len(records) == 3 * len(before[topic]), f"{topic}: a repeated event was answered again"
    await nothing_is_lost_or_doubled(business, await business.operator.importer.batch(batch.batch_id))
    assert {item.revision for item in await business.items()} == {1}


async def test_an_older_import_after_a_newer_one_is_ignored(business: Business) -> None:
    connection, _ = await imported(business)
    [record, *_] = await of_connection(business, topics.LISTING_IMPORTED.name, connection)
    event = decode(ListingImported, record.value)
    assert isinstance(event, ListingImported)
    item = await business.item(event.listing.title)

    await publish(business.stack.broker.bootstrap, resequenced(event, 5, "Fifth"))

    async def proposed() -> list[dict[str, Any]]:
        return [p.fields async for p in business.operator.inventory.proposals() if p.item_id == item.item_id]

    await eventually(proposed, message="the newer import makes no proposal")
    fifth = await proposed()
    ends = await sent(business, resequenced(event, 4, "Fourth"), resequenced(event, 1, "First"))
    await handled(
        business.stack.broker.bootstrap, "inventory.seed-from-listing", topics.LISTING_IMPORTED.name, ends
    )
    assert await proposed() == fifth
    assert "Fifth" in str(fifth)
    assert (await business.operator.inventory.item(item.item_id)).title == item.title


async def test_an_older_verdict_after_a_newer_one_is_ignored(business: Business) -> None:
    connection, batch = await imported(business)
    [record, *_] = await of_connection(business, topics.SYNC_VALIDATED.name, connection)
    event = decode(SyncValidated, record.value)
    assert isinstance(event, SyncValidated)
    newer = event.model_copy(update={"version": 9, "verdict": Verdict.FAILED})
    await publish(business.stack.broker.bootstrap, newer)

    async def seen() -> tuple[bool, str | None]:
        item = await business.operator.inventory.item(str(event.item_id))
        [row] = [one for one in await rows(business, batch) if one.listing_id == event.listing_id]
        return item.channel_listings[0].push_allowed, row.verdict

    async def withdrawn() -> bool:
        return await seen() == (False, "failed")

    await eventually(withdrawn)
    older = event.model_copy(update={"version": 8, "verdict": Verdict.PASSED})
    ends = await sent(business, older)
    for group in REPLAYED[topics.SYNC_VALIDATED.name]:
        await handled(business.stack.broker.bootstrap, group, topics.SYNC_VALIDATED.name, ends)

    async def restored() -> bool:
        return await seen() != (False, "failed")

    await never(restored, 0.5, message="an older verdict won")


def resequenced(event: ListingImported, sequence: int, title: str) -> ListingImported:
    """The same listing as another reading of it would tell it."""
    listing = event.listing.model_copy(update={"title": title})
    return event.model_copy(update={"sequence": sequence, "listing": listing})


async def sent(business: Business, *events: ListingImported | SyncValidated) -> dict[int, int]:
    """Publish and return where the topic's partitions end."""
    topic = events[0].TOPIC
    before = await records_of(business.stack.broker.bootstrap, topic, lambda _: True)
    await publish(business.stack.broker.bootstrap, *events)
    known = {(record.partition, record.offset) for record in before}
    after = await records_of(
        business.stack.broker.bootstrap, topic, lambda _: True, at_least=len(before) + len(events)
    )
    return {r.partition: r.offset + 1 for r in after if (r.partition, r.offset) not in known}
