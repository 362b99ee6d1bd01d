"""Two transactions that need each other's rows wait for each other; neither is broken off as a deadlock."""

import asyncio
from collections.abc import Awaitable
from typing import Any

from support.inventory_values import EBAY, WORKSPACE, imported, listing, shown
from support.inventory_world import Inventory
from support.waiting import eventually

from truestock.inventory.domain.holding import HeldAction
from truestock.inventory.domain.records import Decision
from truestock.inventory.store import Store
from truestock.inventory.store.locking import claim
from truestock.inventory.usecases.decide_held import HeldDecision

WAITING = "SELECT 1 FROM pg_locks WHERE NOT granted"


async def _once_it_waits(inventory: Inventory, what: Awaitable[Any]) -> asyncio.Future[Any]:
    """The command, started and now waiting for a lock of somebody else."""
    running = asyncio.ensure_future(what)
    await eventually(lambda: inventory.rows(WAITING), message="the command waits for nothing")
    return running


async def test_an_import_waits_for_another_one_of_the_same_sku(inventory: Inventory) -> None:
    await inventory.imports(imported(listing("1", shown("A", 3))))
    again, same = (
        imported(listing("1", shown("A", 4)), sequence=2),
        imported(listing("9", shown("A", 3)), connection_id=EBAY),
    )

    async with Store(inventory.database).begin([WORKSPACE]) as work:
        await claim(work.connection, {(WORKSPACE, "sku:A")})
        waiting = await _once_it_waits(inventory, inventory.imports(again))
        # The item that listing 9 is about brings listing 1 with it, which the other import is about.
        known = await work.for_imports([same])
        assert [each.listing_id for each in known.listings.values()] == ["1"]

    (answer,) = await waiting
    assert answer["outcome"] == "proposed"


async def test_a_decision_waits_for_an_import_that_supersedes_what_it_decides(inventory: Inventory) -> None:
    await inventory.imports(imported(listing("1", shown("A", 3))))
    await inventory.imports(imported(listing("2", shown("A", 3))))
    (held,) = await inventory.do.reading.waiting("held", WORKSPACE)
    decision = HeldDecision(held.held_id, held.revision, HeldAction.REJECT)

    async with Store(inventory.database).begin([WORKSPACE]) as work:
        await work.for_imports([imported(listing("2", shown("A", 3)), sequence=2)])
        waiting = await _once_it_waits(
            inventory, inventory.do.decide_held(inventory.who, [decision], "twice")
        )
        await work.close([held.held_id], Decision.SUPERSEDED)

    (result,) = await waiting
    assert result.refusal is not None
    assert result.refusal.code == "stale_revision"
