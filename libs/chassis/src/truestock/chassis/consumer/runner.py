"""Runs a service's subscriptions on FastStream: raw batches, manual offsets, our own failure policy."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from itertools import chain
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.message import FAKE_CONSUMER, KafkaMessage

from truestock.chassis.consumer.batch import BatchProcessor, Policy
from truestock.chassis.consumer.dead_letter_writer import DeadLetterWriter, Producer
from truestock.chassis.consumer.group import REVOKE_GRACE_S, GroupConsumer
from truestock.chassis.consumer.pace import Pace
from truestock.chassis.consumer.pulse import BrokerPulse
from truestock.chassis.consumer.subscription import AnySubscription
from truestock.chassis.deadletters import topic_of
from truestock.chassis.failpoints import Failpoints
from truestock.chassis.kafka_security import broker_security
from truestock.chassis.settings import ServiceSettings

log = logging.getLogger(__name__)

LOOK_MS = 500
"""A process that stops, or loses its partitions, is noticed after so long at the latest; records at once."""
MAX_PARTITION_FETCH_BYTES = 256 * 1024
"""Of each partition so much waits in memory, however long the backlog. A larger record comes all the same:
https://cwiki.apache.org/confluence/display/KAFKA/KIP-74%3A+Add+Fetch+Response+Size+Limit+in+Bytes"""
UNHURRIED = 5
"""So many times longer a fetch waits where nobody waits for its effect."""
UNHURRIED_BYTES = 64 * 1024
"""Unless so much waits already."""
RESTART_S = 2.0


