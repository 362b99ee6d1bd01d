"""Which attempt, connection or batch is meant when the operator gives a part of an id, or nothing."""

from collections.abc import AsyncIterator, Callable
from typing import TypeVar

from truestock.client.facade import Truestock
from truestock.client.models.connector import Attempt, Connection
from truestock.client.models.importer import Batch
from truestock.client.models.inventory import Item, Proposal
from truestock.contracts.problem import Refusal, RefusalKind

T = TypeVar("T")


async def connection(client: Truestock, given: str | None) -> Connection:
    """By id, start of an id, account id or account name; without anything, the only live one."""
    found = [one async for one in client.connector.connections()]
    if given is None:
        live = [one for one in found if one.state != "disconnected"] or found
        return _only(
            live, "connection", "truestock connections", "Run `truestock connect MARKETPLACE` first."
        )
    exact = [one for one in found if given in (one.connection_id, one.account.id, one.account.name)]
    return _named(exact or [one for one in found if one.connection_id.startswith(given)], "connection", given)


async def attempt(client: Truestock, given: str | None) -> Attempt:
    """By id or start of an id; without anything, the only one under way."""
    if given is None:
        found = [one async for one in client.connector.attempts()]
        open_ones = [one for one in found if one.state in ("started", "awaiting_confirmation")]
        return _only(
            open_ones, "attempt", "truestock confirm ID", "Run `truestock connect MARKETPLACE` first."
        )
    return await _by_start(client.connector.attempts(), lambda one: one.attempt_id, "attempt", given)


async def batch(client: Truestock, given: str | None) -> Batch:
    """By id or start of an id; without anything, the newest."""
    if given is None:
        async for newest in client.importer.batches():
            return newest
        raise Refusal(
            "no_batch",
            "There is no batch yet.",
            remedy="Start one with `truestock import sample`.",
            kind=RefusalKind.NOT_FOUND,
        )
    return await _by_start(client.importer.batches(), lambda one: one.batch_id, "batch", given)


async def item(client: Truestock, given: str) -> Item:
    """By id, SKU, or start of an id; the answer is the item in full."""
    async for found in client.inventory.items(sku=given):
        return await client.inventory.item(found.item_id)
    if len(given) >= 32:
        return await client.inventory.item(given)
    found = await _by_start(client.inventory.items(), lambda one: one.item_id, "item", given)
    return await client.inventory.item(found.item_id)


async def proposal(client: Truestock, given: str) -> Proposal:
    """An open one by id or start of an id."""
    return await _by_start(client.inventory.proposals(), lambda one: one.proposal_id, "proposal", given)


async def _by_start(candidates: AsyncIterator[T], identify: Callable[[T], str], what: str, given: str) -> T:
    return _named([one async for one in candidates if identify(one).startswith(given)], what, given)


def _named(found: list[T], what: str, given: str) -> T:
    if len(found) == 1:
        return found[0]
    raise Refusal(
        "not_found" if not found else "ambiguous",
        f"{'No' if not found else 'More than one'} {what} matches {given!r}.",
        remedy=f"List them (`truestock {what}s`) and give the whole id.",
        kind=RefusalKind.NOT_FOUND if not found else RefusalKind.INVALID,
    )


def _only(found: list[T], what: str, look: str, first: str) -> T:
    if len(found) == 1:
        return found[0]
    if not found:
        raise Refusal(
            f"no_{what}", f"There is no {what} to work on.", remedy=first, kind=RefusalKind.NOT_FOUND
        )
    raise Refusal(
        "ambiguous",
        f"There are {len(found)} {what}s.",
        remedy=f"Say which one you mean; `{look}` shows them.",
        kind=RefusalKind.INVALID,
    )
