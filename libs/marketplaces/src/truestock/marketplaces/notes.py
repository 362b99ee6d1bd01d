"""Collects what a mapper has to say about one listing."""

from collections import Counter

from truestock.contracts.listing import MappingNote, NoteCode
from truestock.contracts.values import Severity

MOST_NOTES = 100
LONGEST_MESSAGE = 500


class Notes:
    """Equal remarks of many variants become one note that says how many it stands for."""

    def __init__(self) -> None:
        self._times: Counter[tuple[NoteCode, Severity, str, str]] = Counter()

    def add(self, code: NoteCode, severity: Severity, field: str, message: str) -> None:
        """Remark something about ``field``, in a sentence."""
        self._times[code, severity, field, message[:LONGEST_MESSAGE]] += 1

    def found(self) -> tuple[MappingNote, ...]:
        """The notes in the order of their first remark, blockers first, at most a hundred."""
        order = (Severity.BLOCKER, Severity.WARNING, Severity.INFO)
        ranked = sorted(self._times.items(), key=lambda item: order.index(item[0][1]))
        return tuple(
            MappingNote(
                code=code,
                severity=severity,
                field=field,
                message=message if times == 1 else f"{message} ({times} variants)",
            )
            for (code, severity, field, message), times in ranked[:MOST_NOTES]
        )
