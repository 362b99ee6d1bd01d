"""The stack's topics: the contracts' list, one replica each."""

from collections.abc import Iterable
from dataclasses import replace

from truestock.chassis import topics as chassis
from truestock.contracts.topics import ALL_TOPICS, Topic
from truestock.local.errors import StackError


async def create_topics(
    bootstrap: str, topics: Iterable[Topic] = ALL_TOPICS, *, partitions: int | None = None
) -> None:
    """Create those that do not exist, with at most ``partitions`` each where that is given.

    Raises :class:`StackError` when the broker refuses one.
    """
    if partitions is not None:
        topics = [replace(topic, partitions=min(topic.partitions, partitions)) for topic in topics]
    try:
        await chassis.create_topics(bootstrap, topics)
    except chassis.TopicsRefused as error:
        raise StackError(str(error), "Look at the broker's log for the reason") from error
