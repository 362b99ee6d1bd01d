"""One import, one decision: created, linked, refined, unchanged, proposed, held or rejected.

Domain rules, inventory 1, 4, 5, 6 and 9.
"""

from uuid import UUID

from msgspec.structs import replace

from truestock.contracts.events import ListingImported, OpenIssue, SeedOutcome
from truestock.inventory.domain import building
from truestock.inventory.domain.identity import Conflict, Match, match_variants
from truestock.inventory.domain.known import Known, Mint
from truestock.inventory.domain.linking import Hold, LinkTo, place
from truestock.inventory.domain.model import ChannelListing, Item, ListingState
from truestock.inventory.domain.records import Effects, Held, Seeding
from truestock.inventory.domain.reimporting import reimport
from truestock.inventory.domain.sync import changed, open_issues, sync_state


def seed(event: ListingImported, known: Known, mint: Mint) -> Seeding:
    """Decide about one import and put the result into the working set."""
    before = known.listings.get((event.connection_id, event.listing.listing_id))
    refused = _refusal(event, known)
    if refused:
        return Seeding(event, SeedOutcome.REJECTED, (refused,))
    if before is not None and event.sequence <= before.sequence:
        return standing(event, before, known, "stale: a newer import of this listing was already answered.")
    if before is not None and before.state is ListingState.REJECTED:
        listing = building.channel_listing(event, before, before.variants, ListingState.REJECTED, None)
        known.put_listing(listing)
        reason = "rejected_by_operator: an operator decided that this listing is not part of the inventory."
        return Seeding(
            event, SeedOutcome.REJECTED, (reason,), listing=listing, effects=Effects(before=before)
        )
    if before is not None and before.item_id is not None:
        item = known.items[before.item_id]
        match = match_variants(event.listing.variants, item.variants)
        if isinstance(match, Conflict):
            hold_on = Hold("variant_conflict", match.reason, (item.item_id,))
            return hold(event, hold_on, before, known, mint)
        return reimport(event, item, before, match, known, mint)
    placement = place(event, known)
    if isinstance(placement, Hold):
        return hold(event, placement, before, known, mint)
    if isinstance(placement, LinkTo):
        return link(event, placement.item, placement.match, before, known)
    return create(event, before, known, mint)


def create(
    event: ListingImported, before: ChannelListing | None, known: Known, mint: Mint, reason: str | None = None
) -> Seeding:
    """A new item with its variants, an opening movement per variant, and a split proposal if there is one."""
    policies = known.policies_of(event.workspace_id)
    item, movements, split = building.new_item(event, policies, known.match_key_of(event.listing), mint)
    listed = building.listed(zip(event.listing.variants, item.variants, strict=True))
    listing = building.channel_listing(event, before, listed, ListingState.LINKED, item.item_id)
    also = _leave_old_item(before, known)
    item, states = changed(item.with_listing(listing), policies)
    known.put(item)
    state = states[listing.key]
    opened = (split.split_id,) if split else ()
    reasons = [reason or "new: nothing in inventory is the same thing."]
    if split:
        reasons.append(f"split_proposed: {split.evidence}")
    return Seeding(
        event,
        SeedOutcome.CREATED,
        tuple(reasons),
        state.open_issues,
        state,
        item,
        known.listings[listing.key],
        movements,
        split=split,
        also_changed=also,
        effects=Effects(created=True, before=before, opened=opened, superseded=_superseded(before)),
    )


def link(
    event: ListingImported,
    item: Item,
    match: Match,
    before: ChannelListing | None,
    known: Known,
    reason: str | None = None,
) -> Seeding:
    """One more listing of an existing item; its stock and its fields stay as they are."""
    policies = known.policies_of(event.workspace_id)
    listed = building.listed(match.pairs)
    listing = building.channel_listing(event, before, listed, ListingState.LINKED, item.item_id)
    also = _leave_old_item(before, known) if before and before.item_id != item.item_id else ()
    item = known.items[item.item_id]
    item, states = changed(item.with_listing(listing), policies)
    known.put(item)
    state = states[listing.key]
    reasons = [reason or "same_sku: every variant's SKU belongs to this item."]
    for shown, variant in match.pairs:
        if shown.quantity is not None and shown.quantity != variant.on_hand:
            ours = "unknown" if variant.on_hand is None else variant.on_hand
            reasons.append(f"quantity_differs: the listing shows {shown.quantity}, inventory has {ours}.")
    return Seeding(
        event,
        SeedOutcome.LINKED,
        tuple(reasons),
        state.open_issues,
        state,
        item,
        known.listings[listing.key],
        also_changed=also,
        effects=Effects(before=before, superseded=_superseded(before)),
    )


