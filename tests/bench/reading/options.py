"""What one run of the read-side benchmark measures."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass

from bench.options import DEFAULT_SAMPLING

FLAG = "--read-side"


@dataclass(frozen=True, slots=True)
class ReadParameters:
    """All of it is written into the report."""

    listings: int = 5_000
    """Of the generated shop; each round reads all of them twice: once only downloaded, once imported."""
    seed: int = 7
    rounds: int = 5
    sampling: float = DEFAULT_SAMPLING
    rate_limit: int | None = None
    """Requests a second that the sandbox allows; None: more than one machine can ask."""


def parse(arguments: Sequence[str]) -> ReadParameters:
    """The parameters that a command line names; exits with a usage message where it is not usable."""
    description = "The importer's reading beside a loop that only downloads."
    parser = argparse.ArgumentParser(f"make bench ARGS='{FLAG} …'", description=description)
    add, default = parser.add_argument, ReadParameters()
    add(FLAG, action="store_true", required=True, help="this measurement")
    add("--listings", type=int, default=default.listings, help="of the shop")
    add("--seed", type=int, default=default.seed, help="of the generated catalogue")
    add("--rounds", type=int, default=default.rounds)
    add("--sampling", type=float, default=default.sampling, help="share of traces that are recorded")
    add("--rate-limit", type=int, default=default.rate_limit, help="requests a second; Etsy's own is 10")
    named = vars(parser.parse_args(arguments))
    return ReadParameters(**{name: named[name] for name in ReadParameters.__slots__})
