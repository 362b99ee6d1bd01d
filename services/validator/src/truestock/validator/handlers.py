"""Kafka in: one subscription per use case."""

from collections.abc import Mapping

from truestock.chassis.consumer import Subscription
from truestock.contracts import topics
from truestock.contracts.envelope import sequence_of
from truestock.contracts.events import (
    ConnectionConfirmed,
    ConnectionDisconnected,
    ConnectionReauthorizationRequired,
    ConnectionRestored,
    InventoryItem,
    InventorySeeded,
)
from truestock.contracts.registry import types_of
from truestock.validator.usecases.follow_connections import FollowConnections
from truestock.validator.usecases.revalidate_changed import RevalidateChanged
from truestock.validator.usecases.validate_sync import ValidateSync

FIRST = sequence_of(1).encode()


def says_more_than_its_seeding(headers: Mapping[str, bytes | None]) -> bool:
    """Whether an item event may be news: a first version holds the very state that its seeding announces.

    An item begins with one listing, whose InventorySeeded leaves in the same transaction with that state.
    """
    return headers.get("ce_sequence") != FIRST


def subscriptions(
    validate_sync: ValidateSync,
    revalidate_changed: RevalidateChanged,
    follow_connections: FollowConnections,
    *,
    max_records: int,
) -> tuple[Subscription, ...]:
    """What the validator hears, by the consumption matrix of the contracts."""
    return (
        Subscription(
            group=validate_sync.consumer,
            topic=topics.INVENTORY_SEEDED.name,
            handle=validate_sync,
            types=types_of(InventorySeeded),
            max_records=max_records,
        ),
        Subscription(
            group=revalidate_changed.consumer,
            topic=topics.ITEM.name,
            handle=revalidate_changed,
            types=types_of(InventoryItem),
            max_records=max_records,
            wants=says_more_than_its_seeding,
            removals=True,
            unhurried=True,
        ),
        Subscription(
            group=follow_connections.consumer,
            topic=topics.CONNECTION.name,
            handle=follow_connections,
            types=types_of(
                ConnectionConfirmed,
                ConnectionReauthorizationRequired,
                ConnectionRestored,
                ConnectionDisconnected,
            ),
            max_records=max_records,
            unhurried=True,
        ),
    )
