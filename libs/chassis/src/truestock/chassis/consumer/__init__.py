"""Events come in: batches, explicit offsets, one failure policy, dead letters."""

from truestock.chassis.consumer.runner import ConsumerRunner
from truestock.chassis.consumer.subscription import Subscription

__all__ = ["ConsumerRunner", "Subscription"]
