"""Deciding many held listings at once, in portions that the service takes."""

from collections.abc import Sequence

from truestock.client.facade import Truestock
from truestock.client.models.inventory import Held

PORTION = 100
"""Decisions per request."""

HeldAnswer = tuple[Held, str, str | None]
"""A held listing as it was shown, the action (link, create, reject), and the item to link to."""


async def answer_held(client: Truestock, answers: Sequence[HeldAnswer], *, reason: str) -> list[str]:
    """Send the decisions; returns a sentence for each one that was refused."""
    refused = []
    for start in range(0, len(answers), PORTION):
        portion = answers[start : start + PORTION]
        listing = {held.held_id: held.listing_id for held, _, _ in portion}
        decisions = [
            {"held_id": held.held_id, "revision": held.revision, "action": action}
            | ({"item_id": item_id} if item_id else {})
            for held, action, item_id in portion
        ]
        answer = await client.inventory.decide_held(decisions, reason=reason)
        for result in answer.results:
            if result.problem:
                detail, remedy = result.problem.get("detail", ""), result.problem.get("remedy", "")
                refused.append(f"{listing.get(result.held_id, result.held_id)}: {detail} {remedy}".strip())
    return refused
