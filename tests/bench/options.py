"""What one run of the benchmark measures, and on what."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass

from truestock.local.broker import BrokerMode

MODES = ("ours", "handwritten", "naive")
DEFAULT_SAMPLING = 0.05
"""The share of sampled traces in deploy/k8s/base/configuration.yaml."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """All of it is written into the report. Counts are of events per round and mode unless said otherwise."""

    broker: str = "embedded"
    rounds: int = 3
    events: int = 10_000
    naive_events: int = 200
    listings: int = 1_000
    """Listings of one import, and of the sandbox's shop."""
    partitions: int = 12
    replicas: int = 1
    workspaces: int = 1_000
    stored: int = 10_000
    sampling: float = DEFAULT_SAMPLING
    latency_events: int = 1_000
    latency_rate: float = 100.0
    """Events per second while latency is measured."""
    rows: str = "all"
    """``all``: the baselines write the rows and events that ours writes for an import. ``core``: the
    hand-written one only item, variants and verdict, inbox and outbox."""
    row_security: bool = True
    modes: tuple[str, ...] = MODES

    def all_rows(self, mode: str) -> bool:
        """Whether the mode leaves every row that ours leaves."""
        return mode != "handwritten" or self.rows == "all"

    def events_of(self, mode: str, events: int | None = None) -> int:
        """So many as are wanted (by default a round's), fewer for the naive one: it takes its time."""
        wanted = self.events if events is None else events
        return min(self.naive_events, wanted) if mode == "naive" else wanted


def parse(arguments: Sequence[str]) -> Parameters:
    """The parameters that a command line names; exits with a usage message where it is not usable."""
    parser = argparse.ArgumentParser("make bench ARGS=…", description="Delivery: ours beside two baselines.")
    add, default = parser.add_argument, Parameters()
    add("--broker", choices=[str(BrokerMode.EMBEDDED), str(BrokerMode.KAFKA)], default=default.broker)
    add("--rounds", type=_positive, default=default.rounds)
    add("--events", type=_positive, default=default.events, help="per round")
    add("--naive-events", type=_positive, default=default.naive_events, help="per round of the naive one")
    add("--listings", type=_positive, default=default.listings, help="per import")
    add("--partitions", type=_positive, default=default.partitions, help="of every topic of the pipeline")
    add("--replicas", type=_positive, default=default.replicas, help="processes of each service")
    add("--workspaces", type=_positive, default=default.workspaces, help="that have stored items")
    add("--stored", type=int, default=default.stored, help="items in the database before the first round")
    add("--sampling", type=float, default=default.sampling, help="share of traces that are recorded")
    add("--latency-events", type=int, default=default.latency_events, help="0: do not measure latency")
    add("--latency-rate", type=float, default=default.latency_rate, help="events per second")
    add("--rows", choices=["all", "core"], default=default.rows, help="what the hand-written one writes")
    add("--without-row-security", dest="row_security", action="store_false", help="to see what it costs")
    add("--modes", type=_modes, default=default.modes, help="comma separated; ratios need all of them")
    return Parameters(**vars(parser.parse_args(arguments)))


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not at least 1")
    return value


def _modes(text: str) -> tuple[str, ...]:
    names = tuple(text.split(","))
    if unknown := set(names) - set(MODES):
        raise argparse.ArgumentTypeError(f"{', '.join(unknown)}: choose from {', '.join(MODES)}")
    return names
