"""ListingImported → item, variants and what belongs to them by ORM, two events. It takes verdicts, too."""

import hashlib
from datetime import UTC, datetime
from uuid import uuid4, uuid5

from bench.naive.inventory_events import REASONS, item_event, seeded_event, shared_fields, sync_state
from bench.naive.inventory_tables import ChannelListing, Claim, Item, Movement, Seeding, Variant
from bench.naive.loop import Consumer, run
from bench.naive.outbox import event_row
from bench.naive.tables import Sent
from bench.naive.verdicts import apply_verdict
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from truestock.contracts.envelope import Envelope
from truestock.contracts.events import ListingImported, SyncState, SyncValidated
from truestock.contracts.listing import CanonicalListing, ChannelFields


async def seed(session: AsyncSession, event: ListingImported, cause: Envelope) -> list[Sent]:
    """Create or change the item, and say so."""
    now = datetime.now(UTC)
    item_id = uuid5(event.connection_id, event.listing.listing_id)
    item = await session.get(Item, item_id)
    if item is None:
        item = Item(item_id=item_id, workspace_id=event.workspace_id, version=0, state="active", variants=[])
        session.add(item)
    item.version += 1
    item.fields = shared_fields(event.listing).model_dump(mode="json")
    item.match_key = _match_key(event.listing)
    _write_variants(session, event, item, now)
    await _claim(session, event, item.match_key)
    keys = _channel_keys(event.listing.channel)
    state = sync_state(event, item, keys)
    await _write_listing(session, event, item, state)
    created = item.version == 1
    session.add(
        Seeding(
            seeding_id=uuid4(),
            workspace_id=event.workspace_id,
            connection_id=event.connection_id,
            listing_id=event.listing.listing_id,
            batch_id=event.batch_id,
            item_id=item_id,
            outcome="created" if created else "refined",
            reasons="\n".join(REASONS) if created else "",
            effects={"created": True} if created else {},
            at=now,
        )
    )
    events = (seeded_event(event, cause, now, item, state), item_event(event, cause, now, item, state))
    return [event_row(one, cause) for one in events]


def _write_variants(session: AsyncSession, event: ListingImported, item: Item, now: datetime) -> None:
    known = {variant.position: variant for variant in item.variants}
    for position, shown in enumerate(event.listing.variants):
        variant = known.get(position)
        if variant is None:
            variant = Variant(
                variant_id=uuid5(item.item_id, str(position)),
                workspace_id=event.workspace_id,
                position=position,
                confirmed=False,
            )
            item.variants.append(variant)
            session.add(
                Movement(
                    movement_id=uuid4(),
                    workspace_id=event.workspace_id,
                    item=item,
                    variant_id=variant.variant_id,
                    kind="opening",
                    quantity=shown.quantity,
                    reason=f"as imported from {event.marketplace} listing {event.listing.listing_id}",
                    by=f"import {event.batch_id}",
                    at=now,
                )
            )
        variant.sku, variant.gtin, variant.on_hand = shown.sku, shown.gtin, shown.quantity
        variant.options = [(option.name, option.value) for option in shown.options]
        variant.price_amount = shown.price.amount if shown.price else None
        variant.price_currency = shown.price.currency if shown.price else None


async def _claim(session: AsyncSession, event: ListingImported, match_key: str) -> None:
    keys = {f"sku:{variant.sku}" for variant in event.listing.variants if variant.sku}
    keys.add(f"title:{match_key}")
    found = select(Claim.key).where(Claim.workspace_id == event.workspace_id, Claim.key.in_(keys))
    for key in keys - set(await session.scalars(found)):
        session.add(Claim(workspace_id=event.workspace_id, key=key))


async def _write_listing(session: AsyncSession, event: ListingImported, item: Item, state: SyncState) -> None:
    listing = event.listing
    row = await session.get(ChannelListing, (event.connection_id, listing.listing_id))
    if row is None:
        row = ChannelListing(
            connection_id=event.connection_id,
            listing_id=listing.listing_id,
            workspace_id=event.workspace_id,
            marketplace=event.marketplace.value,
            state="linked",
            item=item,
            fingerprint="",
            revision=0,
        )
        session.add(row)
    row.account_id, row.sequence = event.account_id, event.sequence
    row.batch_id, row.batch_kind = event.batch_id, event.batch_kind.value
    row.variants = [
        (shown.external_id, str(ours.variant_id), shown.enabled)
        for shown, ours in zip(listing.variants, item.variants, strict=False)
    ]
    channel = listing.channel.model_dump(mode="json", exclude_defaults=True)
    row.channel = {**channel, "url": listing.url, "keys": list(state.channel_keys)}
    if row.fingerprint != state.fingerprint:
        row.fingerprint, row.push_allowed = state.fingerprint, False
    row.revision += 1


def _match_key(listing: CanonicalListing) -> str:
    choices = sorted([option.value.casefold() for option in variant.options] for variant in listing.variants)
    words = " ".join(listing.title.casefold().split())
    return hashlib.blake2b(repr((words, choices)).encode(), digest_size=16).hexdigest()


def _channel_keys(channel: ChannelFields) -> tuple[str, ...]:
    keys = [name for name in ("category_id", "condition", "listing_format") if getattr(channel, name)]
    keys += [f"policies.{name}" for name in sorted(channel.policies)]
    keys += [f"specifics.{name}" for name in sorted(channel.specifics)]
    return (*keys, "state")


if __name__ == "__main__":
    run(
        Consumer("inventory.seed-from-listing", ListingImported, seed),
        Consumer("inventory.apply-verdicts", SyncValidated, apply_verdict),
    )
