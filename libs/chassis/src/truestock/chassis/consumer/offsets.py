"""Commits the offsets of what is done, behind the work: nobody waits for the broker's answer.

A batch is safe when its transaction has committed. Its offset only spares a later reader the trouble of
finding that out (the inbox drops what comes again), so it may follow: at a hundred events a second each batch
holds one or two, and a request for each of them cost the broker as much as the records.
"""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from typing import Protocol

from aiokafka import TopicPartition
from aiokafka.errors import IllegalStateError, KafkaError

from truestock.chassis.failpoints import Failpoints

log = logging.getLogger(__name__)

EVERY_S = 0.05
"""The shortest time from one commit to the next; what is done meanwhile goes out together."""


class Committing(Protocol):
    """The part of aiokafka's consumer that takes offsets."""

    async def commit(self, offsets: dict[TopicPartition, int]) -> None:
        """Commit exactly these offsets."""


class Offsets:
    """The offsets of one group in one generation, on their way to the broker."""

    def __init__(self, group: str, failpoints: Failpoints, *, every_s: float = EVERY_S) -> None:
        self._group = group
        self._failpoints = failpoints
        self._every_s = every_s
        self._done: dict[TopicPartition, int] = {}
        self._hurry = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def add(self, consumer: Committing, done: Mapping[TopicPartition, int]) -> None:
        """Everything before these offsets is done: commit them soon. Returns at once."""
        self._done.update(done)
        if self._done and self._task is None:
            self._task = asyncio.create_task(self._run(consumer), name=f"offsets of {self._group}")

    async def flush(self) -> None:
        """Commit what was added so far; returns when that has succeeded or failed."""
        self._hurry.set()
        while self._task is not None:
            await asyncio.wait([self._task])
        self._hurry.clear()

    def forget(self) -> None:
        """Others own these partitions now: what is not on its way yet is not committed any more."""
        self._done.clear()

    async def _run(self, consumer: Committing) -> None:
        try:
            while self._done:
                await self._commit(consumer)
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._every_s):
                        await self._hurry.wait()
        finally:
            self._task = None

    async def _commit(self, consumer: Committing) -> None:
        offsets, self._done = self._done, {}
        try:
            await consumer.commit(offsets)
        except (KafkaError, IllegalStateError) as error:
            # the work is committed in the database: read again it is recognised by the inbox
            log.warning("%s could not commit its offsets: %s", self._group, type(error).__name__)
        self._failpoints.reach(f"{self._group}:after-offset-commit")
