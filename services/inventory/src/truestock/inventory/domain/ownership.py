"""Field ownership as data (domain rules, inventory 2): who may change what after the first import."""

from collections.abc import Mapping
from enum import StrEnum

from truestock.contracts.listing import ChannelFields


class Owner(StrEnum):
    """``shared``: seeded, then inventory's; ``stock``: inventory's alone; ``channel``: the listing's."""

    SHARED = "shared"
    STOCK = "stock"
    CHANNEL = "channel"


OWNERS: Mapping[str, Owner] = {
    "title": Owner.SHARED,
    "description": Owner.SHARED,
    "brand": Owner.SHARED,
    "photos": Owner.SHARED,
    "options": Owner.SHARED,
    "variants.sku": Owner.SHARED,
    "variants.gtin": Owner.SHARED,
    "variants.options": Owner.SHARED,
    "variants.price": Owner.SHARED,
    "variants.quantity": Owner.STOCK,
    "variants.external_id": Owner.CHANNEL,
    "variants.enabled": Owner.CHANNEL,
    "category_id": Owner.CHANNEL,
    "condition": Owner.CHANNEL,
    "listing_format": Owner.CHANNEL,
    "policies": Owner.CHANNEL,
    "specifics": Owner.CHANNEL,
    "state": Owner.CHANNEL,
    "url": Owner.CHANNEL,
}


def owned_by(owner: Owner) -> tuple[str, ...]:
    """The names of all fields with this owner, in table order."""
    return tuple(name for name, who in OWNERS.items() if who is owner)


def import_may_fill(field: str) -> bool:
    """Whether a later import may fill the field while it is empty: shared fields only."""
    return OWNERS[field] is Owner.SHARED


def channel_keys(channel: ChannelFields) -> tuple[str, ...]:
    """The names of the channel's fields that this listing has, specifics one by one."""
    keys = [name for name in ("category_id", "condition", "listing_format") if getattr(channel, name)]
    keys += [f"policies.{name}" for name in sorted(channel.policies)]
    keys += [f"specifics.{name}" for name in sorted(channel.specifics)]
    return (*keys, "state")
