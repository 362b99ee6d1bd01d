"""The clocks of running services jump by an hour, forward and back, in the middle of an import."""

import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import httpx
import pytest
from support.broker import broker_mode
from support.history import problems
from support.history_reading import read_history, sent_by
from support.journey import Business
from support.pipeline import rows, shop
from support.progress import closed_rows, is_through
from support.waiting import eventually

from truestock.local.options import Generated, StackOptions
from truestock.local.stack import Stack

pytestmark = [pytest.mark.kafka_only, pytest.mark.timeout(300, func_only=True)]

LISTINGS = 600
SAMPLE = 4
PAGE = 100
HOUR_S = 3600
TOLERANCE_S = 60
"""A clock that is read through HTTP, on a busy machine."""
THROUGH_WITHIN_S = 120
JUMPS = (
    {"importer": HOUR_S, "inventory": -HOUR_S, "validator": HOUR_S},
    {"importer": -HOUR_S, "inventory": HOUR_S, "validator": -HOUR_S},
)
"""Not the connector and not the issuer: a token is good for minutes, and an hour's difference refuses it."""


@dataclass(frozen=True)
class Clocks:
    """The wall clocks of the services that jump; what measures durations goes on as before."""

    stack: Stack
    folder: Path

    @classmethod
    async def of(cls, stack: Stack, folder: Path) -> "Clocks":
        """Start these services again, each with a clock of its own that is right so far."""
        clocks = cls(stack, folder)
        for service in JUMPS[0]:
            clocks._set(service, 0)
            await stack.restart(service, clocks._preload(service))
        return clocks

    async def jump(self, offsets_s: Mapping[str, int]) -> None:
        """From now on the services' clocks are off by so many seconds; returns when they are."""
        for service, offset_s in offsets_s.items():
            self._set(service, offset_s)
        for service, offset_s in offsets_s.items():
            await eventually(partial(self._is_off_by, service, offset_s), message=service)

    async def _is_off_by(self, service: str, offset_s: int) -> bool:
        async with httpx.AsyncClient(timeout=10, trust_env=False) as http:
            answer = await http.get(f"{self.stack[service].url}/livez")
        told = parsedate_to_datetime(answer.headers["date"]).timestamp() - time.time()
        assert abs(told - offset_s) < TOLERANCE_S, f"{service} is off by {told:.0f} s"
        return True

    def _set(self, service: str, offset_s: int) -> None:
        new = self.folder / f"{service}.new"
        new.write_text(f"{offset_s:+d}\n")
        new.replace(self.folder / service)

    def _preload(self, service: str) -> dict[str, str]:
        found = find_spec("libfaketime")
        assert found is not None, "libfaketime is not installed: make setup-dev"
        assert found.origin is not None
        return {
            "LD_PRELOAD": str(Path(found.origin).parent / "vendor/libfaketime/src/libfaketime.so.1"),
            "FAKETIME_TIMESTAMP_FILE": str(self.folder / service),
            "FAKETIME_CACHE_DURATION": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }


@pytest.fixture
async def own() -> AsyncIterator[Stack]:
    """A stack of this test alone, with small batches."""
    options = StackOptions(
        kind="test-clocks",
        mode=broker_mode(),
        generated=Generated(listings=2, seed=7),
        sandbox_arguments=("--accounts", "1", "--rate-limit", "500"),
        environment={
            "TRUESTOCK_CONSUMER_MAX_RECORDS": "10",
            "TRUESTOCK_OUTBOX_SWEEP_S": "0.3",
            "TRUESTOCK_READER_POLL_S": "0.3",
            "TRUESTOCK_TRACE_RATIO": "0.01",
        },
    )
    async with Stack(options) as started:
        yield started


async def test_clocks_that_jump_by_an_hour_lose_nothing_double_nothing_and_reorder_nothing(
    own: Stack, http: httpx.AsyncClient, tmp_path: Path
) -> None:
    clocks = await Clocks.of(own, tmp_path)
    business = await Business.open(own, http)
    seller = await business.seller(shop("clock", LISTINGS))
    connection = await business.connect(seller)
    sample = await business.import_(connection, "sample", size=SAMPLE)
    vouched_for = {f"{connection.connection_id}:{row.listing_id}" for row in await rows(business, sample)}
    await business.approve(sample)
    # each page a while after the last: after one of six the import is far from its end
    await seller.fault("slow", times=None, seconds=2, path="/shops/")
    bulk = await business.operator.importer.start(connection.connection_id, "bulk")
    for number, offsets in enumerate(JUMPS):

        async def has_gone_on(closed: int = SAMPLE + number * PAGE) -> bool:
            return await closed_rows(own, bulk) > closed

        await eventually(has_gone_on, 60, message="the import does not go on")
        assert await closed_rows(own, bulk) < LISTINGS, "the import is over before the clocks jump"
        await clocks.jump(offsets)
    await eventually(lambda: is_through(own, bulk), THROUGH_WITHIN_S, message="the batch does not end")
    found = problems(await read_history(own, await sent_by(connection, seller), vouched_for))
    assert not found, "\n".join([f"{len(found)} problems:", *found[:30]])