def hold(
    event: ListingImported, why: Hold, before: ChannelListing | None, known: Known, mint: Mint
) -> Seeding:
    """Leave the listing to a person. One that belonged to an item stays with it, but is not published."""
    held = Held(mint.new_id(), event, why.code, why.reason, why.candidates)
    item_id = before.item_id if before else None
    listed = before.variants if before else ()
    listing = building.channel_listing(event, before, listed, ListingState.HELD, item_id)
    listing = replace(listing, held_id=held.held_id, push_allowed=False)
    item = None
    if item_id is not None:
        item, _ = changed(known.items[item_id].with_listing(listing), known.policies_of(event.workspace_id))
        known.put(item)
    else:
        known.put_listing(listing)
    return Seeding(
        event,
        SeedOutcome.HELD,
        (f"{why.code}: {why.reason}",),
        issues_of_held(held),
        item=item,
        listing=listing,
        held=held,
        effects=Effects(before=before, opened=(held.held_id,), superseded=_superseded(before)),
    )


def issues_of_held(held: Held) -> tuple[OpenIssue, ...]:
    """What is open on a held listing: that it is held, and what its mapping left open."""
    listing = held.imported.listing
    unpriced = any(variant.price is None for variant in listing.variants)
    no_currency = building.currency_missing(listing)
    found = (
        (OpenIssue.HELD, True),
        (OpenIssue.SKU_DUPLICATE, held.code == "duplicate_sku"),
        (OpenIssue.SPLIT_OPEN, listing.buried_variants is not None),
        (OpenIssue.PRICE_MISSING, unpriced and not no_currency),
        (OpenIssue.CURRENCY_MISSING, unpriced and no_currency),
        (OpenIssue.QUANTITY_UNKNOWN, any(variant.quantity is None for variant in listing.variants)),
    )
    return tuple(issue for issue, present in found if present)


def standing(event: ListingImported, before: ChannelListing, known: Known, reason: str) -> Seeding:
    """The answer to an import that changes nothing: how the listing stands."""
    item = known.items.get(before.item_id) if before.item_id else None
    if item is not None and before.state in (ListingState.LINKED, ListingState.SUSPENDED):
        state = sync_state(item, before, known.policies_of(event.workspace_id))
        issues = open_issues(item, before)
        return Seeding(event, SeedOutcome.UNCHANGED, (reason,), issues, state)
    if before.state is ListingState.HELD:
        return Seeding(event, SeedOutcome.HELD, (reason,), (OpenIssue.HELD,))
    return Seeding(event, SeedOutcome.REJECTED, (reason,))


def _refusal(event: ListingImported, known: Known) -> str | None:
    if event.batch_id in known.undone_batches:
        return "batch_undone: the batch was undone before this listing arrived."
    disconnected = known.disconnected_at.get(event.connection_id)
    # Topics are not ordered among each other: an import that is younger than the disconnect can only
    # come from the revived connection, whose confirmation may still be on its way.
    if disconnected is not None and event.occurred_at <= disconnected:
        return "disconnected: the connection was disconnected before this listing arrived."
    return None


def _leave_old_item(before: ChannelListing | None, known: Known) -> tuple[Item, ...]:
    """A listing that moves to another item is taken from its old one, which changes by that."""
    if before is None or before.item_id is None:
        return ()
    old = known.items[before.item_id]
    left = old.with_listing(replace(before, item_id=None))
    left, _ = changed(left, known.policies_of(old.workspace_id))
    known.put(left)
    return (left,)


def _superseded(before: ChannelListing | None) -> tuple[UUID, ...]:
    if before is None:
        return ()
    return tuple(each for each in (before.held_id, before.proposal_id) if each is not None)
