"""What an operator decides about a held listing: link it, create an item for it, or reject it."""

from enum import StrEnum
from uuid import UUID

from truestock.contracts.events import SeedOutcome
from truestock.contracts.problem import Refusal, not_found, stale
from truestock.inventory.domain import building, seeding
from truestock.inventory.domain.identity import Conflict, match_variants
from truestock.inventory.domain.known import Known, Mint
from truestock.inventory.domain.model import ChannelListing, Item, ItemState, ListingState
from truestock.inventory.domain.records import Decision, Effects, Held, Seeding
from truestock.inventory.domain.sync import changed


class HeldAction(StrEnum):
    """``link``: it is that item. ``create``: it is something of its own. ``reject``: leave it out."""

    LINK = "link"
    CREATE = "create"
    REJECT = "reject"


def decide(
    held: Held,
    revision: int,
    action: HeldAction,
    item_id: UUID | None,
    known: Known,
    mint: Mint,
) -> Seeding:
    """The seeding that follows from the decision, for the batch that brought the listing.

    Raises Refusal: stale revision, already decided, no item to link to, variants that cannot be paired.
    """
    if held.revision != revision:
        raise stale("held listing", revision, held.revision)
    if held.state is not Decision.OPEN:
        raise Refusal(
            "already_decided",
            f"Held listing {held.held_id} is {held.state.value}.",
            remedy="List what is held now.",
        )
    event = held.imported
    before = known.listings[(event.connection_id, event.listing.listing_id)]
    if action is HeldAction.CREATE:
        return seeding.create(
            event, before, known, mint, "decided: an operator decided that it is an item of its own."
        )
    if action is HeldAction.REJECT:
        return _reject(held, before, known)
    return _link(held, before, item_id, known)


def _link(held: Held, before: ChannelListing, item_id: UUID | None, known: Known) -> Seeding:
    event = held.imported
    target = item_id or (held.candidates[0] if len(held.candidates) == 1 else None)
    if target is None:
        raise Refusal(
            "item_needed",
            f"Listing {event.listing.listing_id} has {len(held.candidates)} candidates.",
            remedy="Name the item to link it to.",
            candidates=[str(candidate) for candidate in held.candidates],
        )
    item = known.items.get(target)
    if item is None or item.workspace_id != event.workspace_id or item.state is not ItemState.ACTIVE:
        raise not_found("item", target)
    match = match_variants(event.listing.variants, item.variants, trust_sku=True)
    if isinstance(match, Conflict) or match.added or not (match.pairs or match.split_group):
        why = match.reason if isinstance(match, Conflict) else "Some of its variants are not the item's."
        raise Refusal(
            "variants_differ",
            f"Listing {event.listing.listing_id} cannot be linked to item {target}: {why}",
            remedy="Create an item for it, or correct SKUs or options first.",
        )
    return seeding.link(
        event, item, match, before, known, "decided: an operator decided that it is this item."
    )


def _reject(held: Held, before: ChannelListing, known: Known) -> Seeding:
    event = held.imported
    also: tuple[Item, ...] = ()
    listing = building.channel_listing(event, before, (), ListingState.REJECTED, None)
    if before.item_id is not None:
        left = known.items[before.item_id].with_listing(listing)
        left, _ = changed(left, known.policies_of(event.workspace_id))
        known.put(left)
        also = (left,)
    known.put_listing(listing)
    return Seeding(
        event,
        SeedOutcome.REJECTED,
        ("rejected_by_operator: an operator decided that this listing is not part of the inventory.",),
        listing=listing,
        also_changed=also,
        effects=Effects(before=before, superseded=(held.held_id,)),
    )
