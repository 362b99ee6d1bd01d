"""Did every event get exactly one answer, and is the end state the right one?"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

GOOD = frozenset({"passed", "passed_with_warnings"})
"""Bench listings agree with the sandbox; stock that nobody counted is a warning."""
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class VerdictSeen:
    """One verdict record."""

    key: str
    version: int
    verdict: str


@dataclass(frozen=True, slots=True)
class Expected:
    """What must be there: the keys of all events, and row counts that follow from their number."""

    keys: Collection[str]
    rows: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Found:
    """What is there. ``rows`` by the same names; ``versions`` counts items by version."""

    verdicts: Collection[VerdictSeen]
    rows: Mapping[str, int]
    versions: Mapping[int, int] = field(default_factory=dict)


def problems(expected: Expected, found: Found) -> list[str]:
    """Sentences about what is wrong; none when every event was delivered once, with its effects."""
    answered = Counter(verdict.key for verdict in found.verdicts)
    wanted = set(expected.keys)
    complaints = [
        _some("events without a verdict", wanted - answered.keys()),
        _some("verdicts that nobody asked for", answered.keys() - wanted),
        _some("events with several verdicts", (key for key, times in answered.items() if times > 1)),
        _some("verdicts of another version than 1", (v.key for v in found.verdicts if v.version != 1)),
        _some(
            "verdicts that are not good",
            (f"{v.key} {v.verdict}" for v in found.verdicts if v.verdict not in GOOD),
        ),
    ]
    complaints += [
        f"{name}: {found.rows.get(name, 0)} instead of {count}"
        for name, count in expected.rows.items()
        if found.rows.get(name, 0) != count
    ]
    other = {version: count for version, count in found.versions.items() if version != 1}
    if other:
        complaints.append(f"items of another version than 1: {other}")
    return [complaint for complaint in complaints if complaint]


def _some(what: str, keys: Iterable[str]) -> str:
    found = sorted(keys)
    return f"{len(found)} {what}: {', '.join(found[:_SHOWN])}" if found else ""
