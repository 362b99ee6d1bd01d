"""Attempts and connections, as an operator reviews them."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from truestock.client.models.connector import Attempt, Connection
from truestock.client.show.words import facts, grid, instant, word


def attempt(value: Attempt) -> RenderableType:
    """The account and the settings to check before confirming, or why there is nothing to confirm."""
    rows: list[tuple[str, object]] = [
        ("attempt", value.attempt_id),
        ("marketplace", value.marketplace),
        ("state", word(value.state)),
        ("revision", value.revision),
    ]
    if value.account:
        rows += [
            ("account", Text(value.account.name, style="bold")),
            ("account id", value.account.id),
            ("account url", value.account.url),
            ("expected account", _expected(value)),
            ("granted scopes", ", ".join(value.granted_scopes)),
        ]
    if value.missing_scopes:
        rows.append(("missing scopes", Text(", ".join(value.missing_scopes), style="red")))
    rows += [(f"settings: {name}", part) for name, part in (value.settings or {}).items()]
    if value.settings_hash:
        rows.append(("settings hash", value.settings_hash))
    if value.failure:
        rows.append(("failure", Text(f"{value.failure.detail} {value.failure.remedy}", style="red")))
    if value.expires_at:
        rows.append(("expires", instant(value.expires_at)))
    return Group(facts(*rows))


def _expected(value: Attempt) -> Text:
    expected = value.expected_account
    if expected is None or not (expected.id or expected.name):
        return Text("not declared", style="dim")
    shown = " ".join(part for part in (expected.name, expected.id and f"(id {expected.id})") if part)
    if value.account_matches is None:
        return Text(shown)
    return Text(f"{shown}: {'matches' if value.account_matches else 'DOES NOT MATCH'}",
                style="green" if value.account_matches else "bold red")  # fmt: skip


def connection(value: Connection) -> RenderableType:
    """One connection in full."""
    return facts(
        ("connection", value.connection_id),
        ("marketplace", value.marketplace),
        ("account", f"{value.account.name} (id {value.account.id})"),
        ("state", word(value.state)),
        ("sample approved", value.sample_approved),
        ("granted scopes", ", ".join(value.granted_scopes)),
        ("access expires", instant(value.access_expires_at)),
        ("refresh expires", instant(value.refresh_expires_at)),
        ("confirmed", f"{instant(value.confirmed_at)} by {value.confirmed_by or '–'}"),
        ("reason", value.reason),
        ("revision", value.revision),
    )


def connections(values: Sequence[Connection]) -> RenderableType:
    """All connections, one a line."""
    if not values:
        return "Nothing is connected yet: `truestock connect etsy`."
    table = grid("connection", "account", "state", "sample", "refresh expires")
    for value in values:
        table.add_row(
            value.connection_id,
            f"{value.marketplace}: {value.account.name} ({value.account.id})",
            word(value.state),
            "approved" if value.sample_approved else "–",
            instant(value.refresh_expires_at),
        )
    return table
