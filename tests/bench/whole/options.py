"""What one run of the whole import measures."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass

from truestock.local.broker import BrokerMode

FLAG = "--whole"


@dataclass(frozen=True, slots=True)
class WholeParameters:
    """All of it is written into the report."""

    whole: int
    """Listings of the generated shop."""
    seed: int = 7
    broker: str = str(BrokerMode.EMBEDDED)
    goal_s: float = 60.0


def parse(arguments: Sequence[str]) -> WholeParameters:
    """The parameters that a command line names; exits with a usage message where it is not usable."""
    description = "A bulk import into the local stack, from its start until every listing has its verdict."
    parser = argparse.ArgumentParser(f"make bench ARGS='{FLAG} 10000 …'", description=description)
    add, default = parser.add_argument, WholeParameters(whole=0)
    add(FLAG, type=int, required=True, metavar="LISTINGS", help="this measurement, with so many listings")
    add("--seed", type=int, default=default.seed, help="of the generated catalogue")
    brokers = [str(BrokerMode.EMBEDDED), str(BrokerMode.KAFKA)]
    add("--broker", choices=brokers, default=default.broker)
    add("--goal-s", type=float, default=default.goal_s, help="seconds that the report compares with")
    return WholeParameters(**vars(parser.parse_args(arguments)))
