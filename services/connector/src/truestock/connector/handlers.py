"""Kafka in: one subscription."""

from truestock.chassis.consumer.subscription import Subscription
from truestock.connector.usecases.follow_batches import FollowBatches
from truestock.contracts import topics
from truestock.contracts.events import ImportBatchDecided
from truestock.contracts.registry import types_of


def subscriptions(follow_batches: FollowBatches) -> tuple[Subscription, ...]:
    """What the connector hears."""
    return (
        Subscription(
            group=follow_batches.consumer,
            topic=topics.IMPORT_BATCH.name,
            handle=follow_batches,
            types=types_of(ImportBatchDecided),
        ),
    )
