"""``make bench ARGS="--whole 10000"``: a bulk import end to end, as ``make run`` starts the stack."""

import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from bench import report
from bench.processes import Usage, machine, tree
from bench.selling import UNLIMITED
from bench.whole.options import WholeParameters
from rich.console import Console
from rich.table import Table

from truestock.client.demo.journey import Journey
from truestock.client.demo.people import Person
from truestock.client.demo.seller import LOGIN
from truestock.client.demo.telling import Teller
from truestock.client.demo.waiting import until
from truestock.client.facade import Truestock
from truestock.client.models.connector import Connection
from truestock.client.models.importer import Batch
from truestock.local.broker import BrokerMode
from truestock.local.options import Generated, StackOptions
from truestock.local.postgres import PostgresServer
from truestock.local.processes import Child
from truestock.local.stack import Stack

LONGEST_STANDSTILL_S = 120.0


@dataclass(frozen=True, slots=True)
class Done:
    """A bulk that ended. Seconds from its start until everything was read, until every row was closed."""

    batch: Batch
    read_s: float
    seconds: float
    verdicts: Mapping[str, int]
    cpu_s: Mapping[str, float]


async def measure_whole(parameters: WholeParameters, console: Console, report_path: Path | None) -> int:
    """Run it; 1 when a listing has no verdict at the end."""
    described = machine()
    options = StackOptions(
        kind="bench-whole",
        mode=BrokerMode(parameters.broker),
        generated=Generated(parameters.whole, parameters.seed),
        sandbox_arguments=UNLIMITED,
    )
    async with AsyncExitStack() as end:
        stack = await end.enter_async_context(Stack(options, tell=console.print))
        http = await end.enter_async_context(httpx.AsyncClient(timeout=60.0, trust_env=False))
        console.print("Connecting, importing a sample and approving it …")
        journey = _journey(stack, http)
        connection = await journey.connect()
        await journey.refuse_bulk(connection)
        await journey.approve(connection, await journey.sample(connection))
        console.print("Importing everything …")
        done = await _bulk(stack, journey, connection)
    content = _content(parameters, described, done)
    _show(console, content)
    if report_path is not None:
        report.write(report_path, content)
    for complaint in content["problems"]:
        console.print(complaint, style="red", markup=False)
    return 1 if content["problems"] else 0


def _journey(stack: Stack, http: httpx.AsyncClient) -> Journey:
    endpoints = stack.endpoints
    operator, admin = (
        Truestock(endpoints, Person(http, endpoints.issuer, name), http=http)
        for name in ("operator", "admin")
    )
    return Journey(operator, admin, http, Teller(Console(quiet=True)), LOGIN, "etsy")


async def _bulk(stack: Stack, journey: Journey, connection: Connection) -> Done:
    importer, read_s = journey.operator.importer, 0.0
    before, started = _usage(stack), time.perf_counter()
    batch = await importer.start(connection.connection_id, "bulk")

    def look(seen: Batch) -> None:
        nonlocal read_s
        if not read_s and seen.progress.total and seen.progress.read >= seen.progress.total:
            read_s = time.perf_counter() - started

    ended = await until(
        lambda: importer.batch(batch.batch_id),
        lambda one: one.reviewable,
        what="the bulk",
        limit=LONGEST_STANDSTILL_S,
        seen=look,
    )
    seconds = time.perf_counter() - started
    cpu = _usage(stack).since(before)
    verdicts = await journey.verdicts(connection)
    return Done(ended, read_s, seconds, verdicts, cpu)


def _usage(stack: Stack) -> Usage:
    roles = {name: [unit.pid] for name, unit in stack.units.items()}
    broker = getattr(stack.broker, "child", None)
    roles["broker"] = [broker.pid] if isinstance(broker, Child) else []
    if isinstance(stack.postgres, PostgresServer):
        roles["postgres"] = tree(stack.postgres.child.pid)
    return Usage.of(roles)


def _content(parameters: WholeParameters, described: Mapping[str, Any], done: Done) -> dict[str, Any]:
    listings, verdicts = done.batch.progress.read, sum(done.verdicts.values())
    problems = []
    if not done.batch.state.startswith("completed"):
        problems.append(f"The bulk is {done.batch.state}: {done.batch.reason}")
    if not listings == verdicts == parameters.whole:
        problems.append(f"{listings} listings were read and {verdicts} have a verdict of {parameters.whole}")
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": dict(described),
        "parameters": asdict(parameters),
        "seconds": round(done.seconds, 2),
        "read_seconds": round(done.read_s, 2),
        "listings_per_s": round(listings / done.seconds, 1),
        "reached": done.seconds < parameters.goal_s,
        "outcomes": dict(done.batch.outcomes),
        "verdicts": dict(done.verdicts),
        "cpu_s_by_process": {role: round(spent, 2) for role, spent in done.cpu_s.items()},
        "problems": problems,
    }


def _show(console: Console, content: Mapping[str, Any]) -> None:
    listings = content["parameters"]["whole"]
    table = Table("", f"{listings:,}", title="a bulk, verdicts included")
    goal = content["parameters"]["goal_s"]
    table.add_row(f"seconds (goal: under {goal:,.0f})", f"{content['seconds']:,.1f}")
    table.add_row("seconds until all were read", f"{content['read_seconds']:,.1f}")
    table.add_row("listings/s", f"{content['listings_per_s']:,.0f}")
    for role, spent in content["cpu_s_by_process"].items():
        table.add_row(f"CPU µs/listing, {role}", f"{spent / listings * 1e6:,.0f}")
    console.print(table)
