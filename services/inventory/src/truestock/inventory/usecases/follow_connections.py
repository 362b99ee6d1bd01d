"""inventory.follow-connections: a disconnected account's listings rest, a revived one's go on."""

from collections.abc import Sequence
from itertools import islice
from uuid import UUID

from msgspec.structs import replace

from truestock.chassis.delivery import Delivery
from truestock.contracts.events import (
    ConnectionConfirmed,
    ConnectionDisconnected,
    ConnectionEvent,
    ConnectionReauthorizationRequired,
)
from truestock.inventory.domain.model import ListingState
from truestock.inventory.domain.sync import changed
from truestock.inventory.usecases.ports import Begin, Work
from truestock.inventory.usecases.publishing import publish
from truestock.inventory.usecases.undo import take_back

CHUNK = 500


class FollowConnections:
    """Items stay when a connection goes; ``withdraw`` also archives those that nobody touched."""

    consumer = "inventory.follow-connections"

    def __init__(self, begin: Begin) -> None:
        self._begin = begin

    async def __call__(self, deliveries: Sequence[Delivery[ConnectionEvent]]) -> None:
        """Handle a batch, in order; an event that is older than what is known changes nothing."""
        async with self._begin({delivery.event.workspace_id for delivery in deliveries}) as work:
            for delivery in await work.first_sight(self.consumer, deliveries):
                await self._follow(work, delivery)

    async def _follow(self, work: Work, delivery: Delivery[ConnectionEvent]) -> None:
        event = delivery.event
        gone = isinstance(event, ConnectionDisconnected)
        state = "disconnected" if gone else "active"
        if isinstance(event, ConnectionReauthorizationRequired):
            state = "reauthorization_required"
        known = await work.save_connection(
            event.workspace_id,
            event.connection_id,
            event.account,
            event.version,
            state,
            event.occurred_at if gone else None,
        )
        if not known:
            return
        if isinstance(event, ConnectionDisconnected):
            if event.withdraw:
                await take_back(
                    work,
                    event.workspace_id,
                    event.connection_id,
                    None,
                    by="disconnect",
                    reason=f"withdrawn: {event.reason}",
                    correlation_id=event.correlation_id,
                    caused_by=delivery,
                )
            await _move(work, delivery, ListingState.LINKED, ListingState.SUSPENDED)
        elif isinstance(event, ConnectionConfirmed):
            await _move(work, delivery, ListingState.SUSPENDED, ListingState.LINKED)


async def _move(
    work: Work, delivery: Delivery[ConnectionEvent], old: ListingState, new: ListingState
) -> None:
    """Suspend a connection's channel listings, or take them up again: a change of their items."""
    event = delivery.event
    ids = iter(await work.item_ids_of_channels(event.workspace_id, [event.connection_id]))
    while chunk := list(islice(ids, CHUNK)):
        known = await work.for_items(event.workspace_id, chunk)
        causes: dict[UUID, Delivery[ConnectionEvent]] = {}
        for item in list(known.items.values()):
            listings = tuple(
                replace(listing, state=new)
                if listing.connection_id == event.connection_id and listing.state is old
                else listing
                for listing in item.listings
            )
            if listings != item.listings:
                after, _ = changed(replace(item, listings=listings), known.policies_of(event.workspace_id))
                known.put(after)
                causes[item.item_id] = delivery
        await work.save(known)
        publish(work, known, work.changed_items(known), event.correlation_id, causes=dict(causes))