class ConsumerRunner:
    """All consumer groups of one service. Starts in the background and retries until the broker answers."""

    def __init__(
        self,
        settings: ServiceSettings,
        subscriptions: Sequence[AnySubscription],
        *,
        producer: Callable[[], Awaitable[Producer]],
        failpoints: Failpoints | None = None,
    ) -> None:
        self._stop_timeout_s = settings.stop_timeout_s
        self._broker = KafkaBroker(
            settings.kafka_bootstrap.split(","),
            security=broker_security(settings),
            client_id=f"truestock-{settings.service}",
            consumer_only=True,
            allow_auto_create_topics=False,
            graceful_timeout=settings.stop_timeout_s,
            apply_types=False,
            logger=None,
        )
        self._groups: list[tuple[GroupConsumer, Any]] = []
        self._starting: list[asyncio.Task[None]] = []
        self._pulse = BrokerPulse(self._ask_broker)
        for subscription in subscriptions:
            self._add(subscription, settings, producer, failpoints or Failpoints())

    def _add(
        self,
        subscription: AnySubscription,
        settings: ServiceSettings,
        producer: Callable[[], Awaitable[Producer]],
        failpoints: Failpoints,
    ) -> None:
        processor = BatchProcessor(
            subscription,
            DeadLetterWriter(producer, topic_of(subscription.group)).write,
            policy=Policy(
                attempts=settings.consumer_attempts,
                pause_s=settings.consumer_backoff_base_s,
                timeout_s=settings.consumer_handler_timeout_s,
            ),
            failpoints=failpoints,
        )
        group = GroupConsumer(
            subscription.group,
            processor,
            backoff_base_s=settings.consumer_backoff_base_s,
            backoff_cap_s=settings.consumer_backoff_cap_s,
            failpoints=failpoints,
        )
        subscriber = self._broker.subscriber(
            *subscription.topics,
            group_id=subscription.group,
            batch=True,
            max_records=min(subscription.max_records, settings.consumer_max_records),
            fetch_max_wait_ms=settings.consumer_fetch_wait_ms * (UNHURRIED if subscription.unhurried else 1),
            fetch_min_bytes=UNHURRIED_BYTES if subscription.unhurried else 1,
            max_partition_fetch_bytes=MAX_PARTITION_FETCH_BYTES,
            auto_offset_reset="earliest",
            ack_policy=AckPolicy.MANUAL,
            session_timeout_ms=int(settings.consumer_session_timeout_s * 1000),
            heartbeat_interval_ms=int(settings.consumer_session_timeout_s * 1000 / 3),
            # A member hears of a rebalance with its next heartbeat and then has its grace: with aiokafka's
            # default (the session time-out) others may own its partitions while it still thinks it does.
            rebalance_timeout_ms=int((settings.consumer_session_timeout_s + REVOKE_GRACE_S) * 1000),
            max_poll_interval_ms=int(settings.consumer_max_poll_interval_s * 1000),
            listener=group,
            parser=_raw,
            decoder=_undecoded,
            no_reply=True,
        )
        pace = Pace(subscription.every_s)
        subscriber.get_msg = partial(_next_records, subscriber, pace)  # type: ignore[method-assign]  # the reason is there
        subscriber(partial(_deliver, group, subscriber))
        self._groups.append((group, subscriber))

    @property
    def unassigned(self) -> list[str]:
        """The groups that have not formed yet."""
        return [group.group for group, _ in self._groups if not group.is_assigned]

    @property
    def refused(self) -> dict[str, str]:
        """The groups whose work the database does not take, with its reason."""
        return {group.group: refusal for group, _ in self._groups if (refusal := group.refusal)}

    async def silence(self) -> str | None:
        """Why the broker does not answer; None while it does. Bounded, and cheap enough for every probe."""
        return await self._pulse.silence()

    async def observe(self) -> None:
        """Bring the groups' lag up to date."""
        await asyncio.gather(
            *(
                group.observe(subscriber.consumer)
                for group, subscriber in self._groups
                if subscriber.consumer is not None and group.is_assigned
            )
        )

    async def _ask_broker(self) -> None:
        """Where one partition of the first group ends, over the connection that its records come on."""
        if self._groups:
            _, subscriber = self._groups[0]
            own = min(
                subscriber.consumer.assignment(),
                default=TopicPartition(subscriber.topic_names_for_subscribe[0], 0),
            )
            await subscriber.consumer.end_offsets([own])

    async def start(self) -> None:
        """Begin to join all groups, at the same time; returns at once."""
        self._starting = [
            asyncio.create_task(self._keep_starting(group, subscriber), name=f"start {group.group}")
            for group, subscriber in self._groups
        ]

    async def _keep_starting(self, group: GroupConsumer, subscriber: Any) -> None:
        await self._broker.connect()
        while True:
            try:
                await subscriber.start()
            except (KafkaError, OSError) as error:
                log.warning("%s cannot start: %s", group.group, type(error).__name__)
                await subscriber.stop()
                await asyncio.sleep(RESTART_S)
            else:
                return

    async def stop(self) -> None:
        """Finish the running batches (bounded), leave the groups."""
        for task in self._starting:
            task.cancel()
        await asyncio.gather(*self._starting, return_exceptions=True)
        await asyncio.gather(*(group.wind_up() for group, _ in self._groups))
        stopped = await asyncio.gather(
            *(asyncio.wait_for(subscriber.stop(), self._stop_timeout_s) for _, subscriber in self._groups),
            return_exceptions=True,
        )
        for (group, _), result in zip(self._groups, stopped, strict=True):
            if isinstance(result, BaseException):
                log.warning("%s did not stop in time: %s", group.group, type(result).__name__)


async def _next_records(
    subscriber: Any, pace: Pace, consumer: AIOKafkaConsumer
) -> tuple[ConsumerRecord, ...]:
    """What there is next, as soon as it is there.

    FastStream's own waits ``batch_timeout_ms`` in vain and then sleeps as long: short, and an idle group
    wakes up a hundred times a second; long, and records lie there meanwhile.
    """
    await pace.turn()
    while subscriber.running:
        found = await consumer.getmany(timeout_ms=LOOK_MS, max_records=subscriber.max_records)
        if found:
            pace.begun()
            return tuple(chain.from_iterable(found.values()))
    return ()


async def _raw(records: tuple[ConsumerRecord, ...]) -> KafkaMessage:
    """FastStream's own parser loses a whole batch for one header that is not UTF-8: ours decodes nothing."""
    return KafkaMessage(raw_message=records, body=b"", correlation_id="", consumer=FAKE_CONSUMER)


async def _undecoded(message: KafkaMessage) -> Any:
    return message.raw_message


async def _deliver(group: GroupConsumer, subscriber: Any, records: tuple[ConsumerRecord, ...]) -> None:
    await group.on_batch(records, subscriber.consumer)
