"""Publish rows of one topic: in one batch per partition, and alone what a batch was refused for."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from aiokafka.errors import KafkaError
from aiokafka.partitioner import DefaultPartitioner

from truestock.chassis.kafka import Headers, is_refusal, record_bytes
from truestock.chassis.outbox.claim import Claimed
from truestock.chassis.telemetry.messaging import send_span

PARTITION_OF = DefaultPartitioner()
"""Where a key belongs, as in every Kafka client."""


class Batch(Protocol):
    """The part of aiokafka's batch builder that the relay needs."""

    def append(self, *, timestamp: None, key: bytes, value: bytes | None, headers: Headers) -> object | None:
        """Take a record; None when the batch is full."""


class Producer(Protocol):
    """The part of aiokafka's producer that the relay needs."""

    async def partitions_for(self, topic: str) -> set[int]:
        """The topic's partitions; loads the metadata."""

    def create_batch(self) -> Batch:
        """An empty batch."""

    async def send_batch(self, batch: Batch, topic: str, *, partition: int) -> "asyncio.Future[object]":
        """Send a batch; the future is done when the broker acknowledged."""


@dataclass(slots=True)
class Published:
    """What became of a claim. Rows in neither list failed for now and are claimed again."""

    sent: list[Claimed] = field(default_factory=list)
    refused: list[tuple[Claimed, str]] = field(default_factory=list)
    failure: BaseException | None = None


@dataclass(slots=True)
class Filling:
    """A batch for one partition, and whose rows are in it."""

    partition: int
    batch: Batch
    rows: list[Claimed] = field(default_factory=list)

    def take(self, row: Claimed, key: bytes, headers: Headers) -> bool:
        """Whether there was room for the row."""
        if self.batch.append(timestamp=None, key=key, value=row.payload, headers=headers) is None:
            return False
        self.rows.append(row)
        return True


async def publish(producer: Producer, claim: Sequence[Claimed], *, max_message_bytes: int) -> Published:
    """Publish ``claim``, rows of one topic, in its order per key.

    A refused row holds back the later rows of its key only. Never raises for what the broker says: a topic
    that it does not know is a ``failure`` too. Each partition gets one batch; what finds no room in it is in
    neither list and is claimed again: a failing batch cannot be overtaken by a later one with the same key.
    """
    result = Published()
    try:
        # learnt before the first row, so that no row waits for it while later ones pass
        partitions = sorted(await producer.partitions_for(claim[0].topic))
    except KafkaError as error:
        result.failure = error
        return result
    held: set[str] = set()
    batches: dict[int, Filling] = {}
    for row in claim:
        if row.key in held:
            continue
        key, headers = row.key.encode(), _headers(row)
        if record_bytes(key, row.payload, headers) > max_message_bytes:
            held.add(row.key)
            result.refused.append((row, f"larger than {max_message_bytes} bytes"))
            continue
        partition: int = PARTITION_OF(key, partitions, partitions)
        filling = batches.get(partition) or Filling(partition, producer.create_batch())
        batches[partition] = filling
        if not filling.take(row, key, headers):
            # its place is behind rows that are not on their way yet: it is claimed with the next ones
            held.add(row.key)
    for refused, _ in await _send(producer, batches.values(), result):
        await _one_by_one(producer, refused, result, held)
    return result


async def _send(
    producer: Producer, batches: Iterable[Filling], result: Published
) -> list[tuple[Filling, BaseException]]:
    """Send batches of different partitions together; those that were refused, and for what."""
    refused: list[tuple[Filling, BaseException]] = []
    under_way: list[tuple[Filling, asyncio.Future[object]]] = []
    for one in batches:
        try:
            future = await producer.send_batch(one.batch, one.rows[0].topic, partition=one.partition)
        except KafkaError as error:
            result.failure = error
        else:
            under_way.append((one, future))
    if under_way:
        await asyncio.wait([future for _, future in under_way])
    for one, future in under_way:
        failure = KafkaError("the producer was closed") if future.cancelled() else future.exception()
        if failure is None:
            result.sent += one.rows
        elif is_refusal(failure):
            refused.append((one, failure))
        else:
            result.failure = failure
    return refused


async def _one_by_one(producer: Producer, batch: Filling, result: Published, held: set[str]) -> None:
    """A refused batch names no culprit: each of its rows is sent alone."""
    for row in batch.rows:
        if row.key in held:
            continue
        alone = Filling(batch.partition, producer.create_batch())
        alone.take(row, row.key.encode(), _headers(row))
        before = len(result.sent)
        for _, error in await _send(producer, [alone], result):
            result.refused.append((row, f"the broker refuses it ({type(error).__name__})"))
        if len(result.sent) == before:
            held.add(row.key)


def _headers(row: Claimed) -> Headers:
    traceparent, tracestate = send_span(row.topic, row.traceparent, row.tracestate)
    headers = list(row.headers)
    if traceparent:
        headers.append(("traceparent", traceparent.encode()))
    if tracestate:
        headers.append(("tracestate", tracestate.encode()))
    return headers
