"""inventory.seed-from-listing: every import gets exactly one answer."""

from collections.abc import Sequence
from uuid import UUID

from truestock.chassis.delivery import Delivery, Received
from truestock.contracts.events import ListingImported, SyncState
from truestock.inventory.domain.model import ListingKey
from truestock.inventory.domain.seeding import seed
from truestock.inventory.usecases.ports import Begin
from truestock.inventory.usecases.publishing import publish, seeded_event


class SeedListings:
    """Decide about a batch of imports in memory, then write it with a dozen statements."""

    consumer = "inventory.seed-from-listing"

    def __init__(self, begin: Begin) -> None:
        self._begin = begin

    async def __call__(self, deliveries: Sequence[Delivery[ListingImported]]) -> None:
        """Handle a batch, in order; workspaces may be mixed."""
        async with self._begin({delivery.event.workspace_id for delivery in deliveries}) as work:
            fresh = await work.first_sight(self.consumer, deliveries)
            if not fresh:
                return
            known = await work.for_imports([delivery.event for delivery in fresh])
            seedings = []
            causes: dict[UUID, Received] = {}
            correlations: dict[UUID, UUID] = {}
            ready: dict[ListingKey, SyncState] = {}
            for delivery in fresh:
                seeding = seed(delivery.event, known, work.mint)
                seedings.append(seeding)
                work.emit(seeded_event(seeding, work.mint.now), caused_by=delivery)
                if seeding.state is not None:
                    ready[(seeding.state.connection_id, seeding.state.listing_id)] = seeding.state
                for item in (seeding.item, *seeding.also_changed):
                    if item is not None:
                        causes[item.item_id] = delivery
                        correlations[item.item_id] = delivery.event.correlation_id
            await work.save(known, seedings=seedings)
            publish(
                work,
                known,
                work.changed_items(known),
                fresh[0].event.correlation_id,
                causes=causes,
                correlations=correlations,
                ready=ready,
            )
