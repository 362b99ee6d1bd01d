"""The figures of one journey: what was read back, written as JSON, and what must be equal."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

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
    """Everything that the final report prints."""

    source: Source
    inventory: Kept
    outcomes: Mapping[str, int]
    verdicts: Mapping[str, int]
    sample: Mapping[str, int]
    gate: Mapping[str, Any]
    bulk: Mapping[str, float]
    connection: Mapping[str, Any]

    def write(self, path: Path) -> None:
        """As JSON; raises :class:`Refusal` when the file cannot be written."""
        text = json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"
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


def compare(figures: Figures) -> list[Comparison]:
    """Every listing has an outcome and a verdict; items, variants and stock are the catalogue's."""
    source, kept = figures.source, figures.inventory
    outside = kept.held + figures.outcomes.get("rejected", 0)
    why = f"{outside} listings are held or rejected and have no item" if outside else None
    return [
        Comparison("listings with an outcome", source.listings, sum(figures.outcomes.values())),
        Comparison("listings with a verdict", source.listings, sum(figures.verdicts.values())),
        Comparison("items", source.listings, kept.items, why),
        Comparison("variants", source.variants, kept.variants, why),
        Comparison("pieces in stock", source.stock, kept.stock, why),
    ]
