"""The things that inventory keeps, as values."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from truestock.contracts.events import BatchKind, SharedFields
from truestock.contracts.listing import OptionValue, option_signature
from truestock.contracts.values import Marketplace, Money

ListingKey = tuple[UUID, str]
"""(connection id, the marketplace's listing id): what identifies a channel listing for ever."""

Signature = tuple[tuple[str, str], ...]


class ItemState(StrEnum):
    """An archived item keeps its history and is published as a tombstone."""

    ACTIVE = "active"
    ARCHIVED = "archived"


class ListingState(StrEnum):
    """Where a channel listing stands towards inventory."""

    LINKED = "linked"
    SUSPENDED = "suspended"
    HELD = "held"
    REJECTED = "rejected"
    UNLINKED = "unlinked"


class Variant(Struct, frozen=True):
    """One sellable option of an item. ``on_hand`` in pieces, None is unknown and not zero.

    ``split_id`` names the accepted split that made it. ``price`` is the price intent.
    """

    variant_id: UUID
    sku: str | None = None
    gtin: str | None = None
    options: tuple[OptionValue, ...] = ()
    on_hand: int | None = None
    confirmed: bool = False
    price: Money | None = None
    split_id: UUID | None = None

    @property
    def signature(self) -> Signature:
        """The option choice, normalised."""
        return option_signature(self.options)


class ListedVariant(Struct, frozen=True):
    """Which of the listing's options is which variant; ``external_id`` identifies nothing over time."""

    external_id: str
    variant_id: UUID
    enabled: bool = True


class ChannelListing(Struct, frozen=True):
    """The link item ↔ listing, with everything that is marketplace-specific.

    ``sequence`` fences older imports. ``fingerprint`` is the newest validation fingerprint;
    ``push_allowed`` follows its newest verdict. ``proposal_digest`` remembers which differences
    were shown (or decided) last, ``channel`` is the channel's own part of the listing as JSON.
    """

    workspace_id: UUID
    connection_id: UUID
    listing_id: str
    marketplace: Marketplace
    account_id: str
    sequence: int
    batch_id: UUID
    batch_kind: BatchKind
    state: ListingState
    item_id: UUID | None = None
    variants: tuple[ListedVariant, ...] = ()
    channel: dict[str, Any] | None = None
    currency_missing: bool = False
    fingerprint: str = ""
    push_allowed: bool = False
    held_id: UUID | None = None
    proposal_id: UUID | None = None
    proposal_digest: str = ""
    revision: int = 0

    @property
    def key(self) -> ListingKey:
        """Its identity."""
        return (self.connection_id, self.listing_id)


class Item(Struct, frozen=True):
    """An inventory item with its variants and channel listings.

    ``touches`` counts what operators changed since it was seeded (undo leaves touched items alone).
    ``split_id`` names its open split proposal, ``split_digest`` the last one that was proposed.
    """

    item_id: UUID
    workspace_id: UUID
    version: int
    state: ItemState
    fields: SharedFields
    variants: tuple[Variant, ...]
    listings: tuple[ChannelListing, ...] = ()
    match_key: str = ""
    touches: int = 0
    split_id: UUID | None = None
    split_digest: str = ""

    def variant(self, variant_id: UUID) -> Variant | None:
        """The variant with this id, or None."""
        return next((variant for variant in self.variants if variant.variant_id == variant_id), None)

    def listed_on(self, connection_id: UUID) -> bool:
        """Whether a listing of this connection belongs to the item."""
        return any(listing.connection_id == connection_id for listing in self.listings)

    def with_variant(self, changed: Variant) -> "Item":
        """The item with one variant exchanged for its new state."""
        variants = tuple(changed if v.variant_id == changed.variant_id else v for v in self.variants)
        return replace(self, variants=variants)

    def with_listing(self, changed: ChannelListing) -> "Item":
        """The item with a channel listing added or exchanged; taken out when it belongs elsewhere now."""
        others = tuple(listing for listing in self.listings if listing.key != changed.key)
        return replace(self, listings=(*others, changed) if changed.item_id == self.item_id else others)


class MovementKind(StrEnum):
    """Why stock changed."""

    OPENING = "opening"
    COUNT = "count"
    SALE = "sale"
    RECEIPT = "receipt"
    ADJUSTMENT = "adjustment"
    SPLIT = "split"
    REVERSAL = "reversal"


class Movement(Struct, frozen=True):
    """One line of the ledger: a signed number of pieces, who, why. None: an opening that is not known."""

    movement_id: UUID
    workspace_id: UUID
    item_id: UUID
    variant_id: UUID
    kind: MovementKind
    quantity: int | None
    reason: str
    by: str
    at: datetime
