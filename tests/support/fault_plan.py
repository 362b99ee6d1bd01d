"""How large the fault tests are, and the seed of their chance: both from the environment, both printed.

``TRUESTOCK_FAULT_SEED`` replays the choices of a run, ``TRUESTOCK_FAULT_SIZE=soak`` takes the full sizes,
``TRUESTOCK_FAULT_LISTINGS`` another number of listings for the kill storm, ``TRUESTOCK_FAULT_EVENTS`` another
number of events for inventory's growth, and half of it for the validator's.
"""

import os
import random
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Plan:
    """Sizes of one run; times in seconds."""

    listings: int
    """Sent through the kill storm."""
    storm_s: float
    """After so long the storm ends although not everything is through."""
    settle_s: float
    """So long the pipeline may need from the end of the storm."""
    churn_rounds: int
    """Members that come or go."""
    outbox_rows: int
    backlog: int
    """Records that wait for a slow consumer."""
    growth_events: int
    """Through inventory, over its simulated days."""
    cut_off_s: float
    """So long the broker answers nobody."""

    @property
    def growth_verdicts(self) -> int:
        """Through the validator, which reads live and takes twice as long for an event."""
        return self.growth_events // 2


CI = Plan(
    listings=2_000,
    storm_s=75,
    settle_s=150,
    churn_rounds=8,
    outbox_rows=8_000,
    backlog=12_000,
    growth_events=20_000,
    cut_off_s=45,
)
SOAK = Plan(
    listings=10_000,
    storm_s=600,
    settle_s=600,
    churn_rounds=60,
    outbox_rows=100_000,
    backlog=100_000,
    growth_events=1_000_000,
    cut_off_s=60,
)


def plan() -> Plan:
    """The plan of this run."""
    size = os.environ.get("TRUESTOCK_FAULT_SIZE") or "ci"
    if size not in ("ci", "soak"):
        raise ValueError(f"TRUESTOCK_FAULT_SIZE={size!r} is neither ci nor soak")
    chosen = SOAK if size == "soak" else CI
    names = {"listings": "TRUESTOCK_FAULT_LISTINGS", "growth_events": "TRUESTOCK_FAULT_EVENTS"}
    return replace(
        chosen, **{field: int(os.environ[name]) for field, name in names.items() if os.environ.get(name)}
    )


PLAN = plan()
SEED = int(os.environ.get("TRUESTOCK_FAULT_SEED") or random.SystemRandom().randrange(10**6))


def chance(name: str) -> random.Random:
    """The chance of one part of a test: the same in every run with this seed."""
    return random.Random(f"{SEED} {name}")  # noqa: S311  # replayable on purpose
