"""Two workspaces with the same SKUs whose events lie in the same Kafka batches."""

import asyncio
from typing import Any

from aiokafka import ConsumerRecord
from support.journey import Business, catalogue, product, quantities
from support.topic_records import records_of

from truestock.client.models.connector import Connection
from truestock.client.models.importer import Batch
from truestock.contracts import topics

SHOP = catalogue(
    product("mug", ("", "MUG", 3, "12.50")),
    product("shirt", ("S", "SHIRT-S", 2, "20.00"), ("M", "SHIRT-M", 1, "20.00")),
    *(product(f"plate-{n}", ("", f"PLATE-{n}", n, "8.00")) for n in range(10)),
)
LISTINGS = 12


async def test_the_same_skus_in_one_kafka_batch_stay_apart(business: Business) -> None:
    other = await Business.open(business.stack, business.http)
    both = (business, other)
    connections = [await one.connect(await one.seller(SHOP)) for one in both]
    batches = await _imported_while_inventory_was_away(both, connections)

    for one, connection, batch in zip(both, connections, batches, strict=True):
        ended = await one.finished(batch)
        assert ended.outcomes == {"created": LISTINGS}, "linked or held: another workspace's SKUs were seen"
        assert sum(ended.verdicts.values()) == LISTINGS
        items = await one.items()
        assert len(items) == LISTINGS
        assert {listing.connection_id for item in items for listing in item.channel_listings} == {
            connection.connection_id
        }
        assert [item.title for item in await one.items(sku="MUG")] == ["Mug"]
        verdicts = [seen async for seen in one.operator.validator.verdicts()]
        assert {seen.connection_id for seen in verdicts} == {connection.connection_id}
    await _both_were_handled_in_one_batch(business, connections)

    await _sell_one_mug(business)
    assert quantities(await business.item("Mug")) == [2]
    assert quantities(await other.item("Mug")) == [3]
    assert (await other.item("Mug")).revision == 1
    assert (await other.operator.inventory.summary()).stock == 3 + 2 + 1 + sum(range(10))


async def _imported_while_inventory_was_away(
    both: tuple[Business, Business], connections: list[Connection]
) -> list[Batch]:
    """Both samples are read before inventory comes back, so that it meets their listings together."""
    inventory = both[0].stack["inventory"]
    await inventory.stop()
    try:
        batches = await asyncio.gather(
            *(
                one.operator.importer.start(connection.connection_id, "sample", size=LISTINGS)
                for one, connection in zip(both, connections, strict=True)
            )
        )
        mine = tuple(connection.connection_id.encode() for connection in connections)
        records = await records_of(
            both[0].stack.broker.bootstrap,
            topics.LISTING_IMPORTED.name,
            lambda record: record.key.startswith(mine),
            at_least=2 * LISTINGS,
            timeout_s=60,
        )
        assert len(records) == 2 * LISTINGS
    finally:
        await inventory.start()
    return list(batches)


async def _both_were_handled_in_one_batch(business: Business, connections: list[Connection]) -> None:
    """The consumer's own spans say which records it handled together."""
    traces: list[set[str]] = []
    for connection in connections:
        records = await _imports_of(business, connection)
        traces.append({dict(record.headers)["traceparent"].decode().split("-")[1] for record in records})

    def handles_both(span: dict[str, Any]) -> bool:
        linked = {link["trace_id"] for link in span["links"]}
        return all(linked & own for own in traces)

    spans = business.stack["inventory"].spans()
    assert any(handles_both(span) for span in spans if span["links"]), (
        "no batch held both workspaces' records"
    )


async def _imports_of(business: Business, connection: Connection) -> list[ConsumerRecord]:
    mine = connection.connection_id.encode()
    return await records_of(
        business.stack.broker.bootstrap,
        topics.LISTING_IMPORTED.name,
        lambda record: bool(record.key.startswith(mine)),
        at_least=LISTINGS,
    )


async def _sell_one_mug(business: Business) -> None:
    mug = await business.item("Mug")
    await business.operator.inventory.move(
        mug.item_id, mug.variants[0].variant_id, "sale", -1, revision=mug.revision, reason="sold in the shop"
    )
