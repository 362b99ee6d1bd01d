"""Batches and the mapping report."""

from collections import Counter
from collections.abc import Iterable, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from truestock.client.models.importer import Batch, Gate, MappingReport, ReportListing
from truestock.client.show.words import STYLE, counts, facts, grid, instant, plain, word

MAPPED = ("quantity", "price", "variants", "photos", "specifics")
LABELLED = frozenset({"quantity", "price", "specifics"})
"""The others say themselves what they are."""

PLAIN_OUTCOMES = frozenset({"created", "unchanged"})
"""Outcomes whose reasons say nothing that a person would act on."""


def batch(value: Batch) -> RenderableType:
    """Where one batch is."""
    progress = value.progress
    return facts(
        ("batch", value.batch_id),
        ("kind", f"{value.kind} {value.number}"),
        ("state", word(value.state)),
        ("reason", value.reason),
        ("listings", f"{progress.read} read of {plain(progress.total)}, {progress.closed} closed, "
                     f"{progress.open} open, {progress.unchanged} unchanged"),
        ("outcomes", counts(value.outcomes)),
        ("verdicts", counts(value.verdicts)),
        ("started", f"{instant(value.created_at)} by {value.created_by or '–'}"),
        *([("undone", f"{instant(value.undone_at)} by {value.undone_by}")] if value.undone_at else []),
        ("revision", value.revision),
    )  # fmt: skip


def batches(values: Sequence[Batch]) -> RenderableType:
    """Batches, one a line."""
    if not values:
        return "Nothing was imported yet: `truestock import sample`."
    table = grid(
        "batch", "kind", "state", "read", "open", "outcomes", "verdicts", right=frozenset({"read", "open"})
    )
    for value in values:
        table.add_row(
            value.batch_id,
            f"{value.kind} {value.number}",
            word(value.state),
            str(value.progress.read),
            str(value.progress.open),
            counts(value.outcomes),
            counts(value.verdicts),
        )
    return table


def coverage(value: Batch) -> Table:
    """Which strata the catalogue has, and which of them the sample covers."""
    table = grid("stratum", "in catalogue", "in sample", "", right=frozenset({"in catalogue", "in sample"}))
    for row in value.coverage:
        if row.in_sample:
            mark = Text("covered", style="green")
        elif row.in_catalogue:
            mark = Text("not covered", style="yellow")
        else:
            mark = Text("not in this catalogue", style="dim")
        table.add_row(row.stratum.replace("_", " "), str(row.in_catalogue), str(row.in_sample), mark)
    return table


def listings(values: Iterable[ReportListing]) -> RenderableType:
    """How each listing maps, what inventory did with it, its verdict, and what is open."""
    return Group(*(_listing(value) for value in values))


def _listing(value: ReportListing) -> RenderableType:
    head = Text(f"{value.listing_id}  ", style="bold").append(shorten(value.title, 60), style="default")
    if value.excluded:
        head.append("  excluded", style="dim")
    else:
        head.append("  ").append(word(value.outcome)).append(", ").append(word(value.verdict))
    maps = {name: plain(value.maps[name]) for name in MAPPED if value.maps.get(name) is not None}
    shown = (f"{name} {maps[name]}" if name in LABELLED else maps[name] for name in maps)
    lines = [Text(" · ".join(shown), style="dim")]
    if value.outcome not in PLAIN_OUTCOMES:
        lines += [Text(reason, style="dim") for reason in value.reasons]
    for blocker in value.blockers:
        state = Text(f"{blocker.code} {blocker.state}", style=STYLE.get(blocker.state, ""))
        lines.append(state.append(f": {blocker.message}", style="default"))
    return Group(head, Padding(Group(*lines), (0, 0, 0, 4)))


def notes(values: Iterable[ReportListing], *, limit: int = 40) -> RenderableType:
    """The mapper's notes, grouped by code, with one example each."""
    found: Counter[tuple[str, str]] = Counter()
    example: dict[tuple[str, str], str] = {}
    for value in values:
        for note in value.notes:
            found[note.severity, note.code] += 1
            example.setdefault((note.severity, note.code), f"{value.listing_id}: {note.message}")
    if not found:
        return Text("The mapper has no notes.", style="dim")
    table = grid("severity", "note", "listings", "for example", right=frozenset({"listings"}))
    order = {"blocker": 0, "warning": 1, "info": 2}
    ranked = sorted(found, key=lambda key: (order.get(key[0], 3), -found[key], key[1]))
    for key in ranked[:limit]:
        table.add_row(word(key[0]), key[1].replace("_", " "), str(found[key]), example[key])
    return table


def approval(value: MappingReport) -> RenderableType:
    """What approval waits for, each with what to do."""
    if value.approval.ready:
        return Text("Nothing is open: this batch can be approved.", style="green")
    lines = [Text("Approval waits for:", style="bold")]
    for waiting in value.approval.waiting_for:
        lines.append(Text(f"  • {waiting.detail} ", style="yellow").append(waiting.remedy, style="default"))
        if waiting.listing_ids:
            lines.append(Text(f"    listings: {', '.join(waiting.listing_ids)}", style="dim"))
    return Group(*lines)


def report(value: MappingReport) -> RenderableType:
    """The whole mapping report of a batch."""
    parts: list[RenderableType] = [batch(value.batch)]
    if value.batch.coverage:
        parts += [Text("\nSample coverage", style="bold"), coverage(value.batch)]
    parts += [Text("\nListings", style="bold"), listings(value.listings)]
    parts += [Text("\nMapping notes", style="bold"), notes(value.listings), Text("")]
    if value.batch.kind == "sample":
        parts.append(approval(value))
    return Group(*parts)


def gate(value: Gate) -> Text:
    """Whether a bulk import is allowed, and why."""
    text = Text("The gate is open: " if value.bulk_allowed else "The gate is closed: ",
                style="bold green" if value.bulk_allowed else "bold yellow")  # fmt: skip
    return text.append(value.because, style="default")


def shorten(title: str, width: int = 40) -> str:
    """A title that fits a table cell."""
    return title if len(title) <= width else title[: width - 1] + "…"
