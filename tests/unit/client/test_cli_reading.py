"""Commands that show something."""

import json

from support.client_world import Terminal, World, batch, connection, page, report

BATCHES = "GET http://importer/v1/batches"
REPORT = "GET http://importer/v1/batches/b-1/report"


def test_the_report_shows_coverage_notes_and_what_approval_waits_for(
    world: World, terminal: Terminal
) -> None:
    world.on(BATCHES, page(batch()))
    world.on(REPORT, report())
    assert terminal.run("report").exit_code == 0
    for expected in (
        "no sku",
        "1001",
        "12.50 EUR",
        "has no SKU",
        "price_missing open",
        "Set the price on the item.",
    ):
        assert expected in terminal.out


def test_the_report_for_programs_is_json(world: World, terminal: Terminal) -> None:
    world.on(BATCHES, page(batch()))
    world.on(REPORT, report())
    terminal.run("report", "--json")
    assert json.loads(terminal.out)["batch"]["revision"] == 7


def test_connections_are_listed(world: World, terminal: Terminal) -> None:
    world.on("GET http://connector/v1/connections", page(connection()))
    terminal.run("connections")
    assert "Potter (42)" in terminal.out
    terminal.run("connections", "--json")
    assert [one["connection_id"] for one in json.loads(terminal.out)] == ["c-1"]


def test_unknown_stock_is_not_shown_as_zero(world: World, terminal: Terminal) -> None:
    item = {
        "item_id": "i-" + "1" * 32,
        "title": "Mug",
        "variants": [
            {"variant_id": "v-1", "on_hand": None, "options": [{"name": "Size", "value": "S"}]},
            {"variant_id": "v-2", "on_hand": 4, "sku": "MUG-L"},
        ],
        "revision": 2,
    }
    world.on("GET http://inventory/v1/items", page())
    world.on(f"GET http://inventory/v1/items/{item['item_id']}", item)
    terminal.run("item", str(item["item_id"]))
    line = next(line for line in terminal.out.splitlines() if "v-1" in line)
    assert "unknown" in line
    assert "Size S" in line


def test_the_gate_says_why(world: World, terminal: Terminal) -> None:
    world.on("GET http://connector/v1/connections", page(connection()))
    gate = {"bulk_allowed": False, "because": "no sample was approved", "mapping_version": "etsy-1"}
    world.on("GET http://importer/v1/connections/c-1/gate", gate)
    terminal.run("gate")
    assert "The gate is closed: no sample was approved" in terminal.out


def test_watching_ends_when_the_batch_waits_for_review(world: World, terminal: Terminal) -> None:
    world.on(BATCHES, page(batch(state="reading")))
    world.on("GET http://importer/v1/batches/b-1", batch(state="processing"), batch())
    assert terminal.run("watch").exit_code == 0
    assert "awaiting review" in terminal.out
    assert "truestock report" in terminal.out


def test_watching_survives_a_service_that_restarts(world: World, terminal: Terminal) -> None:
    world.on(BATCHES, page(batch(state="reading")))
    world.answers["GET http://importer/v1/batches/b-1"] = [(503, {"detail": "starting"}), (200, batch())]
    assert terminal.run("watch").exit_code == 0


def test_findings_show_the_three_sides_and_the_fix(world: World, terminal: Terminal) -> None:
    finding = {
        "check": "stock.quantity",
        "finding_class": "drift",
        "severity": "blocker",
        "subject": "Mug",
        "base": "5",
        "inventory": "5",
        "marketplace": "4",
        "fix": "Record the sale.",
    }
    world.on(BATCHES, page(batch()))
    answer = {"verdicts": {"failed": 1}, "by_check": {"stock.quantity": {"drift": {"blocker": 1}}}}
    world.on("GET http://validator/v1/batches/b-1/report", answer | {"findings": [finding]})
    terminal.run("findings")
    for expected in ("stock.quantity", "drift", "Record the sale.", "1 failed"):
        assert expected in terminal.out
