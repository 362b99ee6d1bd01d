"""The stack's topics: the contracts' list, one replica each."""

from collections.abc import Iterable

from truestock.chassis import topics as chassis
from truestock.contracts.topics import ALL_TOPICS, Topic
from truestock.local.errors import StackError


async def create_topics(bootstrap: str, topics: Iterable[Topic] = ALL_TOPICS) -> None:
    """Create those that do not exist. Raises :class:`StackError` when the broker refuses one."""
    try:
        await chassis.create_topics(bootstrap, topics)
    except chassis.TopicsRefused as error:
        raise StackError(str(error), "Look at the broker's log for the reason") from error
