"""inventory.apply-verdicts: may this listing be published as inventory has it now?"""

from collections.abc import Sequence
from uuid import UUID

from truestock.chassis.delivery import Delivery
from truestock.contracts.events import SyncValidated, Verdict
from truestock.inventory.usecases.ports import Begin

ALLOWING = frozenset({Verdict.PASSED, Verdict.PASSED_WITH_WARNINGS})


class ApplyVerdicts:
    """Keep push_allowed on the channel listing; the item's version does not move, so there is no loop."""

    consumer = "inventory.apply-verdicts"

    def __init__(self, begin: Begin) -> None:
        self._begin = begin

    async def __call__(self, deliveries: Sequence[Delivery[SyncValidated]]) -> None:
        """Handle a batch; of several verdicts on one listing the newest counts."""
        async with self._begin({delivery.event.workspace_id for delivery in deliveries}) as work:
            newest: dict[tuple[UUID, str], SyncValidated] = {}
            for delivery in await work.first_sight(self.consumer, deliveries):
                event = delivery.event
                known = newest.get((event.connection_id, event.listing_id))
                if event.fingerprint and (known is None or known.version < event.version):
                    newest[(event.connection_id, event.listing_id)] = event
            lines = [
                (*key, event.fingerprint or "", event.verdict in ALLOWING, event.version)
                for key, event in newest.items()
            ]
            if lines:
                await work.apply_verdicts(lines)
