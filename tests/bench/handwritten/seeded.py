"""What inventory says of a listing: its state, and the two events about it."""

import hashlib
import os
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

import orjson
from bench.handwritten.models import Channel, Imported
from bench.handwritten.pipeline import Incoming, Outgoing, outgoing

TOPICS = os.environ.get("BENCH_TOPICS", "")
REASONS = ["new: nothing in inventory is the same thing."]
OPEN_ISSUES = ["stock_unconfirmed"]


def shared_of(event: Imported) -> dict[str, Any]:
    listing = event.listing
    return {
        "title": listing.title,
        "description": listing.description,
        "brand": listing.brand,
        "photos": [{"url": photo.url, "rank": photo.rank} for photo in listing.photos],
        "options": [{"name": option.name, "values": option.values} for option in listing.options],
    }


def state_of(event: Imported, key: UUID, version: int) -> dict[str, Any]:
    shared = shared_of(event)
    variants = [
        {
            "variant_id": uuid5(key, str(n)),
            "sku": variant.sku,
            "options": [{"name": o.name, "value": o.value} for o in variant.options],
            "available": variant.quantity,
            "on_hand": variant.quantity,
            "confirmed": False,
            "on_channel": variant.enabled,
            "price": {"amount": variant.price.amount, "currency": variant.price.currency}
            if variant.price
            else None,
        }
        for n, variant in enumerate(event.listing.variants)
    ]
    return {
        "item_id": key,
        "item_version": version,
        "connection_id": event.connection_id,
        "marketplace": event.marketplace,
        "account_id": event.account_id,
        "listing_id": event.listing.listing_id,
        "fingerprint": hashlib.blake2b(dumps([shared, variants]), digest_size=16).hexdigest(),
        "shared": shared,
        "variants": variants,
        "price_rule": {"kind": "same", "value": None},
        "open_issues": OPEN_ISSUES,
        "channel_keys": channel_keys(event.listing.channel),
    }


def channel_keys(channel: Channel) -> list[str]:
    """The names of the fields that belong to the listing alone."""
    named = {
        "category_id": channel.category_id,
        "listing_format": channel.listing_format,
        "state": channel.state,
    }
    return sorted(
        [name for name, value in named.items() if value is not None]
        + [f"policies.{name}" for name in channel.policies]
        + [f"specifics.{name}" for name in channel.specifics]
    )


def events_of(one: Incoming[Imported], key: UUID, state: dict[str, Any], version: int) -> list[Outgoing]:
    event = one.event
    head = {
        "workspace_id": event.workspace_id,
        "occurred_at": datetime.now(UTC),
        "correlation_id": event.correlation_id,
        "causation_id": one.headers["ce_id"].decode(),
    }
    seeded = {
        **head,
        "connection_id": event.connection_id,
        "marketplace": event.marketplace,
        "account_id": event.account_id,
        "listing_id": event.listing.listing_id,
        "batch_id": event.batch_id,
        "batch_kind": event.batch_kind,
        "sequence": event.sequence,
        "outcome": "created",
        "reasons": REASONS,
        "open_issues": OPEN_ISSUES,
        "state": state,
        "evidence": event.evidence.model_dump(),
    }
    variants = [
        {
            "variant_id": shown["variant_id"],
            "sku": shown["sku"],
            "gtin": variant.gtin,
            "options": shown["options"],
            "on_hand": shown["on_hand"],
            "confirmed": False,
            "price": shown["price"],
        }
        for shown, variant in zip(state["variants"], event.listing.variants, strict=True)
    ]
    item = {
        **head,
        "item_id": key,
        "epoch": 1,
        "version": version,
        "shared": state["shared"],
        "variants": variants,
        "channels": [state],
    }
    listing = f"{event.connection_id}:{event.listing.listing_id}"
    return [
        outgoing(
            f"{TOPICS}inventory.inventory-seeded.v1",
            "truestock.inventory.InventorySeeded.v1",
            listing,
            dumps(seeded),
            one,
        ),
        outgoing(
            f"{TOPICS}inventory.item.v1",
            "truestock.inventory.InventoryItem.v1",
            str(key),
            dumps(item),
            one,
            sequence=version,
        ),
    ]


def dumps(value: Any) -> bytes:
    return orjson.dumps(value, default=_text)


def _text(value: Any) -> str:
    if isinstance(value, Decimal | UUID):  # asyncpg's own UUID class is unknown to orjson
        return str(value)
    raise TypeError(type(value).__name__)
