"""What is published about items and seedings."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from truestock.chassis.delivery import Received
from truestock.contracts.events import InventoryItem, InventorySeeded, ItemVariant, SyncState
from truestock.inventory.domain.known import Known
from truestock.inventory.domain.model import Item, ItemState, ListingKey, ListingState
from truestock.inventory.domain.policies import Policies
from truestock.inventory.domain.records import Seeding
from truestock.inventory.domain.sync import sync_state
from truestock.inventory.usecases.ports import Work


def item_event(
    item: Item,
    policies: Policies,
    *,
    epoch: int,
    now: datetime,
    correlation_id: UUID,
    ready: dict[ListingKey, SyncState] | None = None,
) -> InventoryItem:
    """The full state of an item. ``ready`` holds states that were made for this version already."""
    made = ready or {}
    channels = []
    for listing in item.listings:
        if listing.state is ListingState.LINKED:
            state = made.get(listing.key)
            fresh = state is not None and state.item_version == item.version
            channels.append(state if state and fresh else sync_state(item, listing, policies))
    return InventoryItem(
        workspace_id=item.workspace_id,
        occurred_at=now,
        correlation_id=correlation_id,
        causation_id=None,
        item_id=item.item_id,
        epoch=epoch,
        version=item.version,
        shared=item.fields,
        variants=tuple(
            ItemVariant(
                variant_id=v.variant_id,
                sku=v.sku,
                gtin=v.gtin,
                options=v.options,
                on_hand=v.on_hand,
                confirmed=v.confirmed,
                price=v.price,
            )
            for v in item.variants
        ),
        channels=tuple(channels),
    )


def seeded_event(seeding: Seeding, now: datetime) -> InventorySeeded:
    """Inventory's answer to one import."""
    event = seeding.event
    return InventorySeeded(
        workspace_id=event.workspace_id,
        occurred_at=now,
        correlation_id=event.correlation_id,
        causation_id=None,
        connection_id=event.connection_id,
        marketplace=event.marketplace,
        account_id=event.account_id,
        listing_id=event.listing.listing_id,
        batch_id=event.batch_id,
        batch_kind=event.batch_kind,
        sequence=event.sequence,
        outcome=seeding.outcome,
        reasons=tuple(reason[:2_000] for reason in seeding.reasons),
        open_issues=seeding.open_issues,
        state=seeding.state,
        evidence=event.evidence,
    )


def publish(
    work: Work,
    known: Known,
    items: Iterable[Item],
    correlation_id: UUID,
    *,
    causes: dict[UUID, Received] | None = None,
    correlations: dict[UUID, UUID] | None = None,
    ready: dict[ListingKey, SyncState] | None = None,
) -> None:
    """Emit the new state of each item, a tombstone for an archived one."""
    for item in items:
        cause = (causes or {}).get(item.item_id)
        if item.state is ItemState.ARCHIVED:
            work.emit_tombstone(
                InventoryItem.TOPIC, str(item.item_id), workspace_id=item.workspace_id, caused_by=cause
            )
            continue
        event = item_event(
            item,
            known.policies_of(item.workspace_id),
            epoch=work.epoch,
            now=work.mint.now,
            correlation_id=(correlations or {}).get(item.item_id, correlation_id),
            ready=ready,
        )
        work.emit(event, caused_by=cause)
