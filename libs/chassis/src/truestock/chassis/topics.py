"""Create the topics of the contracts' list; brokers never create one by themselves.

``python -m truestock.chassis.topics [--replication N]`` does it once for an installation without an
operator that owns topics; the broker's address comes from ``TRUESTOCK_KAFKA_BOOTSTRAP``.
"""

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Iterable

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError

from truestock.contracts.topics import ALL_TOPICS, Topic

_ALREADY_EXISTS = 36
_VISIBLE_SECONDS = 15.0


class TopicsRefused(Exception):
    """The broker did not create the topics; the text says which, and why."""


async def create_topics(
    bootstrap: str, topics: Iterable[Topic] = ALL_TOPICS, *, replication: int = 1
) -> None:
    """Create those that do not exist and wait until clients see all of them. Raises TopicsRefused."""
    wanted = list(topics)
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
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
    bootstrap = os.environ.get("TRUESTOCK_KAFKA_BOOTSTRAP")
    if not bootstrap:
        sys.stderr.write("TRUESTOCK_KAFKA_BOOTSTRAP is not set: give it the broker's host:port.\n")
        return 1
    try:
        asyncio.run(create_topics(bootstrap, replication=arguments.replication))
    except (TopicsRefused, KafkaError) as error:
        sys.stderr.write(f"{error}. Look at the broker's log.\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
