"""Kafka in: which use case handles which topic."""

from collections.abc import Sequence

from truestock.chassis.consumer import Subscription
from truestock.chassis.consumer.subscription import AnySubscription
from truestock.chassis.deadletters import DeadLetterSubscription, RawDelivery
from truestock.contracts import events, topics
from truestock.contracts.registry import types_of
from truestock.importer.usecases.follow_connections import FollowConnections
from truestock.importer.usecases.track import DeadLetter, TrackDeadLetters, TrackOutcomes, TrackVerdicts

CONNECTION_EVENTS = types_of(
    events.ConnectionConfirmed,
    events.ConnectionReauthorizationRequired,
    events.ConnectionRestored,
    events.ConnectionDisconnected,
)


def subscriptions(
    follow_connections: FollowConnections,
    track_outcomes: TrackOutcomes,
    track_verdicts: TrackVerdicts,
    track_dead_letters: TrackDeadLetters,
) -> Sequence[AnySubscription]:
    """All that the importer listens to."""

    async def letters(deliveries: Sequence[RawDelivery]) -> None:
        await track_dead_letters(
            [DeadLetter(one.consumer_group, one.key or b"", one.value, one.reason) for one in deliveries]
        )

    return (
        Subscription(
            FollowConnections.consumer, topics.CONNECTION.name, follow_connections, CONNECTION_EVENTS
        ),
        Subscription(
            TrackOutcomes.consumer,
            topics.INVENTORY_SEEDED.name,
            track_outcomes,
            types_of(events.InventorySeeded),
        ),
        Subscription(
            TrackVerdicts.consumer, topics.SYNC_VALIDATED.name, track_verdicts, types_of(events.SyncValidated)
        ),
        DeadLetterSubscription(TrackDeadLetters.consumer, topics.PIPELINE_DEAD_LETTERS, letters),
    )
