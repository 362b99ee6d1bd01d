"""The figures of one journey: what was read back, written as JSON, and what must be equal."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from truestock.client.show.words import several
from truestock.contracts.problem import Refusal, RefusalKind


@dataclass(frozen=True, slots=True)
class Source:
    """What the catalogue holds. ``stock`` in pieces, unknown quantities left out."""

    listings: int
    variants: int
    stock: int


@dataclass(frozen=True, slots=True)
class Kept:
    """What inventory holds of this connection."""

    items: int
    variants: int
    stock: int
    unknown_stock: int
    held: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that the final report prints, for one connection.

    ``inventory`` is the whole workspace's; the other figures are the connection's own.
    """

    source: Source
    inventory: Kept
    outcomes: Mapping[str, int]
    verdicts: Mapping[str, int]
    sample: Mapping[str, int]
    gate: Mapping[str, Any]
    bulk: Mapping[str, float]
    connection: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Together:
    """The figures of all connections of one run, in the order in which they were connected.

    ``listings_per_item``: how many items have so many channel listings.
    """

    each: tuple[Figures, ...]
    listings_per_item: Mapping[int, int]

    def as_json(self) -> dict[str, Any]:
        """One connection: its figures. Several: outcomes and verdicts added up, and one entry for each."""
        last = asdict(self.each[-1])
        if len(self.each) == 1:
            return last
        summed = {
            name: dict(sum((Counter(getattr(one, name)) for one in self.each), Counter[str]()))
            for name in ("outcomes", "verdicts")
        }
        entries = [
            {
                **one.connection,
                **{name: value for name, value in asdict(one).items() if name not in _SHARED},
            }
            for one in self.each
        ]
        per_item = {str(links): items for links, items in sorted(self.listings_per_item.items())}
        first = asdict(self.each[0])
        return {**first, "inventory": last["inventory"], **summed, "connections": entries} | {
            "channel_listings_per_item": per_item
        }


_SHARED = frozenset({"source", "inventory", "connection"})


def write(together: Together, path: Path) -> None:
    """As JSON; raises :class:`Refusal` when the file cannot be written."""
    text = json.dumps(together.as_json(), indent=2, ensure_ascii=False) + "\n"
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise report_refused(path, error) from None


def check_writable(path: Path) -> None:
    """Refuse a report file that cannot be written, before anything else is done."""
    try:
        existed = path.exists()
        with path.open("a", encoding="utf-8"):
            pass
        if not existed:
            path.unlink()
    except OSError as error:
        raise report_refused(path, error) from None


def report_refused(path: Path, error: OSError) -> Refusal:
    """The report file cannot be written."""
    return Refusal(
        "report_not_writable",
        f"The report {path} cannot be written: {error.strerror or error}.",
        remedy="Give REPORT a file in a folder that exists and that you may write to.",
        kind=RefusalKind.INVALID,
    )


@dataclass(frozen=True, slots=True)
class Comparison:
    """One figure of the catalogue beside inventory's. ``why`` explains a difference that is in order."""

    name: str
    source: int
    inventory: int
    why: str | None = None

    @property
    def fine(self) -> bool:
        """Equal, or less than the catalogue's for a reason that inventory states."""
        return self.source == self.inventory or (self.why is not None and self.inventory < self.source)


def compare(together: Together) -> list[Comparison]:
    """Every listing has an outcome and a verdict; items, variants and stock are one catalogue's."""
    source, kept = together.each[-1].source, together.each[-1].inventory
    outside = kept.held + max(one.outcomes.get("rejected", 0) for one in together.each)
    why = f"{several(outside, 'listing')} held or rejected, without an item" if outside else None
    rows = []
    for one in together.each:
        where = f"{one.connection['marketplace']}: " if len(together.each) > 1 else ""
        rows += [
            Comparison(f"{where}listings with an outcome", source.listings, sum(one.outcomes.values())),
            Comparison(f"{where}listings with a verdict", source.listings, sum(one.verdicts.values())),
        ]
    rows += [
        Comparison("items", source.listings, kept.items, why),
        Comparison("variants", source.variants, kept.variants, why),
        Comparison("pieces in stock", source.stock, kept.stock, why),
    ]
    if len(together.each) > 1:
        everywhere = together.listings_per_item.get(len(together.each), 0)
        rows.append(Comparison("items listed everywhere", source.listings, everywhere, why))
    return rows
