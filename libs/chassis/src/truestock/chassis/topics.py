"""Create the topics of the contracts' list; brokers never create one by themselves.

``python -m truestock.chassis.topics [--replication N]`` does it once for an installation without an
operator that owns topics; the broker's address and the client's credentials come from
``TRUESTOCK_KAFKA_…`` (:mod:`truestock.chassis.kafka_settings`).
"""

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Iterable, Mapping
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError
from pydantic import ValidationError

from truestock.chassis.kafka_security import client_options
from truestock.chassis.kafka_settings import KafkaSettings
from truestock.contracts.topics import ALL_TOPICS, Topic

_ALREADY_EXISTS = 36
_VISIBLE_SECONDS = 15.0


class TopicsRefused(Exception):
    """The broker did not create the topics; the text says which, and why."""


async def create_topics(
    bootstrap: str,
    topics: Iterable[Topic] = ALL_TOPICS,
    *,
    replication: int = 1,
    security: Mapping[str, Any] | None = None,
) -> None:
    """Create those that do not exist and wait until clients see all of them. Raises TopicsRefused.

    ``security`` are further arguments of the client (:mod:`truestock.chassis.kafka_security`).
    """
    wanted = list(topics)
    admin = AIOKafkaAdminClient(**{"bootstrap_servers": bootstrap, **(security or {})})
    await admin.start()
    try:
        response = await admin.create_topics(
            [_new_topic(topic, replication) for topic in wanted], timeout_ms=30_000
        )
        refused = [
            f"{name} (error {code})"
            for name, code, *_ in response.topic_errors
            if code not in (0, _ALREADY_EXISTS)
        ]
        if refused:
            raise TopicsRefused(f"The broker refused topics: {', '.join(refused)}")
        await _wait_until_visible(admin, {topic.name for topic in wanted})
    finally:
        await admin.close()


def _new_topic(topic: Topic, replication: int) -> NewTopic:
    return NewTopic(
        name=topic.name,
        num_partitions=topic.partitions,
        replication_factor=replication,
        topic_configs=topic.config(),
    )


async def _wait_until_visible(admin: AIOKafkaAdminClient, names: set[str]) -> None:
    deadline = time.monotonic() + _VISIBLE_SECONDS
    while missing := names - await _ready(admin, names):
        if time.monotonic() > deadline:
            raise TopicsRefused(f"The broker does not show the topics {', '.join(sorted(missing))}")
        await asyncio.sleep(0.05)


async def _ready(admin: AIOKafkaAdminClient, names: set[str]) -> set[str]:
    """The topics whose every partition has a leader: before that, producers are sent away."""
    described = await admin.describe_topics(sorted(names))
    return {
        topic["topic"]
        for topic in described
        if topic["partitions"] and all(partition["leader"] >= 0 for partition in topic["partitions"])
    }


def main() -> int:
    """Create all topics; the exit code is 1 and one sentence says why when that fails."""
    parser = argparse.ArgumentParser(description="Create the topics of the contracts' list.")
    parser.add_argument("--replication", type=int, default=3, help="replicas per partition (default 3)")
    arguments = parser.parse_args()
    if not os.environ.get("TRUESTOCK_KAFKA_BOOTSTRAP"):
        sys.stderr.write("TRUESTOCK_KAFKA_BOOTSTRAP is not set: give it the broker's host:port.\n")
        return 1
    try:
        settings = KafkaSettings()
        options = client_options(settings)
    except (ValidationError, OSError, ValueError) as error:
        sys.stderr.write(f"The settings of Kafka are not usable: {_named(error)}.\n")
        return 1
    try:
        asyncio.run(
            create_topics(settings.kafka_bootstrap, replication=arguments.replication, security=options)
        )
    except (TopicsRefused, KafkaError) as error:
        sys.stderr.write(f"{error}. Look at the broker's log.\n")
        return 1
    return 0


def _named(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return "; ".join(found["msg"] for found in error.errors(include_input=False, include_url=False))
    return str(error)


if __name__ == "__main__":
    sys.exit(main())
