"""A real broker for tests: one per session, chosen by ``TRUESTOCK_TEST_BROKER``."""

import itertools
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

import pytest

from truestock.contracts.topics import Topic
from truestock.local.broker import Broker, BrokerMode, create_topics, start_broker
from truestock.local.options import QUICK_GROUPS, QUICK_SESSION_S
from truestock.local.runs import Run

_numbers = itertools.count(1)
NewTopic = Callable[..., Awaitable[str]]


def broker_mode() -> BrokerMode:
    """embedded (default), kafka, containers or external."""
    return BrokerMode.named(os.environ.get("TRUESTOCK_TEST_BROKER") or "embedded")


def quick_groups() -> Mapping[str, str]:
    """Settings with which a service's groups form soon on the broker that these tests use."""
    return QUICK_GROUPS if broker_mode() is BrokerMode.EMBEDDED else {}


def session_timeout_s() -> float:
    """The same for a service in the tests' own process; the service's default for other brokers."""
    return QUICK_SESSION_S if broker_mode() is BrokerMode.EMBEDDED else 10.0


@pytest.fixture(scope="session")
async def broker(run: Run) -> AsyncIterator[Broker]:
    """The session's broker with all topics of the contracts' list."""
    started = await start_broker(run, broker_mode())
    await create_topics(started.bootstrap)
    yield started
    await started.stop()


@pytest.fixture(scope="session")
def new_topic(broker: Broker) -> NewTopic:
    """``await new_topic("name", partitions=3)`` → the unique name of a topic made for this test."""

    async def make(
        stem: str = "test",
        *,
        partitions: int = 3,
        max_message_bytes: int = 8 * 1024 * 1024,
        exactly: str | None = None,
    ) -> str:
        name = exactly or f"{stem}.{os.getpid()}.{next(_numbers)}"
        topic = Topic(name, partitions=partitions, max_message_bytes=max_message_bytes)
        await create_topics(broker.bootstrap, [topic])
        return name

    return make


@pytest.fixture
async def topics(new_topic: NewTopic) -> list[str]:
    """Two topics of this test alone."""
    return [await new_topic(), await new_topic()]
