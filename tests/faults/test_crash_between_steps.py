"""A service that dies between any two steps of a consumer: nothing is lost, nothing is doubled.

In each test one consumer's process dies at every step, one after the other, while one batch passes
through it: what a crash left is what the next one meets.
"""

from contextlib import aclosing

import pytest
from support.crash_rounds import (
    BATCHES,
    COMMITTING,
    CONSUMING,
    DECIDING,
    FOLLOWING,
    GIVING_UP,
    IMPORTING,
    LETTERED,
    LETTERS,
    OFFSET,
    READER,
    RELAYING,
    REVALIDATING,
    SEED,
    rounds_of,
    steps_of,
)
from support.crashing import crash_at_each, crash_side_by_side
from support.following import (
    about,
    batch_events,
    copies_agree,
    each_was_handled,
    groups_of,
    listings_went,
    stands_behind,
)
from support.journey import Business
from support.pipeline import (
    LISTINGS,
    no_dead_letters,
    nothing_is_lost_or_doubled,
    rows,
    settled,
    shop,
    topics_are_in_order,
)
from support.tampering import Outbox
from support.topic_records import records_of
from support.waiting import eventually

from truestock.chassis.deadletters import topic_of
from truestock.client.models.connector import Connection
from truestock.client.models.importer import Batch
from truestock.client.models.inventory import Item
from truestock.contracts import topics

pytestmark = [pytest.mark.timeout(400, func_only=True)]

# On the embedded broker each death costs seconds: the full rounds are for Kafka itself.
ON_KAFKA = pytest.mark.kafka_only
TABLES = (IMPORTING, REVALIDATING, FOLLOWING, DECIDING, GIVING_UP)
"""Each is the input of one test."""


@ON_KAFKA
async def test_every_consumer_of_the_services_has_its_crash_rounds(shop_on_fragile: Business) -> None:
    rounds = {group: steps for table in TABLES for group, steps in table.items()}
    assert set(rounds) == await groups_of(shop_on_fragile)
    assert set(rounds) == {one.group for one in topics.CONSUMPTION} | {topics.DEAD_LETTER_FOLLOWER}
    for group, steps in rounds.items():
        assert {*CONSUMING, OFFSET} <= set(steps), group


@pytest.mark.parametrize(
    ("group", "steps"),
    [
        pytest.param(SEED, COMMITTING, id=SEED),
        *(pytest.param(one, steps, id=f"{one}-all", marks=ON_KAFKA) for one, steps in IMPORTING.items()),
    ],
)
async def test_a_consumer_dies_at_each_of_its_steps(
    shop_on_fragile: Business, group: str, steps: tuple[str, ...]
) -> None:
    business = shop_on_fragile
    connection = await business.connect(await business.seller(shop()))

    async def start() -> Batch:
        return await business.operator.importer.start(connection.connection_id, "sample", size=LISTINGS)

    service = group.partition(".")[0]
    batch = await crash_at_each(business.stack, service, steps_of(group, steps), start)

    await nothing_is_lost_or_doubled(business, await settled(business, batch))
    await topics_are_in_order(business, connection)
    await no_dead_letters(business, connection)


@ON_KAFKA
async def test_the_reader_dies_between_its_pages_and_their_events(shop_on_fragile: Business) -> None:
    """Its third transaction commits the scan, then the fourth what was picked, the third the end."""
    business = shop_on_fragile
    connection = await business.connect(await business.seller(shop()))
    picked = ("before-commit#3", "after-commit#3", "before-commit#4", "after-commit#4", *RELAYING)
    closed = ("after-commit#3",)

    async def start() -> Batch:
        return await business.operator.importer.start(connection.connection_id, "sample", size=LISTINGS)

    batch = await crash_at_each(business.stack, "importer", steps_of(READER, (*picked, *closed)), start)

    await nothing_is_lost_or_doubled(business, await settled(business, batch))
    await topics_are_in_order(business, connection)
    await no_dead_letters(business, connection)


@ON_KAFKA
async def test_the_revalidation_dies_at_each_of_its_steps(shop_on_fragile: Business) -> None:
    business = shop_on_fragile
    connection = await business.connect(await business.seller(shop()))
    sample = await business.import_(connection, "sample", size=LISTINGS)
    await settled(business, sample)
    edited = (await business.items())[:3]

    async def sell() -> list[str]:
        return [await sell_one(business, item) for item in edited]

    listings = await crash_side_by_side(business.stack, rounds_of(REVALIDATING), sell)

    for listing_id in listings:
        verdict = await business.verdict(connection, listing_id, after=1)
        assert verdict.version == 2
        assert "pending_publish" in {finding.finding_class for finding in verdict.findings}
    await settled(business, sample)
    await topics_are_in_order(business, connection, verdicts=dict.fromkeys(listings, 2))
    await no_dead_letters(business, connection)


