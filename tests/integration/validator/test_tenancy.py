"""Row-level security holds without any filter of ours."""

import pytest
from sqlalchemy import text
from support.validator_values import WORKSPACE, evidence, seeded, sellable, uid
from support.validator_world import World

TABLES = ("subjects", "verdicts", "findings")


async def two_workspaces(world: World) -> None:
    world.shop.show(evidence(sellable(quantity=1)))
    await world.seed(seeded(seen=evidence()), seeded(seen=evidence(), workspace_id=uid("other")))


@pytest.mark.parametrize("table", TABLES)
async def test_a_transaction_sees_its_own_workspace_only(world: World, table: str) -> None:
    await two_workspaces(world)
    everything = text(f"SELECT DISTINCT workspace_id FROM {table}")  # noqa: S608  # a name from this file
    for workspaces, expected in (
        ([WORKSPACE], {WORKSPACE}),
        ([WORKSPACE, uid("other")], {WORKSPACE, uid("other")}),
        ([], set()),
    ):
        async with world.database.begin(workspaces) as tx:
            found = {row[0] for row in await tx.connection.execute(everything)}
        assert found == expected


@pytest.mark.parametrize("table", TABLES)
async def test_a_pooled_connection_without_a_workspace_sees_nothing(world: World, table: str) -> None:
    await two_workspaces(world)
    async with world.database.engine.connect() as connection:
        rows = await connection.execute(text(f"SELECT count(*) FROM {table}"))  # noqa: S608  # as above
        assert rows.scalar_one() == 0
