"""Attempts, as an operator reviews them."""

from rich.console import Group, RenderableType
from rich.text import Text

from truestock.client.models.connector import Attempt
from truestock.client.show.words import facts, instant, word


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
