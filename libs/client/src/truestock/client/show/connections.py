"""Connections: how they stand, what their access lets, and which day comes next."""

from collections.abc import Sequence

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.text import Text

from truestock.client.models.connector import CheckedConnection, Connection, Deadline
from truestock.client.show.words import facts, grid, instant, plain, several, word

SOON = 30
"""Days from which on a deadline is worth a line of its own; the connector warns from then on, too."""
URGENT = 7


def connection(value: Connection) -> RenderableType:
    """One connection in full."""
    return Group(
        facts(
            ("connection", value.connection_id),
            ("marketplace", value.marketplace),
            ("account", f"{value.account.name} (id {value.account.id})"),
            ("state", word(value.state)),
            ("sample approved", value.sample_approved),
            ("granted scopes", ", ".join(value.granted_scopes)),
            ("access expires", access(value)),
            ("refresh expires", instant(value.refresh_expires_at)),
            *((f"deadline: {one.kind.replace('_', ' ')}", deadline(one)) for one in value.deadlines),
            ("confirmed", f"{instant(value.confirmed_at)} by {value.confirmed_by or '–'}"),
            ("reason", value.reason),
            ("revision", value.revision),
        ),
        *to_do([value]),
    )


def connections(values: Sequence[Connection]) -> RenderableType:
    """All connections, one a line where the terminal is wide enough, and below them what needs a person."""
    if not values:
        return (
            "Nothing is connected yet: `truestock connect MARKETPLACE`, for example `truestock connect etsy`."
        )
    return Group(_AtAGlance(values), *to_do(values))


COLUMNS = ("connection", "account", "state", "sample", "scopes", "access expires", "next deadline")
NARROW = 160
"""Columns of a terminal below which a table's cells would be towers of three letters."""


class _AtAGlance:
    """A table, or one small list per connection where a table does not fit."""

    def __init__(self, values: Sequence[Connection]) -> None:
        self._rows = [_row(value) for value in values]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        if options.max_width < NARROW:
            for row in self._rows:
                yield facts(*zip(COLUMNS, row, strict=True))
                yield ""
            return
        table = grid(*COLUMNS)
        for row in self._rows:
            table.add_row(*row)
        yield table


def _row(value: Connection) -> tuple[str | Text, ...]:
    return (
        value.connection_id,
        f"{value.marketplace}: {value.account.name} ({value.account.id})",
        word(value.state),
        "approved" if value.sample_approved else "–",
        ", ".join(map(short, value.granted_scopes)) or "–",
        access(value),
        deadline(value.deadlines[0], with_kind=True) if value.deadlines else "–",
    )


def checked(value: CheckedConnection) -> RenderableType:
    """What each scope opened a moment ago, then the connection as it is now."""
    table = grid("scope", "works", "what was tried")
    for one in value.checks:
        table.add_row(
            one.scope, Text("yes", style="green") if one.works else Text("NO", style="red"), one.detail
        )
    return Group(table, connection(value))


def access(value: Connection) -> str:
    """When the access token ends; it is renewed by itself before then."""
    if value.access_expires_at is None:
        return "never" if value.state == "active" else "–"
    return instant(value.access_expires_at)


def deadline(value: Deadline, *, with_kind: bool = False) -> Text:
    """``consent in 12 days (2026-12-01)``; the closer, the louder."""
    days = value.days_left
    when = f"in {several(days, 'day')}" if days > 0 else "today" if days == 0 else "OVER"
    kind = f"{value.kind.replace('_', ' ')} " if with_kind else ""
    style = "bold red" if days <= URGENT else "yellow" if days <= SOON else ""
    return Text(f"{kind}{when} ({value.ends_at:%Y-%m-%d})", style=style)


def to_do(values: Sequence[Connection]) -> list[str]:
    """A sentence for everything that only a person can put right."""
    found = []
    for value in values:
        who = f"{value.marketplace}, {value.account.name}"
        if value.state == "reauthorization_required":
            why = f" ({plain(value.reason)})" if value.reason else ""
            found.append(
                f"{who}: the access is gone{why}. Run `truestock reauthorize {value.connection_id}`."
            )
        found += [f"{who}: {one.remedy}" for one in value.deadlines if one.days_left <= SOON and one.remedy]
    return found


def short(scope: str) -> str:
    """A scope without the address that some marketplaces put before it."""
    return scope.rsplit("/", 1)[-1]
