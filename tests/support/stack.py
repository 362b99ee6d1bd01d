"""The whole stack, and the sandbox alone, for tests that need running processes."""

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from support.broker import broker_mode, quick_groups

from truestock.local.broker import BrokerMode
from truestock.local.options import Generated, StackOptions
from truestock.local.ports import free_port
from truestock.local.runs import Run
from truestock.local.sandbox import sandbox_unit
from truestock.local.stack import Stack
from truestock.local.units import Unit

WORKSPACE = "0a000000-0000-4000-8000-000000000001"
OTHER_WORKSPACE = "0b000000-0000-4000-8000-000000000002"

PEOPLE: tuple[dict[str, Any], ...] = tuple(
    {"login": f"{role}-{name}", "roles": [role], "workspace_id": workspace}
    for name, workspace in (("one", WORKSPACE), ("two", OTHER_WORKSPACE))
    for role in ("viewer", "operator", "admin")
)
"""``viewer-one`` … ``admin-two``: a person per role in each of two workspaces."""

FETCH_WAIT_MS = "50"
PARTITIONS = 3
"""The embedded broker looks at every partition in every fetch: with the contracts' twelve it would work
about half as much again. The demo's stack and the fault tests' fragile ones have twelve."""

_numbers = itertools.count(1)
StartSandbox = Callable[..., Awaitable[Unit]]


@pytest.fixture(scope="session")
async def stack() -> AsyncIterator[Stack]:
    """The stack of this session: small catalogue, fast sandbox, people of two workspaces."""
    options = StackOptions(
        kind="test-stack",
        mode=broker_mode(),
        generated=Generated(listings=60, seed=7),
        people=PEOPLE,
        sandbox_arguments=("--accounts", "6", "--rate-limit", "500"),
        # Idle fetches of eleven groups would be a third of a core, which the tests beside these need.
        environment={"TRUESTOCK_CONSUMER_FETCH_WAIT_MS": FETCH_WAIT_MS, **quick_groups()},
        partitions=PARTITIONS if broker_mode() is BrokerMode.EMBEDDED else None,
    )
    async with Stack(options) as started:
        yield started


@pytest.fixture
async def sandbox(run: Run) -> AsyncIterator[StartSandbox]:
    """``await sandbox(listings=20, seed=3, arguments=(…))`` → a sandbox of this test alone."""
    started: list[Unit] = []

    async def start(*, listings: int = 20, seed: int = 7, arguments: tuple[str, ...] = ()) -> Unit:
        options = StackOptions(
            generated=Generated(listings, seed), people=PEOPLE, sandbox_arguments=arguments
        )
        secrets = {
            service: f"{service}-secret" for service in ("connector", "importer", "inventory", "validator")
        }
        unit = sandbox_unit(run, options, secrets, free_port(), name=f"sandbox-{next(_numbers)}")
        await unit.start()
        started.append(unit)
        return unit

    yield start
    for unit in started:
        await unit.stop()
