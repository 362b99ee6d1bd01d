"""A listing is found by its key, however many its workspace has and before anybody has counted them."""

from uuid import UUID

import pytest
from sqlalchemy import text
from support.validator_values import WORKSPACE, uid
from support.validator_world import World

from truestock.validator.domain.following import Key
from truestock.validator.store import sql
from truestock.validator.store.columns import key_columns

LISTINGS = 400
FILL = text(
    """
    INSERT INTO subjects (workspace_id, connection_id, listing_id, marketplace, account_id, item_id, batch_id)
    SELECT :workspace, :connection, 'L-' || n, 'etsy', '1', gen_random_uuid(), :batch
    FROM generate_series(1, :listings) n
    """
)
CONNECTION, BATCH = uid("connection"), uid("batch")


def _by_key() -> dict[str, list[object]]:
    return key_columns([Key(WORKSPACE, CONNECTION, f"L-{n}") for n in range(1, 20)])


def _by_item() -> dict[str, list[object]]:
    return {"workspace_ids": [WORKSPACE] * 20, "item_ids": [UUID(int=n) for n in range(20)]}


@pytest.mark.parametrize(
    ("statement", "values", "index"),
    [
        (sql.LOCK_LEAN, _by_key(), "subjects_pkey"),
        (sql.LOCK_WHOLE, _by_key(), "subjects_pkey"),
        (sql.STATES, _by_key(), "subjects_pkey"),
        (sql.LISTINGS_OF, _by_item(), "subjects_item"),
    ],
    ids=["lock", "lock whole", "states", "listings of items"],
)
async def test_the_key_alone_is_looked_up(
    world: World, statement: object, values: dict[str, list[object]], index: str
) -> None:
    async with world.database.begin([WORKSPACE]) as tx:
        where = {"workspace": WORKSPACE, "connection": CONNECTION, "batch": BATCH, "listings": LISTINGS}
        await tx.connection.execute(FILL, where)
        await tx.connection.execute(text("SET LOCAL enable_seqscan = off"))
        await tx.connection.execute(text("SET LOCAL enable_bitmapscan = off"))
        plan = await tx.connection.execute(text(f"EXPLAIN {statement}"), values)
        shown = "\n".join(plan.scalars())
    assert f"using {index} on" in shown, shown
    assert "subjects_batch" not in shown, shown
