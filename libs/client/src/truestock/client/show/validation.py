"""Verdicts and findings."""

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from truestock.client.models.validator import FindingSeen, ValidationReport
from truestock.client.show.importing import shorten
from truestock.client.show.words import counts, grid, plain, several, word


def findings(values: Iterable[FindingSeen]) -> RenderableType:
    """Findings with their three sides and the fix."""
    values = list(values)
    if not values:
        return Text("There are no such findings.", style="green")
    return Group(*(_finding(value, f"{value.listing_id} {shorten(value.title)}") for value in values))


def grouped(values: Iterable[FindingSeen]) -> RenderableType:
    """Findings that have the same fix as one, with their number and one example."""
    found: dict[tuple[str, str, str, str], list[FindingSeen]] = {}
    for value in values:
        found.setdefault((value.severity, value.check, value.finding_class, value.fix), []).append(value)
    return Group(
        *(
            _finding(
                first, f"{several(len(same), 'time')}, for example {first.listing_id} {shorten(first.title)}"
            )
            for same in found.values()
            for first in same[:1]
        )
    )


def _finding(value: FindingSeen, where: str) -> RenderableType:
    head = Text().append(word(value.severity)).append(f" {value.check}", style="bold")
    head.append(f" ({value.finding_class.replace('_', ' ')})  {where}")
    what = Text(value.subject)
    if value.inventory is not None or value.marketplace is not None:
        base = f"base {plain(value.base)}, " if value.base is not None else ""
        what.append(f": {base}inventory {plain(value.inventory)}, marketplace {plain(value.marketplace)}")
    fix = Text(f"→ {value.fix}", style="cyan")
    return Group(head, Padding(Group(what, fix), (0, 0, 0, 4)))


def by_check(value: ValidationReport) -> RenderableType:
    """How many findings of which check, class and severity."""
    if not value.by_check and set(value.verdicts) == {"withdrawn"}:
        return Text("No findings: inventory took back what was validated.", style="dim")
    if not value.by_check:
        return Text("No findings: every listing agrees with inventory.", style="green")
    table = grid("check", "class", "severity", "findings", right=frozenset({"findings"}))
    for check, classes in sorted(value.by_check.items()):
        for name, severities in sorted(classes.items()):
            for severity, number in sorted(severities.items()):
                table.add_row(check, name.replace("_", " "), word(severity), str(number))
    return table


def report(value: ValidationReport) -> RenderableType:
    """Verdicts, counts by check, and the worst findings."""
    parts: list[RenderableType] = [Text(f"Verdicts: {counts(value.verdicts)}", style="bold"), by_check(value)]
    if value.findings:
        parts.append(findings(value.findings))
    return Group(*parts)