async def sell_one(business: Business, item: Item) -> str:
    """One piece less of the item; returns its listing."""
    await business.operator.inventory.move(
        item.item_id, item.variants[0].variant_id, "sale", -1, revision=item.revision, reason="sold in shop"
    )
    return item.channel_listings[0].listing_id


@ON_KAFKA
async def test_all_that_follow_a_connection_die_while_it_goes_and_comes_back(
    shop_on_fragile: Business,
) -> None:
    """The importer fails the unfinished batch, inventory rests the listings, the validator keeps a copy."""
    business = shop_on_fragile
    seller = await business.seller(shop())
    connection = await business.connect(seller)
    sample = await business.import_(connection, "sample", size=LISTINGS)
    await settled(business, sample)
    items = await business.items()

    async def go_and_come_back() -> Connection:
        await business.operator.connector.disconnect(
            connection.connection_id, reason="a holiday", withdraw=False, revision=connection.revision
        )
        return await business.confirm(
            await business.authorize(seller, await business.operator.connector.start("etsy"))
        )

    back = await crash_side_by_side(business.stack, rounds_of(FOLLOWING), go_and_come_back)

    events = await about(business, topics.CONNECTION.name, connection)
    for group in FOLLOWING:
        await each_was_handled(business.stack, group, events)
    await copies_agree(business, back)
    failed = await business.operator.importer.batch(sample.batch_id)
    assert (failed.state, failed.reason) == ("failed", "disconnected: a holiday")
    assert await batch_events(business, connection) == [
        "ImportBatchStarted",
        "ImportBatchRead",
        "ImportBatchClosed",
    ]
    await listings_went(business, items, True, False, True)
    assert {one.state for item in await business.items() for one in item.channel_listings} == {"linked"}
    await no_dead_letters(business, connection)


@ON_KAFKA
async def test_the_connector_dies_while_a_sample_is_approved_and_undone(shop_on_fragile: Business) -> None:
    business = shop_on_fragile
    connection = await business.connect(await business.seller(shop()))
    sample = await business.import_(connection, "sample", size=LISTINGS)
    await settled(business, sample)

    async def approve_and_undo() -> None:
        approved = await business.approve(sample)
        await business.operator.importer.undo(sample.batch_id, revision=approved.revision, reason="not yet")

    await crash_side_by_side(business.stack, rounds_of(DECIDING), approve_and_undo)

    assert await batch_events(business, connection) == [
        "ImportBatchStarted",
        "ImportBatchRead",
        "ImportBatchDecided",
        "ImportBatchClosed",
        "ImportBatchDecided",
    ]
    told = await about(business, topics.IMPORT_BATCH.name, connection)
    decisions = [record for record in told if b"ImportBatchDecided" in dict(record.headers)["ce_type"]]
    await each_was_handled(business.stack, BATCHES, decisions)
    assert not (await business.operator.connector.connection(connection.connection_id)).sample_approved


@ON_KAFKA
async def test_the_importer_dies_while_it_closes_what_was_dead_lettered(shop_on_fragile: Business) -> None:
    """Inventory dies too, between its dead letters and their offsets: they come twice and count once."""
    business = shop_on_fragile
    connection = await business.connect(await business.seller(shop()))
    async with aclosing(await Outbox.held(business.stack, "importer")) as outbox:
        batch = await business.operator.importer.start(connection.connection_id, "sample", size=LISTINGS)

        async def read() -> dict[str, bytes] | None:
            waiting = await outbox.payloads(topics.LISTING_IMPORTED.name)
            return waiting if len(waiting) == LISTINGS else None

        waiting = await eventually(read, message="the sample is not read")
        broken = dict(sorted(waiting.items())[:3])
        for key, payload in broken.items():
            await outbox.replace(topics.LISTING_IMPORTED.name, key, payload[:-9])

        rounds = {**rounds_of(GIVING_UP), "inventory": steps_of(SEED, (LETTERED,))}
        await crash_side_by_side(business.stack, rounds, outbox.let_go)

    ended = await business.finished(batch)
    assert ended.outcomes == {"created": LISTINGS - len(broken), "dead_lettered": len(broken)}
    assert (ended.progress.closed, ended.progress.dead_lettered) == (LISTINGS, len(broken))
    letters = await records_of(
        business.stack.broker.bootstrap, topic_of(SEED), lambda r: r.key.decode() in broken, at_least=1
    )
    assert {(one.key.decode(), one.value) for one in letters} == {
        (key, payload[:-9]) for key, payload in broken.items()
    }
    await stands_behind(business.stack, LETTERS, letters)
    given_up = {row.listing_id: row for row in await rows(business, ended) if row.outcome == "dead_lettered"}
    assert set(given_up) == {key.partition(":")[2] for key in broken}
    for row in given_up.values():
        assert [SEED in reason for reason in row.reasons] == [True]
    assert len(await business.items()) == LISTINGS - len(broken)
