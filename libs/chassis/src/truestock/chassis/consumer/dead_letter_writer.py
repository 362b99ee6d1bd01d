"""Publishes dead letters and returns only when the broker has them."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from aiokafka import ConsumerRecord

from truestock.chassis.kafka import Headers


class Producer(Protocol):
    """The part of aiokafka's producer that dead letters need."""

    async def send(
        self, topic: str, value: bytes | None, key: bytes | None, *, headers: Headers
    ) -> "asyncio.Future[object]":
        """Append to the current batch; the future is done when the broker acknowledged."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A record that was given up, with the headers that say why."""

    record: ConsumerRecord
    headers: Headers


class DeadLetterWriter:
    """Writes to one dead-letter topic. Any error means: not all of them are there."""

    def __init__(self, producer: Callable[[], Awaitable[Producer]], topic: str) -> None:
        self._producer = producer
        self._topic = topic

    async def write(self, letters: Sequence[DeadLetter]) -> None:
        """Publish ``letters``, in their order, key and value byte for byte."""
        producer = await self._producer()
        futures = [
            await producer.send(self._topic, letter.record.value, letter.record.key, headers=letter.headers)
            for letter in letters
        ]
        results = await asyncio.gather(*futures, return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result
