"""Where a listing that inventory does not know yet belongs (domain rules, inventory 5)."""

from uuid import UUID

from msgspec import Struct

from truestock.contracts.events import ListingImported
from truestock.inventory.domain.identity import Conflict, Match, match_variants, repeated_skus
from truestock.inventory.domain.known import Known
from truestock.inventory.domain.model import Item


class Create(Struct, frozen=True):
    """Nothing in the workspace is the same thing."""


class LinkTo(Struct, frozen=True):
    """Every variant's unique SKU leads to one item that no listing of this connection has."""

    item: Item
    match: Match


class Hold(Struct, frozen=True):
    """A person has to decide. ``code`` is stable, ``reason`` a sentence, ``candidates`` items to link to."""

    code: str
    reason: str
    candidates: tuple[UUID, ...] = ()


Placement = Create | LinkTo | Hold


def place(event: ListingImported, known: Known) -> Placement:
    """Create, link or hold a listing. Linking is across connections only."""
    listing, workspace = event.listing, event.workspace_id
    skus = [variant.sku for variant in listing.variants if variant.sku]
    hits = {sku: known.with_sku(workspace, sku) for sku in skus}
    found = sorted({item_id for places in hits.values() for item_id, _ in places})

    duplicate = sorted(repeated_skus(listing.variants) | (set(event.duplicate_skus) & set(skus)))
    here = [item_id for item_id in found if known.items[item_id].listed_on(event.connection_id)]
    if here and not duplicate:
        duplicate = sorted(sku for sku, places in hits.items() if any(i in here for i, _ in places))
    if duplicate:
        return Hold(
            "duplicate_sku",
            f"SKU {', '.join(duplicate)} is used more than once on this connection and identifies nothing.",
            tuple(found),
        )
    if not found:
        return _by_title(event, known)
    ambiguous = sorted(sku for sku, places in hits.items() if len(places) > 1)
    if ambiguous:
        return Hold(
            "ambiguous_sku", f"SKU {', '.join(ambiguous)} is on several variants in inventory.", tuple(found)
        )
    if len(found) > 1:
        return Hold("several_items", "The listing's SKUs belong to different items.", tuple(found))
    item = known.items[found[0]]
    if any(not variant.sku or not hits[variant.sku] for variant in listing.variants):
        return Hold("partial_match", "Only some of the listing's variants are known by SKU.", tuple(found))
    match = match_variants(listing.variants, item.variants)
    if isinstance(match, Conflict):
        return Hold("variant_conflict", match.reason, tuple(found))
    return LinkTo(item, match)


def _by_title(event: ListingImported, known: Known) -> Create | Hold:
    """Same normalised title and options as an item of another connection, no SKUs that tell them apart."""
    listing = event.listing
    key = known.match_key_of(listing)
    identified = all(variant.sku for variant in listing.variants)
    same = tuple(
        item.item_id
        for item in known.with_match_key(event.workspace_id, key)
        if not item.listed_on(event.connection_id) and not (identified and _identified(item, known))
    )
    if not same:
        return Create()
    return Hold("same_title", "An item of another connection has the same title and options.", same)


def _identified(item: Item, known: Known) -> bool:
    """Whether each variant has a SKU of its own: one that several variants share identifies nothing."""
    return all(
        variant.sku and len(known.with_sku(item.workspace_id, variant.sku)) == 1 for variant in item.variants
    )
