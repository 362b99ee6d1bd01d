"""What validation depends on: open issues, SyncState and its fingerprint."""

from collections.abc import Sequence
from decimal import Decimal
from hashlib import blake2b
from uuid import UUID

from msgspec.json import Encoder
from msgspec.structs import replace

from truestock.contracts.events import OpenIssue, PriceRule, SyncState, SyncVariant
from truestock.contracts.values import Money
from truestock.inventory.domain.availability import available
from truestock.inventory.domain.model import ChannelListing, Item, ListingKey, ListingState, Variant
from truestock.inventory.domain.policies import Policies
from truestock.inventory.domain.pricing import channel_price

_JSON = Encoder()

States = dict[ListingKey, SyncState]


def open_issues(item: Item, listing: ChannelListing) -> tuple[OpenIssue, ...]:
    """What an operator still has to look at on this listing's item."""
    return _issues(item, listing, _on(item, _listed(listing)))


def _issues(item: Item, listing: ChannelListing, variants: Sequence[Variant]) -> tuple[OpenIssue, ...]:
    unpriced = any(variant.price is None for variant in variants)
    found = (
        (OpenIssue.SPLIT_OPEN, item.split_id is not None),
        (OpenIssue.PRICE_MISSING, unpriced and not listing.currency_missing),
        (OpenIssue.CURRENCY_MISSING, unpriced and listing.currency_missing),
        (OpenIssue.QUANTITY_UNKNOWN, any(variant.on_hand is None for variant in variants)),
        (OpenIssue.STOCK_UNCONFIRMED, not all(variant.confirmed for variant in variants)),
        (OpenIssue.PROPOSAL_OPEN, listing.proposal_id is not None),
    )
    return tuple(issue for issue, present in found if present)


def sync_state(item: Item, listing: ChannelListing, policies: Policies) -> SyncState:
    """The item as it should appear in this listing, with the fingerprint of all that it depends on."""
    rule = policies.rule(listing.connection_id).rule
    buffer = policies.buffer(listing.marketplace)
    listed = _listed(listing)
    concerned = _on(item, listed)
    variants = tuple(
        SyncVariant(
            variant_id=variant.variant_id,
            sku=variant.sku,
            options=variant.options,
            available=available(variant.on_hand, buffer),
            on_hand=variant.on_hand,
            price=channel_price(variant.price, rule),
            confirmed=variant.confirmed,
            on_channel=variant.split_id is None or variant.variant_id in listed,
        )
        for variant in concerned
    )
    issues = _issues(item, listing, concerned)
    keys = tuple((listing.channel or {}).get("keys", ()))
    return SyncState(
        item_id=item.item_id,
        item_version=item.version,
        connection_id=listing.connection_id,
        marketplace=listing.marketplace,
        account_id=listing.account_id,
        listing_id=listing.listing_id,
        fingerprint=fingerprint(item, variants, rule, issues, keys),
        shared=item.fields,
        variants=variants,
        price_rule=rule,
        open_issues=issues,
        channel_keys=keys,
    )


def fingerprint(
    item: Item,
    variants: tuple[SyncVariant, ...],
    rule: PriceRule,
    issues: tuple[OpenIssue, ...],
    channel_keys: tuple[str, ...],
) -> str:
    """A hash of everything that a verdict depends on; the item's version is not part of it.

    Neither is the description, which no check reads, nor what identifies the listing.
    """
    shared = item.fields
    parts = (
        item.item_id.hex,
        shared.title,
        shared.brand,
        [(photo.url, photo.rank) for photo in shared.photos],
        [(option.name, option.values) for option in shared.options],
        rule.kind,
        _amount(rule.value),
        issues,
        channel_keys,
        [
            (
                variant.variant_id.hex,
                variant.sku,
                [(option.name, option.value) for option in variant.options],
                variant.available,
                _money(variant.price),
                variant.confirmed,
                variant.on_channel,
            )
            for variant in variants
        ],
    )
    return blake2b(_JSON.encode(parts), digest_size=16).hexdigest()


def refreshed(item: Item, policies: Policies) -> tuple[Item, States]:
    """Every linked listing's SyncState, and the item with its listings' fingerprints brought up to date.

    A new fingerprint has no verdict yet, so push_allowed is withdrawn with it.
    """
    states: States = {}
    listings = []
    for listing in item.listings:
        if listing.state is ListingState.LINKED:
            state = states[listing.key] = sync_state(item, listing, policies)
            if state.fingerprint != listing.fingerprint:
                listing = replace(listing, fingerprint=state.fingerprint, push_allowed=False)
        listings.append(listing)
    return replace(item, listings=tuple(listings)), states


def changed(item: Item, policies: Policies) -> tuple[Item, States]:
    """The next version of an item after any change: what every command and every seeding ends with."""
    return refreshed(replace(item, version=item.version + 1), policies)


def _listed(listing: ChannelListing) -> set[UUID]:
    return {variant.variant_id for variant in listing.variants}


def _on(item: Item, listed: set[UUID]) -> list[Variant]:
    """The variants that concern a listing: what it ever showed, and the parts of an accepted split."""
    return [v for v in item.variants if v.variant_id in listed or v.split_id is not None]


def _money(price: Money | None) -> str | None:
    return f"{_amount(price.amount)} {price.currency}" if price else None


def _amount(amount: Decimal | None) -> str | None:
    # 12.5 and 12.50 are one amount and must be one fingerprint.
    return None if amount is None else format(amount.normalize(), "f")
