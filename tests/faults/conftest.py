"""Fixtures of the fault tests: a stack whose processes may die, and one that nobody harms."""

from collections.abc import AsyncIterator

import httpx
import pytest
from support.broker import broker_mode
from support.crashing import soon_missed
from support.fault_plan import PLAN, SEED
from support.journey import Business

from truestock.local.options import Generated, StackOptions
from truestock.local.stack import Stack


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how to replay this run's chance."""
    terminalreporter.write_line(f"Fault tests: TRUESTOCK_FAULT_SEED={SEED}, {PLAN}")


@pytest.fixture(scope="session")
async def http() -> AsyncIterator[httpx.AsyncClient]:
    """A client for people and their browsers."""
    async with httpx.AsyncClient(timeout=30.0, trust_env=False) as client:
        yield client


@pytest.fixture(scope="module")
async def fragile() -> AsyncIterator[Stack]:
    """A stack of this module alone that notices a dead process soon."""
    options = StackOptions(
        kind="test-faults",
        mode=broker_mode(),
        generated=Generated(listings=2, seed=7),
        sandbox_arguments=("--accounts", "1", "--rate-limit", "500"),
        environment={
            **soon_missed(),
            "TRUESTOCK_OUTBOX_SWEEP_S": "0.3",
            "TRUESTOCK_READER_LEASE_S": "2",
            "TRUESTOCK_READER_POLL_S": "0.3",
        },
    )
    async with Stack(options) as started:
        yield started


@pytest.fixture
async def shop_on_fragile(fragile: Stack, http: httpx.AsyncClient) -> Business:
    """A workspace of this test alone on the fragile stack."""
    return await Business.open(fragile, http)


@pytest.fixture
async def business(stack: Stack, http: httpx.AsyncClient) -> Business:
    """A workspace of this test alone on the session's stack."""
    return await Business.open(stack, http)
