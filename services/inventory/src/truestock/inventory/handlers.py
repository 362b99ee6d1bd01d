"""Kafka in: one subscription per use case."""

from truestock.chassis.consumer import Subscription
from truestock.contracts.events import (
    ConnectionConfirmed,
    ConnectionDisconnected,
    ConnectionEvent,
    ConnectionReauthorizationRequired,
    ConnectionRestored,
    ListingImported,
    SyncValidated,
)
from truestock.contracts.registry import types_of
from truestock.inventory.usecases.apply_verdicts import ApplyVerdicts
from truestock.inventory.usecases.follow_connections import FollowConnections
from truestock.inventory.usecases.ports import Begin
from truestock.inventory.usecases.seed_listings import SeedListings

VERDICTS_EVERY_S = 0.06
"""Pushes are allowed so much later at most. At 100 verdicts a second there are batches of six instead of
single ones, and the imports beside them are handled sooner (docs/performance.md)."""


def subscriptions(begin: Begin, max_records: int) -> tuple[Subscription, ...]:
    """What inventory listens to (domain rules: who consumes what)."""
    return (
        Subscription(
            group=SeedListings.consumer,
            topic=ListingImported.TOPIC,
            handle=SeedListings(begin),
            types=types_of(ListingImported),
            max_records=max_records,
        ),
        Subscription(
            group=FollowConnections.consumer,
            topic=ConnectionEvent.TOPIC,
            handle=FollowConnections(begin),
            types=types_of(
                ConnectionConfirmed,
                ConnectionReauthorizationRequired,
                ConnectionRestored,
                ConnectionDisconnected,
            ),
            max_records=max_records,
            unhurried=True,
        ),
        Subscription(
            group=ApplyVerdicts.consumer,
            topic=SyncValidated.TOPIC,
            handle=ApplyVerdicts(begin),
            types=types_of(SyncValidated),
            max_records=max_records,
            every_s=VERDICTS_EVERY_S,
        ),
    )
