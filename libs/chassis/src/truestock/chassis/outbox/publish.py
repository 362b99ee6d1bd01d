"""Publish rows of one topic: in one batch per partition, and alone what a batch was refused for."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from aiokafka.errors import KafkaError

from truestock.chassis.kafka import Headers, is_refusal, record_bytes
from truestock.chassis.outbox.claim import Claimed
from truestock.chassis.telemetry.messaging import send_span


class Producer(Protocol):
    """The part of aiokafka's producer that the relay needs."""

    async def partitions_for(self, topic: str) -> set[int]:
        """The topic's partitions; loads the metadata."""

    async def send(
        self, topic: str, value: bytes | None, key: bytes, *, headers: Headers
    ) -> "asyncio.Future[object]":
        """Append to the current batch; the future is done when the broker acknowledged."""


@dataclass(slots=True)
class Published:
    """What became of a claim. Rows in neither list failed for now and are claimed again."""

    sent: list[Claimed] = field(default_factory=list)
    refused: list[tuple[Claimed, str]] = field(default_factory=list)
    failure: BaseException | None = None


async def publish(producer: Producer, claim: Sequence[Claimed], *, max_message_bytes: int) -> Published:
    """Publish ``claim`` in its order per key; a refused row holds back the later rows of its key only.

    Never raises for what the broker says: a topic that it does not know is a ``failure`` too. All rows of
    a partition fit one producer batch (the claim is capped below its size), so that a failing batch
    cannot be overtaken by a later one with the same key.
    """
    result = Published()
    try:
        # learnt before the first row, so that no row waits for it while later ones pass
        for topic in {row.topic for row in claim}:
            await producer.partitions_for(topic)
    except KafkaError as error:
        result.failure = error
        return result
    held: set[tuple[str, str]] = set()
    waiting: list[tuple[Claimed, asyncio.Future[object]]] = []
    for row in claim:
        if (row.topic, row.key) in held:
            continue
        headers = _headers(row)
        if record_bytes(row.key.encode(), row.payload, headers) > max_message_bytes:
            held.add((row.topic, row.key))
            result.refused.append((row, f"larger than {max_message_bytes} bytes"))
            continue
        try:
            future = await producer.send(row.topic, row.payload, row.key.encode(), headers=headers)
        except KafkaError as error:
            held.add((row.topic, row.key))
            _note(result, row, error)
        else:
            waiting.append((row, future))
    if waiting:
        await asyncio.wait([future for _, future in waiting])
    doubtful: list[Claimed] = []
    for row, future in waiting:
        failure = KafkaError("the producer was closed") if future.cancelled() else future.exception()
        if failure is None:
            result.sent.append(row)
        elif is_refusal(failure):
            doubtful.append(row)
        else:
            result.failure = failure
    await _one_by_one(producer, doubtful, result, held)
    return result


async def _one_by_one(
    producer: Producer, rows: Sequence[Claimed], result: Published, held: set[tuple[str, str]]
) -> None:
    """A refused batch names no culprit: each of its rows is sent alone."""
    for row in rows:
        if (row.topic, row.key) in held:
            continue
        try:
            await (await producer.send(row.topic, row.payload, row.key.encode(), headers=_headers(row)))
        except KafkaError as error:
            held.add((row.topic, row.key))
            _note(result, row, error)
        else:
            result.sent.append(row)


def _note(result: Published, row: Claimed, error: KafkaError) -> None:
    if is_refusal(error):
        result.refused.append((row, f"the broker refuses it ({type(error).__name__})"))
    else:
        result.failure = error


def _headers(row: Claimed) -> Headers:
    traceparent, tracestate = send_span(row.topic, row.traceparent, row.tracestate)
    headers = list(row.headers)
    if traceparent:
        headers.append(("traceparent", traceparent.encode()))
    if tracestate:
        headers.append(("tracestate", tracestate.encode()))
    return headers
