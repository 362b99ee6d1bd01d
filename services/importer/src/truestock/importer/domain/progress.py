"""How far a batch is, in listings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from truestock.importer.domain.batch import Batch


@dataclass(frozen=True, slots=True)
class Progress:
    """Derived from the rows. ``total`` is what the marketplace declared, None until it has said.

    ``outcomes`` and ``verdicts`` count rows that have one, by name.
    """

    total: int | None
    read: int
    emitted: int
    unchanged: int
    closed: int
    open: int
    dead_lettered: int
    excluded: int
    outcomes: Mapping[str, int]
    verdicts: Mapping[str, int]


def seconds(batch: Batch, now: datetime) -> float:
    """How long the batch took from its start to its end, or has taken until now."""
    return round(((batch.closed_at or now) - batch.created_at).total_seconds(), 3)
