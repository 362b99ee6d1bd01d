"""``make bench ARGS=--read-side``: downloading and importing in turn, in one run."""

from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import httpx
from bench import report
from bench.figures import Round, cpu_us, ratio
from bench.processes import machine
from bench.reading.downloading import Downloader
from bench.reading.importing import Importing
from bench.reading.options import ReadParameters
from bench.reading.world import ReadWorld, opened
from rich.console import Console
from rich.table import Table

MODES = ("download", "import")


async def measure_reading(parameters: ReadParameters, console: Console, report_path: Path | None) -> int:
    """Run it; 1 when an import did not bring every listing."""
    described = machine()
    console.print("Starting PostgreSQL, the broker, the sandbox and the importer …")
    async with AsyncExitStack() as end:
        world = await end.enter_async_context(opened(parameters))
        http = await end.enter_async_context(httpx.AsyncClient(timeout=30.0, trust_env=False))
        importing = await end.enter_async_context(Importing.open(world))
        both = _Both(world, Downloader(http, world.shop), importing)
        await both.start()
        console.print("Warming up …")
        await both.round(MODES)
        both.forget()
        for number in range(parameters.rounds):
            await both.round(MODES if number % 2 == 0 else MODES[::-1])
            rates = ", ".join(f"{mode} {both.rounds[mode][-1].rate:,.0f}" for mode in MODES)
            console.print(f"round {number + 1}: {rates} listings/s")
    content = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": described,
        "parameters": asdict(parameters),
        **both.figures(),
        "problems": both.problems,
    }
    _show(console, content)
    if report_path is not None:
        report.write(report_path, content)
    for complaint in both.problems:
        console.print(complaint, style="red", markup=False)
    return 1 if both.problems else 0


class _Both:
    """The two, on the same shop."""

    def __init__(self, world: ReadWorld, download: Downloader, importing: Importing) -> None:
        self._world, self._download, self._import = world, download, importing
        self.rounds: dict[str, list[Round]] = {mode: [] for mode in MODES}
        self._published: list[float] = []
        self.problems: list[str] = []
        self._listings = 0

    async def start(self) -> None:
        """Know how much there is to be read."""
        self._listings = await self._download.count()

    async def round(self, order: Sequence[str]) -> None:
        """One after the other: neighbours in time."""
        for mode in order:
            before = self._world.usage()
            seconds = await (self._downloaded() if mode == "download" else self._imported())
            cpu = self._world.usage().since(before)
            self.rounds[mode].append(Round(self._listings, seconds, cpu))

    def forget(self) -> None:
        """The warm-up does not count."""
        self._published.clear()
        for rounds in self.rounds.values():
            rounds.clear()

    def figures(self) -> dict[str, Any]:
        """By mode, and how they compare."""
        return {
            "modes": {mode: _figures(rounds) for mode, rounds in self.rounds.items()},
            "import_of_download": round(ratio(self.rounds["import"], self.rounds["download"]), 3),
            "published_per_s": round(median(self._listings / one for one in self._published), 1),
        }

    async def _downloaded(self) -> float:
        return (await self._download()).seconds

    async def _imported(self) -> float:
        done = await self._import()
        if done.listings != self._listings:
            self.problems.append(f"{done.listings} listings were imported instead of {self._listings}")
        self._published.append(done.published_s)
        return done.seconds


def _figures(rounds: Sequence[Round]) -> dict[str, Any]:
    return {
        "listings_per_s": round(median(one.rate for one in rounds), 1),
        "listings_per_s_by_round": [round(one.rate, 1) for one in rounds],
        "cpu_us_per_listing_by_process": {role: round(us, 1) for role, us in cpu_us(rounds).items()},
    }


def _show(console: Console, content: Mapping[str, Any]) -> None:
    modes = content["modes"]
    table = Table("", *modes, title="reading one shop")
    table.add_row("listings/s", *(f"{modes[mode]['listings_per_s']:,.0f}" for mode in modes))
    table.add_row("of the download", "100%", f"{content['import_of_download']:.0%}")
    table.add_row("listings/s, published as well", "–", f"{content['published_per_s']:,.0f}")
    for role in modes["import"]["cpu_us_per_listing_by_process"]:
        spent = (modes[mode]["cpu_us_per_listing_by_process"][role] for mode in modes)
        table.add_row(f"CPU µs/listing, {role}", *(f"{us:,.0f}" for us in spent))
    console.print(table)
