"""A service that dies between any two steps of a consumer: nothing is lost, nothing is doubled.

In each test one consumer's process dies at every step, one after the other, while one batch passes
through it: what a crash left is what the next one meets.
"""

import pytest
from support.crashing import crash_at_each
from support.journey import Business
from support.pipeline import (
    LISTINGS,
    no_dead_letters,
    nothing_is_lost_or_doubled,
    settled,
    shop,
    topics_are_in_order,
)

from truestock.client.models.importer import Batch
from truestock.client.models.inventory import Item

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(400, func_only=True)]

# What a crash leaves decides what the next one can meet: relay steps come after a commit, the offset last.
CONSUMING = ("after-read", "before-commit", "after-commit")
RELAYING = ("relay:before-publish", "relay:after-publish")
OFFSET = "after-offset-commit"
COMMITTING = ("before-commit", "after-commit")
ON_KAFKA = pytest.mark.kafka_only

SEED, APPLY = "inventory.seed-from-listing", "inventory.apply-verdicts"
VALIDATE, REVALIDATE = "validator.validate-sync", "validator.revalidate-changed"
OUTCOMES, VERDICTS, READER = "importer.track-outcomes", "importer.track-verdicts", "importer.read-batch"


def steps_of(group: str, steps: tuple[str, ...]) -> tuple[str, ...]:
    """The failpoints of a group's steps; the relay's are its process's."""
    return tuple(step if step.startswith("relay:") else f"{group}:{step}" for step in steps)


@pytest.mark.parametrize(
    ("group", "steps"),
    [
        pytest.param(SEED, COMMITTING, id=SEED),
        # On the embedded broker each death costs seconds: the full rounds are for Kafka itself.
        pytest.param(SEED, (*CONSUMING, *RELAYING, OFFSET), id=f"{SEED}-all", marks=ON_KAFKA),
        pytest.param(VALIDATE, (*CONSUMING, *RELAYING, OFFSET), id=f"{VALIDATE}-all", marks=ON_KAFKA),
        pytest.param(OUTCOMES, (*CONSUMING, OFFSET), id=f"{OUTCOMES}-all", marks=ON_KAFKA),
        pytest.param(VERDICTS, (*CONSUMING, OFFSET), id=f"{VERDICTS}-all", marks=ON_KAFKA),
        pytest.param(APPLY, (*CONSUMING, OFFSET), id=f"{APPLY}-all", marks=ON_KAFKA),
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
    steps = (*CONSUMING, *RELAYING, OFFSET)
    business = shop_on_fragile
    connection = await business.connect(await business.seller(shop()))
    sample = await business.import_(connection, "sample", size=LISTINGS)
    await settled(business, sample)
    edited = (await business.items())[:3]

    async def sell() -> list[str]:
        return [await sell_one(business, item) for item in edited]

    listings = await crash_at_each(business.stack, "validator", steps_of(REVALIDATE, steps), sell)

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
