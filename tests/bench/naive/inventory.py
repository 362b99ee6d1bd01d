"""ListingImported → item and variants by ORM, two events."""

import hashlib
from datetime import UTC, datetime
from typing import Any
from uuid import uuid5

from bench.naive.loop import event_row, run
from bench.naive.tables import Item, Sent, Variant
from sqlalchemy.ext.asyncio import AsyncSession

from truestock.contracts.events import (
    InventoryItem,
    InventorySeeded,
    ItemVariant,
    ListingImported,
    SeedOutcome,
    SharedFields,
    SyncState,
    SyncVariant,
)
from truestock.contracts.listing import OptionValue
from truestock.contracts.values import Money


async def handle(session: AsyncSession, event: ListingImported) -> list[Sent]:
    """Create or change the item, and say so."""
    listing = event.listing
    shared = SharedFields(
        title=listing.title,
        description=listing.description,
        brand=listing.brand,
        photos=listing.photos,
        options=listing.options,
    )
    item_id = uuid5(event.connection_id, listing.listing_id)
    item = await session.get(Item, item_id)
    if item is None:
        item = Item(item_id=item_id, workspace_id=event.workspace_id, version=0, state="active", variants=[])
        session.add(item)
    item.version += 1
    item.fields = shared.model_dump(mode="json")
    known = {variant.position: variant for variant in item.variants}
    for position, shown in enumerate(listing.variants):
        variant = known.get(position)
        if variant is None:
            variant = Variant(
                variant_id=uuid5(item_id, str(position)), workspace_id=event.workspace_id, position=position
            )
            item.variants.append(variant)
        variant.sku, variant.gtin, variant.on_hand = shown.sku, shown.gtin, shown.quantity
        variant.options = [(option.name, option.value) for option in shown.options]
        variant.price_amount = shown.price.amount if shown.price else None
        variant.price_currency = shown.price.currency if shown.price else None
    return _events(event, item, shared)


def _events(event: ListingImported, item: Item, shared: SharedFields) -> list[Sent]:
    state = SyncState(
        item_id=item.item_id,
        item_version=item.version,
        connection_id=event.connection_id,
        marketplace=event.marketplace,
        account_id=event.account_id,
        listing_id=event.listing.listing_id,
        fingerprint=hashlib.blake2b(repr(item.fields).encode(), digest_size=16).hexdigest(),
        shared=shared,
        variants=tuple(SyncVariant(available=v.on_hand, **_shown(v)) for v in item.variants),
    )
    head = {
        "workspace_id": event.workspace_id,
        "occurred_at": datetime.now(UTC),
        "correlation_id": event.correlation_id,
    }
    seeded = InventorySeeded(
        **head,
        connection_id=event.connection_id,
        marketplace=event.marketplace,
        account_id=event.account_id,
        listing_id=event.listing.listing_id,
        batch_id=event.batch_id,
        batch_kind=event.batch_kind,
        sequence=event.sequence,
        outcome=SeedOutcome.CREATED,
        state=state,
        evidence=event.evidence,
    )
    changed = InventoryItem(
        **head,
        item_id=item.item_id,
        epoch=1,
        version=item.version,
        shared=shared,
        variants=tuple(ItemVariant(gtin=v.gtin, **_shown(v)) for v in item.variants),
        channels=(state,),
    )
    return [
        event_row(one.TOPIC, one.ce_type(), one.key(), one.model_dump_json().encode())
        for one in (seeded, changed)
    ]


def _shown(variant: Variant) -> dict[str, Any]:
    price = None
    if variant.price_amount is not None and variant.price_currency is not None:
        price = Money(amount=variant.price_amount, currency=variant.price_currency)
    return {
        "variant_id": variant.variant_id,
        "sku": variant.sku,
        "options": tuple(OptionValue(name=name, value=value) for name, value in variant.options),
        "on_hand": variant.on_hand,
        "price": price,
    }


if __name__ == "__main__":
    run("inventory.seed-from-listing", ListingImported.TOPIC, ListingImported, handle)
