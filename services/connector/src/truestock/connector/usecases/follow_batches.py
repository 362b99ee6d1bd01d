"""Learn from the importer which connections have an approved sample (rule 1)."""

from collections.abc import Sequence

from truestock.chassis.delivery import Delivery
from truestock.connector.usecases.ports import Begin
from truestock.contracts.events import BatchDecision, BatchKind, ImportBatchDecided


class FollowBatches:
    """Keep ``sample_approved`` of each connection as the newest decision says."""

    consumer = "connector.follow-batches"

    def __init__(self, begin: Begin) -> None:
        self._begin = begin

    async def __call__(self, deliveries: Sequence[Delivery[ImportBatchDecided]]) -> None:
        """One batch of decisions, in order per connection."""
        async with self._begin({delivery.event.workspace_id for delivery in deliveries}) as tx:
            for delivery in await tx.first_sight(self.consumer, deliveries):
                event = delivery.event
                if event.kind is not BatchKind.SAMPLE:
                    continue
                connection = await tx.connection(event.connection_id, lock=True)
                if connection is None or connection.account.id != event.account_id:
                    continue
                approved = event.decision is BatchDecision.APPROVED
                if connection.sample_approved != approved:
                    await tx.save_connection(connection.sample(approved=approved))
