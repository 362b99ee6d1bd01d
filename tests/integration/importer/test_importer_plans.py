"""Statements whose work must not depend on what the planner expects."""

from collections import Counter
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import text
from support.importer_values import listing
from support.importer_world import World
from support.postgres import TestServer

from truestock.chassis.transaction import Database
from truestock.contracts.events import BatchKind
from truestock.importer.store import row_sql

LISTINGS = 60
TWINS = 2
"""So many of them share a SKU."""


async def bulk_of_many(world: World) -> UUID:
    """A bulk that is read to its end."""
    await world.approved_sample()
    alone = [listing(str(n), skus=(f"S-{n}",)) for n in range(LISTINGS - TWINS)]
    world.catalogue.listings = [*alone, *(listing(f"twin-{n}", skus=("T",)) for n in range(TWINS))]
    batch_id = await world.begin_batch(BatchKind.BULK)
    await world.worker.turn()
    return batch_id


async def test_duplicates_of_a_connection_that_the_planner_does_not_know_are_marked_by_reading_all_once(
    world: World, opened: Database, postgres: TestServer
) -> None:
    for _ in range(2):
        known = World(opened)
        await known.connect()
        await bulk_of_many(known)
    await analyze(opened, postgres)
    batch_id = await bulk_of_many(world)
    place = {"batch_id": batch_id, "connection_id": world.connection_id}
    explain = text(f"EXPLAIN (ANALYZE, FORMAT JSON) {row_sql.MARK_DUPLICATES.text}")
    async with opened.begin([world.workspace_id]) as tx:
        [plan] = (await tx.connection.execute(explain, place)).scalar_one()
    read = Counter[str]()
    for node in nodes(plan["Plan"]):
        read[node.get("Relation Name", "")] += round(node["Actual Rows"] * node["Actual Loops"])
    assert read["listing_sku"] == LISTINGS
    assert read["batch_row"] <= 2 * LISTINGS
    marked = {row.listing_id for row in (await world.rows(batch_id)).values() if row.duplicate_skus}
    assert marked == {f"twin-{n}" for n in range(TWINS)}


async def test_a_row_whose_sku_is_alone_again_is_marked_no_longer(world: World) -> None:
    batch_id = await bulk_of_many(world)
    await world.run_sql("DELETE FROM listing_sku WHERE listing_id = 'twin-0'")
    await world.run_sql(row_sql.MARK_DUPLICATES.text, batch_id=batch_id, connection_id=world.connection_id)
    assert not any(row.duplicate_skus for row in (await world.rows(batch_id)).values())


async def analyze(database: Database, server: TestServer) -> None:
    """What autovacuum does when it comes by."""
    async with database.begin_system() as connection:
        name = (await connection.execute(text("SELECT current_database()"))).scalar_one()
    superuser = await asyncpg.connect(server.superuser_url(name))
    try:
        await superuser.execute("ANALYZE")
    finally:
        await superuser.close()


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A node of a plan and all below it."""
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)
