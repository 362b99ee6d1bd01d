"""Decide held listings: one by one or in bulk, each for itself."""

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct

from truestock.chassis.auth.principal import Principal
from truestock.contracts.events import SeedOutcome
from truestock.contracts.problem import Refusal, not_found
from truestock.inventory.domain.holding import HeldAction, decide
from truestock.inventory.domain.records import Decision
from truestock.inventory.usecases.ports import Begin, Work
from truestock.inventory.usecases.publishing import publish, seeded_event


class HeldDecision(Struct, frozen=True):
    """What an operator decides about one held listing, on the revision that was shown."""

    held_id: UUID
    revision: int
    action: HeldAction
    item_id: UUID | None = None


class HeldResult(Struct, frozen=True):
    """What became of one decision: an outcome and an item, or a refusal."""

    held_id: UUID
    outcome: SeedOutcome | None = None
    item_id: UUID | None = None
    refusal: Refusal | None = None


class DecideHeld:
    """Every decision has its own transaction, so that one refusal does not stop the others."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin

    async def __call__(
        self, who: Principal, decisions: Sequence[HeldDecision], reason: str
    ) -> list[HeldResult]:
        """One result per decision, in their order."""
        results = []
        for each in decisions:
            try:
                async with self._begin([who.workspace_id]) as work:
                    results.append(await self._decide(work, who, each, reason))
            except Refusal as refusal:
                results.append(HeldResult(each.held_id, refusal=refusal))
        return results

    async def _decide(self, work: Work, who: Principal, decision: HeldDecision, reason: str) -> HeldResult:
        held = (await work.held([decision.held_id])).get(decision.held_id)
        if held is None:
            raise not_found("held listing", decision.held_id)
        targets = [decision.item_id] if decision.item_id else list(held.candidates)
        known = await work.for_imports([held.imported], targets)
        held = (await work.held([decision.held_id]))[decision.held_id]  # as it is under the lock
        seeding = decide(held, decision.revision, decision.action, decision.item_id, known, work.mint)
        await work.close([held.held_id], Decision.DECIDED, decision=decision.action.value)
        await work.save(known, seedings=[seeding])
        work.emit(seeded_event(seeding, work.mint.now))
        publish(work, known, work.changed_items(known), held.imported.correlation_id)
        item_id = seeding.item.item_id if seeding.item else None
        await work.audit(
            who,
            f"held.{decision.action.value}",
            f"held:{held.held_id}",
            before={"code": held.code, "listing_id": held.imported.listing.listing_id},
            after={"outcome": seeding.outcome.value, "item_id": str(item_id) if item_id else None},
            reason=reason,
        )
        return HeldResult(held.held_id, seeding.outcome, item_id)
