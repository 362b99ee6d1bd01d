"""The inbox on PostgreSQL: once per consumer, by day, and forgotten by partition."""

from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from sqlalchemy import text
from support.small_service import WORKSPACE, Fact, fact

from truestock.chassis.delivery import Delivery, Permanent
from truestock.chassis.inbox import content_hash
from truestock.chassis.transaction import Database
from truestock.contracts.envelope import Envelope
from truestock.local.postgres import DatabaseUrls


def delivery(event_id: str, number: int = 1, *, days_ago: int = 0) -> Delivery[Fact]:
    """A fact as it arrives."""
    event = fact("k", number)
    return Delivery(
        event=event,
        envelope=Envelope(
            id=event_id,
            source="/truestock/test",
            type=event.ce_type(),
            time=datetime.now(UTC) - timedelta(days=days_ago),
            subject="k",
            dataschema="",
            partition_key="k",
        ),
        topic="t",
        partition=0,
        offset=0,
        key=b"k",
        timestamp_ms=0,
        content_hash=content_hash(event.ce_type(), str(number).encode()),
    )


async def fresh(db: Database, consumer: str, *deliveries: Delivery[Fact]) -> list[str]:
    """The ids that ``consumer`` sees for the first time."""
    async with db.begin([WORKSPACE]) as tx:
        return [seen.envelope.id for seen in await tx.first_sight(consumer, deliveries)]


async def test_each_consumer_sees_an_event_once(db: Database) -> None:
    assert await fresh(db, "a", delivery("1"), delivery("2"), delivery("1")) == ["1", "2"]
    assert await fresh(db, "a", delivery("3"), delivery("2"), delivery("4")) == ["3", "4"]
    assert await fresh(db, "b", delivery("1")) == ["1"]
    assert await fresh(db, "a") == []


async def test_a_rolled_back_transaction_has_seen_nothing(db: Database) -> None:
    async def failing() -> None:
        async with db.begin([WORKSPACE]) as tx:
            await tx.first_sight("a", [delivery("1")])
            raise ArithmeticError

    with pytest.raises(ArithmeticError):
        await failing()
    assert await fresh(db, "a", delivery("1")) == ["1"]


async def test_an_id_with_other_content_is_refused_by_name(db: Database) -> None:
    await fresh(db, "a", delivery("1", 1))
    other = delivery("1", 2)
    with pytest.raises(Permanent) as refused:
        await fresh(db, "a", delivery("2"), other)
    assert refused.value.delivery is other
    assert await fresh(db, "a", delivery("2")) == ["2"]


async def test_the_same_in_one_batch_is_refused_too(db: Database) -> None:
    with pytest.raises(Permanent):
        await fresh(db, "a", delivery("1", 1), delivery("1", 2))


async def test_an_event_of_last_month_is_remembered_beside_the_day_partitions(db: Database) -> None:
    old = delivery("old", days_ago=30)
    assert await fresh(db, "a", old) == ["old"]
    assert await fresh(db, "a", old) == []


async def test_upkeep_makes_days_ahead_and_drops_old_ones(db: Database, urls: DatabaseUrls) -> None:
    await fresh(db, "a", delivery("old", days_ago=30), delivery("new"))
    owner = await asyncpg.connect(urls.owner)
    await owner.execute(
        "CREATE TABLE inbox_20200101 PARTITION OF inbox FOR VALUES FROM ('2020-01-01') TO ('2020-01-02')"
    )
    async with db.begin_system() as connection:
        await connection.execute(text("SELECT inbox_keep(3, 3)"))
        await connection.execute(text("SELECT inbox_keep(3, 3)"))
    names = [
        row["relname"]
        for row in await owner.fetch("SELECT relname FROM pg_class WHERE relname ~ '^inbox_2.*[0-9]$'")
    ]
    assert await owner.fetchval("SELECT count(*) FROM inbox") == 1
    await owner.close()
    today = datetime.now(UTC).date()
    assert sorted(names) == [f"inbox_{today + timedelta(days=n):%Y%m%d}" for n in range(-1, 4)]
