"""The demo's own judgement: what must be equal, what may differ, what it waits for."""

import json
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from support.client_world import ENDPOINTS

from truestock.client.demo import run_demo
from truestock.client.demo.figures import Figures, Kept, Source, Together, compare, write
from truestock.client.demo.waiting import until
from truestock.contracts.problem import Refusal

SOURCE = Source(listings=3, variants=5, stock=40)


def figures(kept: Kept, outcomes: dict[str, int], verdicts: dict[str, int]) -> Together:
    return Together((one(kept, outcomes, verdicts),), {1: kept.items})


def one(kept: Kept, outcomes: dict[str, int], verdicts: dict[str, int], marketplace: str = "etsy") -> Figures:
    return Figures(
        source=SOURCE,
        inventory=kept,
        outcomes=outcomes,
        verdicts=verdicts,
        sample={"size": 2, "strata": 4, "covered": 3},
        gate={"bulk_allowed": True, "because": "sample 1 was approved"},
        bulk={"listings": 3, "seconds": 1.5},
        connection={"marketplace": marketplace, "account": {"id": "42", "name": "Potter"}},
    )


def test_everything_equal_is_fine() -> None:
    rows = compare(figures(Kept(3, 5, 40, 0, 0), {"created": 3}, {"passed": 3}))
    assert all(row.fine for row in rows)
    assert all(row.why is None for row in rows)


def test_fewer_items_are_fine_only_when_listings_are_held() -> None:
    held = figures(Kept(2, 4, 30, 0, 1), {"created": 2, "held": 1}, {"passed": 2, "failed": 1})
    assert all(row.fine for row in compare(held))
    assert {row.why for row in compare(held)} == {None, "1 listing held or rejected, without an item"}
    lost = figures(Kept(2, 4, 30, 0, 0), {"created": 3}, {"passed": 3})
    assert [row.name for row in compare(lost) if not row.fine] == ["items", "variants", "pieces in stock"]


def test_a_listing_without_an_outcome_or_verdict_is_never_fine() -> None:
    rows = compare(figures(Kept(2, 4, 30, 0, 1), {"created": 2}, {"passed": 2}))
    assert [row.name for row in rows if not row.fine] == [
        "listings with an outcome",
        "listings with a verdict",
    ]


def test_more_than_the_catalogue_has_is_never_fine() -> None:
    rows = compare(figures(Kept(4, 6, 41, 0, 1), {"created": 2, "held": 1}, {"passed": 3}))
    assert [row.name for row in rows if not row.fine] == ["items", "variants", "pieces in stock"]


def test_the_report_has_exactly_the_agreed_members(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    write(figures(Kept(3, 5, 40, 1, 0), {"created": 3}, {"passed": 3}), path)
    written = json.loads(path.read_text())
    assert set(written) == {
        "source",
        "inventory",
        "outcomes",
        "verdicts",
        "sample",
        "gate",
        "bulk",
        "connection",
    }
    assert written["source"] == {"listings": 3, "variants": 5, "stock": 40}
    assert written["inventory"] == {"items": 3, "variants": 5, "stock": 40, "unknown_stock": 1, "held": 0}


def test_several_connections_add_up_to_one_catalogue(tmp_path: Path) -> None:
    kept = Kept(3, 5, 40, 0, 0)
    both = Together(
        (one(kept, {"created": 3}, {"passed": 3}), one(kept, {"linked": 3}, {"passed": 3}, "ebay")), {2: 3}
    )
    assert all(row.fine for row in compare(both))
    lonely = Together(both.each, {2: 2, 1: 1})
    assert [row.name for row in compare(lonely) if not row.fine] == ["items listed everywhere"]
    path = tmp_path / "report.json"
    write(both, path)
    written = json.loads(path.read_text())
    assert [entry["marketplace"] for entry in written["connections"]] == ["etsy", "ebay"]
    assert written["connections"][1]["outcomes"] == {"linked": 3}
    assert written["outcomes"] == {"created": 3, "linked": 3}
    assert written["channel_listings_per_item"] == {"2": 3}


async def test_a_report_that_cannot_be_written_stops_the_demo_before_it_begins(tmp_path: Path) -> None:
    console = Console(file=StringIO(), width=200)
    path = tmp_path / "missing" / "report.json"
    assert await run_demo(ENDPOINTS, report_path=path, console=console) == 1
    assert "report_not_writable" in console.file.getvalue()  # type: ignore[attr-defined]  # a StringIO


async def test_a_catalogue_that_cannot_be_read_stops_the_demo(tmp_path: Path) -> None:
    console = Console(file=StringIO(), width=200)
    path = tmp_path / "catalog.csv"
    path.write_text("no,product\n1,2\n")
    assert await run_demo(ENDPOINTS, catalog=path, console=console) == 1
    assert "The catalogue cannot be used" in console.file.getvalue()  # type: ignore[attr-defined]  # a StringIO


async def test_waiting_ends_when_nothing_moves_any_more() -> None:
    async def look() -> int:
        return 1

    with pytest.raises(Refusal, match="while waiting for the callback"):
        await until(look, lambda found: found == 2, what="the callback", limit=0.0)


async def test_waiting_goes_on_while_something_moves() -> None:
    seen = iter(range(10))

    async def look() -> int:
        return next(seen)

    assert await until(look, lambda found: found == 3, what="the third", limit=0.0) == 3
