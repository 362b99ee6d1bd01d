"""Items, channel listings and split proposals built from an import."""

from collections.abc import Iterable
from uuid import UUID

from truestock.contracts.events import ListingImported, SharedFields
from truestock.contracts.listing import CanonicalListing, CanonicalVariant, NoteCode
from truestock.inventory.domain.known import Mint
from truestock.inventory.domain.model import (
    ChannelListing,
    Item,
    ItemState,
    ListedVariant,
    ListingState,
    Movement,
    MovementKind,
    Variant,
)
from truestock.inventory.domain.ownership import channel_keys
from truestock.inventory.domain.policies import Policies
from truestock.inventory.domain.pricing import price_intent
from truestock.inventory.domain.records import Split


def new_item(
    event: ListingImported, policies: Policies, match_key: str, mint: Mint
) -> tuple[Item, tuple[Movement, ...], Split | None]:
    """The item (at version 0, before it is published), its opening movements and its split proposal."""
    listing = event.listing
    rule = policies.rule(event.connection_id).rule
    item_id = mint.new_id()
    variants = tuple(
        Variant(
            variant_id=mint.new_id(),
            sku=shown.sku,
            gtin=shown.gtin,
            options=shown.options,
            on_hand=shown.quantity,
            price=price_intent(shown.price, rule),
        )
        for shown in listing.variants
    )
    split = propose_split(event, item_id, variants, mint)
    item = Item(
        item_id=item_id,
        workspace_id=event.workspace_id,
        version=0,
        state=ItemState.ACTIVE,
        fields=SharedFields(
            title=listing.title,
            description=listing.description,
            brand=listing.brand,
            photos=listing.photos,
            options=listing.options,
        ),
        variants=variants,
        match_key=match_key,
        split_id=split.split_id if split else None,
        split_digest=split_digest(listing),
    )
    reason = f"as imported from {event.marketplace} listing {listing.listing_id}"
    by = f"import {event.batch_id}"
    movements = tuple(opening(item, variant, reason, by, mint) for variant in variants)
    return item, movements, split


def opening(item: Item, variant: Variant, reason: str, by: str, mint: Mint) -> Movement:
    """The first movement of a variant. An unknown quantity opens the ledger without a number."""
    return Movement(
        mint.new_id(),
        item.workspace_id,
        item.item_id,
        variant.variant_id,
        MovementKind.OPENING,
        variant.on_hand,
        reason,
        by,
        mint.now,
    )


def propose_split(
    event: ListingImported, item_id: UUID, variants: tuple[Variant, ...], mint: Mint
) -> Split | None:
    """A split proposal when the text mentions variants that the structure does not have."""
    buried = event.listing.buried_variants
    if buried is None or len(variants) != 1:
        return None
    return Split(
        split_id=mint.new_id(),
        workspace_id=event.workspace_id,
        item_id=item_id,
        variant_id=variants[0].variant_id,
        connection_id=event.connection_id,
        listing_id=event.listing.listing_id,
        batch_id=event.batch_id,
        option_name=buried.option_name,
        values=buried.values,
        evidence=buried.evidence,
    )


def split_digest(listing: CanonicalListing) -> str:
    """Identifies a suggested split, so that a rejected one is not proposed again."""
    buried = listing.buried_variants
    return f"{buried.option_name}={'|'.join(buried.values)}" if buried else ""


def listed(pairs: Iterable[tuple[CanonicalVariant, Variant]]) -> tuple[ListedVariant, ...]:
    """Which option shows which variant."""
    return tuple(ListedVariant(shown.external_id, ours.variant_id, shown.enabled) for shown, ours in pairs)


def currency_missing(listing: CanonicalListing) -> bool:
    """Whether the mapper could not tell the currency of the prices."""
    return any(note.code is NoteCode.CURRENCY_MISSING for note in listing.notes)


def channel_listing(
    event: ListingImported,
    before: ChannelListing | None,
    variants: tuple[ListedVariant, ...],
    state: ListingState,
    item_id: UUID | None,
) -> ChannelListing:
    """The channel listing after this import; what belongs to the channel follows the marketplace."""
    listing = event.listing
    channel = listing.channel.model_dump(mode="json", exclude_defaults=True)
    channel["url"] = listing.url
    channel["keys"] = channel_keys(listing.channel)
    keep = before if before is not None and before.item_id == item_id and item_id is not None else None
    return ChannelListing(
        workspace_id=event.workspace_id,
        connection_id=event.connection_id,
        listing_id=listing.listing_id,
        marketplace=event.marketplace,
        account_id=event.account_id,
        sequence=event.sequence,
        batch_id=event.batch_id,
        batch_kind=event.batch_kind,
        state=state,
        item_id=item_id,
        variants=variants,
        channel=channel,
        currency_missing=currency_missing(listing),
        fingerprint=keep.fingerprint if keep else "",
        push_allowed=keep.push_allowed if keep else False,
        proposal_id=keep.proposal_id if keep else None,
        proposal_digest=keep.proposal_digest if keep else "",
        revision=before.revision if before else 0,
    )
