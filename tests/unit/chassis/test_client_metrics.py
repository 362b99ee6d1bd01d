"""The messaging client metrics of the conventions: records sent, records delivered, time of a send."""

import asyncio

from prometheus_client import REGISTRY
from support.outbox_model import ModelBroker, ModelTable, row
from support.waiting import eventually

from truestock.chassis import metrics
from truestock.chassis.failpoints import Failpoints
from truestock.chassis.outbox.drain import Drain, Signals


def sent(topic: str, error: str = "", name: str = "messaging_client_sent_messages_total") -> float:
    """The present value of one of them."""
    labels = {
        "messaging_system": "kafka",
        "messaging_operation_name": "send",
        "messaging_destination_name": topic,
        "error_type": error,
    }
    return REGISTRY.get_sample_value(name, labels) or 0.0


async def test_what_the_relay_sends_is_counted_with_its_failures() -> None:
    topic = "client-metrics"
    table = ModelTable([[row(1, topic, "a"), row(2, topic, "b")]])
    leader = Drain(
        table,
        ModelBroker(["lost"]),
        Signals(),
        max_message_bytes=1000,
        sweep_s=0.002,
        failpoints=Failpoints(),
        pauses_s=(0.001, 0.001),
    )
    task = asyncio.create_task(leader.run())
    await eventually(table.settled.is_set)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert (sent(topic), sent(topic, "KafkaConnectionError")) == (2, 2)
    count = "messaging_client_operation_duration_seconds_count"
    assert (sent(topic, name=count), sent(topic, "KafkaConnectionError", count)) == (1, 1)


async def test_what_found_no_room_is_no_failure() -> None:
    topic = "client-metrics-room"
    table = ModelTable([[row(1, topic, "a"), row(2, topic, "b")]])
    leader = Drain(
        table, ModelBroker(room=1), Signals(), max_message_bytes=1000, sweep_s=60.0, failpoints=Failpoints()
    )
    task = asyncio.create_task(leader.run())
    await eventually(table.settled.is_set)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert (sent(topic), sent(topic, "refused")) == (2, 0)


def test_delivered_records_are_counted_by_topic_and_group() -> None:
    metrics.consumed("client-metrics", "g", 3)
    labels = {
        "messaging_system": "kafka",
        "messaging_operation_name": "poll",
        "messaging_destination_name": "client-metrics",
        "messaging_consumer_group_name": "g",
    }
    assert REGISTRY.get_sample_value("messaging_client_consumed_messages_total", labels) == 3
