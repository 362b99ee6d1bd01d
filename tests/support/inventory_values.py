"""Imports and working sets for inventory's tests, with plain values."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from truestock.contracts.events import BatchKind, ListingImported
from truestock.contracts.listing import (
    BuriedVariants,
    CanonicalListing,
    CanonicalVariant,
    ChannelFields,
    Evidence,
    EvidenceVariant,
    ListingState,
    Option,
    OptionValue,
    Photo,
)
from truestock.contracts.values import Marketplace, Money
from truestock.inventory.domain.known import Mint

NOW = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
WORKSPACE = UUID("11111111-1111-4111-8111-111111111111")
ETSY = UUID("22222222-2222-4222-8222-222222222222")
EBAY = UUID("33333333-3333-4333-8333-333333333333")
BATCH = UUID("44444444-4444-4444-8444-444444444444")

_external = count(1000)
_ids = count(1)


def mint() -> Mint:
    """New ids in order, and a standing clock."""
    return Mint(lambda: UUID(int=next(_ids)), NOW)


def euro(amount: str) -> Money:
    """A price."""
    return Money(amount=Decimal(amount), currency="EUR")


def shown(
    sku: str | None = None, quantity: int | None = 5, price: str | None = "10.00", **options: str
) -> CanonicalVariant:
    """One option of a listing, with a marketplace id that is new every time."""
    return CanonicalVariant(
        external_id=str(next(_external)),
        sku=sku,
        options=tuple(OptionValue(name=name, value=value) for name, value in options.items()),
        quantity=quantity,
        price=euro(price) if price else None,
    )


def listing(listing_id: str, *variants: CanonicalVariant, **fields: Any) -> CanonicalListing:
    """A listing; ``buried`` names values that its text mentions."""
    values: dict[str, Any] = {
        "title": f"Thing {listing_id}",
        "description": "Made by hand.",
        "photos": (Photo(url=f"https://img.example/{listing_id}.jpg", rank=0),),
        "channel": ChannelFields(state=ListingState.ACTIVE, category_id="1063"),
    } | fields
    buried: Sequence[str] = values.pop("buried", ())
    if buried:
        values["buried_variants"] = BuriedVariants(
            option_name="Size", values=tuple(buried), evidence="title: " + "/".join(buried)
        )
    chosen = variants or (shown(),)
    names: dict[str, dict[str, None]] = {}
    for variant in chosen:
        for option in variant.options:
            names.setdefault(option.name, {})[option.value] = None
    options = tuple(Option(name=name, values=tuple(used)) for name, used in names.items())
    return CanonicalListing(listing_id=listing_id, variants=chosen, options=options, **values)


def imported(
    found: CanonicalListing,
    *,
    connection_id: UUID = ETSY,
    workspace_id: UUID = WORKSPACE,
    sequence: int = 1,
    batch_id: UUID = BATCH,
    at: datetime = NOW,
    duplicate_skus: tuple[str, ...] = (),
) -> ListingImported:
    """The event that brings a listing."""
    return ListingImported(
        workspace_id=workspace_id,
        occurred_at=at,
        correlation_id=batch_id,
        connection_id=connection_id,
        marketplace=Marketplace.EBAY if connection_id == EBAY else Marketplace.ETSY,
        account_id="4711",
        batch_id=batch_id,
        batch_kind=BatchKind.SAMPLE,
        sequence=sequence,
        mapping_version="1",
        content_hash=str(uuid4()),
        currency="EUR",
        duplicate_skus=duplicate_skus,
        listing=found,
        evidence=Evidence(
            listing_id=found.listing_id,
            state=ListingState.ACTIVE,
            title=found.title,
            variants=tuple(
                EvidenceVariant(sku=v.sku, options=v.options, quantity=v.quantity, price=v.price)
                for v in found.variants
            ),
        ),
    )
