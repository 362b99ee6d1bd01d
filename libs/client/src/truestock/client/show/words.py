"""Small pieces of text and their colours."""

from datetime import datetime
from typing import Any

from rich.console import JustifyMethod
from rich.table import Table
from rich.text import Text

STYLE = {
    "passed": "green",
    "passed_with_warnings": "yellow",
    "failed": "red",
    "unverifiable": "magenta",
    "created": "green",
    "linked": "green",
    "refined": "green",
    "unchanged": "dim",
    "proposed": "yellow",
    "held": "yellow",
    "rejected": "red",
    "blocker": "red",
    "warning": "yellow",
    "info": "dim",
    "active": "green",
    "approved": "green",
    "completed": "green",
    "completed_with_findings": "yellow",
    "awaiting_review": "cyan",
    "withdrawn": "dim",
    "open": "red",
    "waived": "yellow",
    "resolved": "green",
}


IDS = frozenset({"connection", "batch", "item"})
"""Columns that hold ids: people copy them."""


def word(value: str | None) -> Text:
    """One word of an enumeration, readable and coloured; a dash for None."""
    if not value:
        return Text("–", style="dim")
    return Text(value.replace("_", " "), style=STYLE.get(value, ""))


def pieces(value: int | None) -> str:
    """A quantity; unknown is said, never shown as zero."""
    return "unknown" if value is None else str(value)


def several(number: int, noun: str) -> str:
    """``1 split``, ``2 splits``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def instant(value: datetime | None) -> str:
    """A time in UTC, to the minute; a dash for None."""
    return "–" if value is None else f"{value:%Y-%m-%d %H:%M} UTC"


def counts(values: dict[str, int]) -> str:
    """``3 created, 1 held``, largest first; a dash when there is nothing."""
    ordered = sorted(values.items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in ordered if number) or "–"


def plain(value: Any) -> str:
    """Any JSON value in one readable line."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return "; ".join(f"{name}: {plain(part)}" for name, part in value.items()) or "–"
    if isinstance(value, list | tuple):
        return ", ".join(plain(part) for part in value) or "–"
    return str(value)


def grid(*columns: str, title: str | None = None, right: frozenset[str] = frozenset()) -> Table:
    """An empty table with these columns; the ones in ``right`` hold numbers, ids are never broken."""
    table = Table(title=title, title_justify="left", title_style="bold", header_style="bold", expand=False)
    for column in columns:
        side: JustifyMethod = "right" if column in right else "left"
        table.add_column(column, justify=side, overflow="fold", no_wrap=column in IDS)
    return table


def facts(*pairs: tuple[str, Any]) -> Table:
    """Names and values, one pair a line, without a frame."""
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in pairs:
        table.add_row(name, value if isinstance(value, Text) else plain(value))
    return table
