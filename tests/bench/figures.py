"""From what was measured to what is reported."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median


@dataclass(frozen=True, slots=True)
class Round:
    """One mode's round: events, the time until all that they cause was done, CPU seconds by role.

    ``rss_mib``: each service's largest process, when the round was over.
    """

    events: int
    seconds: float
    cpu_s: Mapping[str, float]
    rss_mib: Mapping[str, float] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        """Events per second."""
        return self.events / self.seconds


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least ``share`` of the values do not exceed (nearest rank)."""
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    rank = math.ceil(len(ordered) * share)
    return ordered[max(0, rank - 1)]


def ratio(ours: Sequence[Round], theirs: Sequence[Round]) -> float:
    """The median of the rounds' ratios: each compares neighbours in time, so a slow minute hits both."""
    return median(mine.rate / other.rate for mine, other in zip(ours, theirs, strict=True))


def memory(rounds: Sequence[Round]) -> dict[str, list[float]]:
    """Resident MiB of each service after each round: whether it stays the same under load."""
    return {service: [round(one.rss_mib[service], 1) for one in rounds] for service in rounds[0].rss_mib}


def cpu_us(rounds: Sequence[Round]) -> dict[str, float]:
    """Microseconds of CPU per event and role: the median over the rounds."""
    roles = rounds[0].cpu_s
    return {role: median(one.cpu_s[role] / one.events for one in rounds) * 1e6 for role in roles}
