"""Seeding against real PostgreSQL: batches, concurrency, tenancy."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from msgspec.structs import replace
from sqlalchemy import event as sql_events
from sqlalchemy import text
from support.deliveries import delivery
from support.inventory_values import EBAY, ETSY, WORKSPACE, imported, listing, shown
from support.inventory_world import Inventory

from truestock.chassis.delivery import Permanent

OTHER = UUID("99999999-9999-4999-8999-999999999999")


def outcomes(answers: list[dict[str, Any]]) -> list[str]:
    return [answer["outcome"] for answer in answers]


async def test_first_import_creates_item_variants_and_openings(inventory: Inventory) -> None:
    answers = await inventory.imports(
        imported(listing("1", shown("A-S", 3, Size="S"), shown("A-M", None, Size="M")))
    )

    assert outcomes(answers) == ["created"]
    (item,) = await inventory.items()
    assert [(v.sku, v.on_hand) for v in item.variants] == [("A-S", 3), ("A-M", None)]
    ledger = await inventory.rows("SELECT kind, quantity FROM movements ORDER BY quantity")
    assert [tuple(row) for row in ledger] == [("opening", 3), ("opening", None)]


async def test_every_import_has_one_answer_and_every_change_one_state(inventory: Inventory) -> None:
    event = imported(listing("1", shown("A", 3)))
    await inventory.seed([delivery(event)])
    seeded, item = await inventory.published()
    assert (seeded["outcome"], seeded["batch_id"], seeded["sequence"]) == ("created", str(event.batch_id), 1)
    assert seeded["evidence"] == event.evidence.model_dump(mode="json")
    assert (item["version"], item["epoch"], item["variants"][0]["on_hand"]) == (1, 1, 3)
    # The validator relies on it: it skips first versions, which say nothing that their seeding does not.
    assert item["channels"] == [seeded["state"]]
    assert seeded["causation_id"] == item["causation_id"]


async def test_a_redelivered_import_is_answered_once_and_a_changed_one_refused(inventory: Inventory) -> None:
    first = delivery(imported(listing("1", shown("A", 3))))
    await inventory.seed([first])
    await inventory.seed([first, delivery(imported(listing("2", shown("B", 3))))])
    assert len([row for row in await inventory.published() if "outcome" in row]) == 2
    forged = delivery(imported(listing("1", shown("A", 4))))
    with pytest.raises(Permanent):
        await inventory.seed([replace(forged, envelope=first.envelope)])
    assert len(await inventory.items()) == 2


async def test_a_second_connection_links_by_sku(inventory: Inventory) -> None:
    await inventory.imports(imported(listing("1", shown("A", 3))))
    answers = await inventory.imports(imported(listing("9", shown("A", 7)), connection_id=EBAY))

    assert outcomes(answers) == ["linked"]
    (item,) = await inventory.items()
    assert item.variants[0].on_hand == 3
    assert len(item.listings) == 2


async def test_collisions_inside_a_batch(inventory: Inventory) -> None:
    answers = await inventory.imports(
        imported(listing("1", shown("A"))),
        imported(listing("9", shown("A")), connection_id=EBAY),
        imported(listing("2", shown("A"))),
        imported(listing("1", shown("A"), title="Newer"), sequence=2),
    )
    assert outcomes(answers) == ["created", "linked", "held", "proposed"]
    (item,) = await inventory.items()
    rows = await inventory.rows("SELECT version FROM items")
    assert [row["version"] for row in rows] == [item.version]


async def test_renumbered_variants_keep_their_identity(inventory: Inventory) -> None:
    await inventory.imports(imported(listing("1", shown("A", 1, Size="S"), shown(None, 2, Size="M"))))
    (before,) = await inventory.items()
    answers = await inventory.imports(
        imported(listing("1", shown(None, 2, Size="M"), shown("A", 1, Size="S")), sequence=2)
    )
    assert outcomes(answers) == ["unchanged"]
    (after,) = await inventory.items()
    assert (after.variants, after.version) == (before.variants, before.version)


async def test_concurrent_imports_of_one_sku_agree(inventory: Inventory) -> None:
    connections = [uuid4() for _ in range(6)]
    skus = [f"SKU-{n}" for n in range(20)]

    async def one(connection_id: UUID, turned: bool) -> None:
        events = [
            imported(listing(f"{sku}", shown(sku)), connection_id=connection_id)
            for sku in (reversed(skus) if turned else skus)
        ]
        await inventory.seed([delivery(event) for event in events])

    await asyncio.gather(*(one(c, bool(n % 2)) for n, c in enumerate(connections)))
    found = await inventory.items()
    assert len(found) == 20
    assert all(len(item.listings) == 6 for item in found)


async def test_workspaces_mixed_in_a_batch_never_meet(inventory: Inventory) -> None:
    theirs = uuid4()
    answers = await inventory.imports(
        imported(listing("1", shown("A"), title="Mug")),
        imported(listing("1", shown("A"), title="Mug"), workspace_id=OTHER, connection_id=theirs),
        imported(listing("2", shown(None), title="Mug"), workspace_id=OTHER, connection_id=uuid4()),
    )
    assert outcomes(answers) == ["created", "created", "held"]
    (mine,) = await inventory.items()
    (other,) = await inventory.items(OTHER)
    assert mine.item_id != other.item_id
    assert await inventory.do.reading.item(WORKSPACE, other.item_id) is None


async def test_without_the_application_s_filters_rows_stay_hidden(inventory: Inventory) -> None:
    await inventory.imports(imported(listing("1", shown("A"))))
    tables = await inventory.rows(
        "SELECT c.relname, c.relforcerowsecurity FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
        "WHERE a.attname = 'workspace_id' AND c.relkind = 'r'"
    )
    assert len(tables) >= 14
    assert all(table["relforcerowsecurity"] for table in tables)
    for workspaces in ([OTHER], []):
        async with inventory.database.begin(workspaces) as tx:
            for table in tables:
                query = f"SELECT count(*) FROM {table['relname']}"  # noqa: S608  # names of our own tables
                counted = await tx.connection.execute(text(query))
                assert counted.scalar_one() == 0


async def test_the_ledger_cannot_be_rewritten(inventory: Inventory) -> None:
    await inventory.imports(imported(listing("1", shown("A", 3))))
    for statement in ("UPDATE movements SET quantity = 9", "DELETE FROM movements"):
        with pytest.raises(Exception, match="permission denied"):
            async with inventory.database.begin([WORKSPACE]) as tx:
                await tx.connection.execute(text(statement))


async def test_a_batch_costs_a_dozen_statements(inventory: Inventory) -> None:
    await inventory.imports(imported(listing("warm", shown("W"))))
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    sql_events.listen(inventory.database.engine.sync_engine, "before_cursor_execute", note)
    events = [imported(listing(f"{n}", shown(f"S-{n}", n))) for n in range(200)]
    await inventory.seed([delivery(event) for event in events])
    sql_events.remove(inventory.database.engine.sync_engine, "before_cursor_execute", note)
    assert len(statements) <= 16
    assert len(await inventory.do.reading.items(WORKSPACE, limit=500)) == 201


async def test_on_hand_is_the_ledger_s_sum(inventory: Inventory) -> None:
    await inventory.imports(imported(listing("1", shown("A", 3), title="Mug"), connection_id=ETSY))
    item = await inventory.item("Mug")
    variant = item.variants[0].variant_id
    await inventory.do.count.record(inventory.who, {variant: 7}, "shelf", accept_now=True)
    differing = await inventory.rows(
        "SELECT 1 FROM variants v WHERE on_hand IS DISTINCT FROM "
        "(SELECT sum(quantity) FROM movements m WHERE m.variant_id = v.variant_id)"
    )
    assert differing == []
