"""What inventory says about an item: the state that validation depends on, and the two events."""

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

from bench.naive.inventory_tables import Item, Variant

from truestock.contracts.envelope import Envelope
from truestock.contracts.events import (
    InventoryItem,
    InventorySeeded,
    ItemVariant,
    ListingImported,
    OpenIssue,
    SeedOutcome,
    SharedFields,
    SyncState,
    SyncVariant,
)
from truestock.contracts.listing import CanonicalListing, OptionValue
from truestock.contracts.values import Money

REASONS = ("new: nothing in inventory is the same thing.",)


def shared_fields(listing: CanonicalListing) -> SharedFields:
    """What becomes the item's own."""
    return SharedFields(
        title=listing.title,
        description=listing.description,
        brand=listing.brand,
        photos=listing.photos,
        options=listing.options,
    )


def sync_state(event: ListingImported, item: Item, channel_keys: tuple[str, ...]) -> SyncState:
    """The item as it should appear in the listing."""
    shared = shared_fields(event.listing)
    variants = tuple(SyncVariant(available=v.on_hand, **_shown(v)) for v in item.variants)
    issues = _open_issues(item)
    parts = (item.item_id, shared.title, shared.brand, shared.photos, shared.options, variants, issues)
    return SyncState(
        item_id=item.item_id,
        item_version=item.version,
        connection_id=event.connection_id,
        marketplace=event.marketplace,
        account_id=event.account_id,
        listing_id=event.listing.listing_id,
        fingerprint=hashlib.blake2b(repr((parts, channel_keys)).encode(), digest_size=16).hexdigest(),
        shared=shared,
        variants=variants,
        open_issues=issues,
        channel_keys=channel_keys,
    )


def seeded_event(
    event: ListingImported, cause: Envelope, now: datetime, item: Item, state: SyncState
) -> InventorySeeded:
    """The answer to the import."""
    created = item.version == 1
    return InventorySeeded(
        workspace_id=event.workspace_id,
        occurred_at=now,
        correlation_id=event.correlation_id,
        causation_id=UUID(cause.id),
        connection_id=event.connection_id,
        marketplace=event.marketplace,
        account_id=event.account_id,
        listing_id=event.listing.listing_id,
        batch_id=event.batch_id,
        batch_kind=event.batch_kind,
        sequence=event.sequence,
        outcome=SeedOutcome.CREATED if created else SeedOutcome.REFINED,
        reasons=REASONS if created else (),
        open_issues=state.open_issues,
        state=state,
        evidence=event.evidence,
    )


def item_event(
    event: ListingImported, cause: Envelope, now: datetime, item: Item, state: SyncState
) -> InventoryItem:
    """The item's new version."""
    return InventoryItem(
        workspace_id=event.workspace_id,
        occurred_at=now,
        correlation_id=event.correlation_id,
        causation_id=UUID(cause.id),
        item_id=item.item_id,
        epoch=1,
        version=item.version,
        shared=state.shared,
        variants=tuple(ItemVariant(gtin=v.gtin, **_shown(v)) for v in item.variants),
        channels=(state,),
    )


def _open_issues(item: Item) -> tuple[OpenIssue, ...]:
    found = (
        (OpenIssue.PRICE_MISSING, any(v.price_amount is None for v in item.variants)),
        (OpenIssue.QUANTITY_UNKNOWN, any(v.on_hand is None for v in item.variants)),
        (OpenIssue.STOCK_UNCONFIRMED, not all(v.confirmed for v in item.variants)),
    )
    return tuple(issue for issue, present in found if present)


def _shown(variant: Variant) -> dict[str, Any]:
    price = None
    if variant.price_amount is not None and variant.price_currency is not None:
        price = Money(amount=variant.price_amount, currency=variant.price_currency)
    return {
        "variant_id": variant.variant_id,
        "sku": variant.sku,
        "options": tuple(OptionValue(name=name, value=value) for name, value in variant.options),
        "on_hand": variant.on_hand,
        "confirmed": variant.confirmed,
        "price": price,
    }
