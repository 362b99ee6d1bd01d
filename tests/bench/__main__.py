"""``make bench``: ours beside two baselines, interleaved, checked, reported."""

import asyncio
import os
import sys
from collections.abc import Coroutine, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import uvloop
from bench import report
from bench.apart import reads_us
from bench.backlog import Backlog
from bench.options import Parameters, parse
from bench.processes import machine
from bench.reading import options as reading
from bench.reading.measure import measure_reading
from bench.rounds import Lane
from bench.whole import options as whole
from bench.whole.measure import measure_whole
from bench.world import opened
from rich.console import Console

from truestock.local.errors import StackError
from truestock.local.signals import until_signalled


async def measure(parameters: Parameters, console: Console, report_path: Path | None) -> int:
    """Run everything; 1 when a mode lost, doubled or spoiled an event."""
    described = machine()
    complaints: list[str] = []
    async with AsyncExitStack() as end:
        console.print("Starting PostgreSQL, the broker and the sandbox …")
        world = await end.enter_async_context(opened(parameters))
        lanes = {mode: Lane(world, mode) for mode in parameters.modes}
        for lane in lanes.values():
            console.print(f"Starting and warming up: {lane.mode} …")
            end.push_async_callback(lane.stop)
            await lane.start()
        for number in range(parameters.rounds):
            order = list(lanes.values())
            for lane in order[number % len(order) :] + order[: number % len(order)]:
                done = await lane.round()
                most = max(done.rss_mib.values())
                console.print(
                    f"round {number + 1}: {lane.mode:<12}{done.rate:>9,.0f} events/s{most:>6,.0f} MiB"
                )
        if parameters.latency_events:
            for lane in lanes.values():
                console.print(f"latency at {parameters.latency_rate:.0f} events/s: {lane.mode} …")
                # What the rounds wrote is on its way to the disk for half a minute; each commit waits for it.
                await asyncio.to_thread(os.sync)
                await lane.stream(
                    parameters.events_of(lane.mode, parameters.latency_events), parameters.latency_rate
                )
        reads = await reads_us(world)
        for lane in lanes.values():
            complaints += [f"{lane.mode}: {complaint}" for complaint in await lane.problems()]
        size = Backlog(world.shop, sampling=0).mean_bytes
    content = report.document(parameters, described, report.figures(lanes, reads), reads, size)
    content["problems"] = complaints
    report.show(console, content)
    if report_path is not None:
        report.write(report_path, content)
    for complaint in complaints:
        console.print(complaint, style="red", markup=False)
    return 1 if complaints else 0


def main(arguments: Sequence[str]) -> int:
    """The exit code."""
    named = os.environ.get("REPORT")
    console = Console(soft_wrap=True, highlight=False)
    try:
        measured = _measurement(arguments, console, Path(named) if named else None)
        return uvloop.run(until_signalled(measured))
    except StackError as error:
        Console(stderr=True, soft_wrap=True).print(f"error: {error}", style="red", markup=False)
        return 1


def _measurement(
    arguments: Sequence[str], console: Console, report_path: Path | None
) -> Coroutine[Any, Any, int]:
    if reading.FLAG in arguments:
        return measure_reading(reading.parse(arguments), console, report_path)
    if whole.FLAG in arguments:
        return measure_whole(whole.parse(arguments), console, report_path)
    return measure(parse(arguments), console, report_path)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
