"""Items, stock, counts."""

from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel, Field

from truestock.contracts.listing import Option, OptionValue, Photo
from truestock.contracts.values import Money
from truestock.inventory.api.responses.examples import CONNECTION, ITEM, OTHER, VARIANT, example
from truestock.inventory.domain.model import ItemState, ListingState, MovementKind

T = TypeVar("T")


class PageBody(BaseModel, Generic[T]):
    """A part of a list; ``next_cursor`` is null at its end."""

    items: list[T]
    next_cursor: str | None = Field(None, examples=[ITEM])


class VariantBody(BaseModel):
    """A variant; ``on_hand`` in pieces, null is unknown and not zero."""

    variant_id: UUID
    sku: str | None
    gtin: str | None
    options: list[OptionValue]
    on_hand: int | None
    confirmed: bool
    price: Money | None
    enabled: bool

    model_config = example(
        variant_id=VARIANT,
        sku="MUG-BLUE",
        gtin=None,
        options=[{"name": "Colour", "value": "Blue"}],
        on_hand=4,
        confirmed=True,
        price={"amount": "18.00", "currency": "EUR"},
        enabled=True,
    )


class ChannelListingBody(BaseModel):
    """A channel listing: push_allowed follows the newest verdict on its current fingerprint."""

    connection_id: UUID
    listing_id: str
    marketplace: str
    account_id: str
    state: ListingState
    fingerprint: str
    push_allowed: bool
    batch_id: UUID
    url: str | None
    channel: dict[str, Any]

    model_config = example(
        connection_id=CONNECTION,
        listing_id="1234567890",
        marketplace="etsy",
        account_id="4711",
        state="linked",
        fingerprint="9f2c4e6a8b0d1f3e5c7a9b1d3f5e7c90",
        push_allowed=True,
        batch_id=OTHER,
        url="https://www.etsy.com/listing/1234567890",
        channel={"state": "active", "category_id": "1063"},
    )


class ItemBody(BaseModel):
    """An item in full. ``revision`` is its version and its ETag."""

    item_id: UUID
    revision: int
    state: ItemState
    title: str
    description: str
    brand: str | None
    photos: list[Photo]
    options: list[Option]
    variants: list[VariantBody]
    channel_listings: list[ChannelListingBody]
    open_split: UUID | None

    model_config = example(
        item_id=ITEM,
        revision=3,
        state="active",
        title="Blue mug",
        description="Hand-thrown.",
        brand=None,
        photos=[{"url": "https://img.example/1.jpg", "rank": 0}],
        options=[{"name": "Colour", "values": ["Blue"]}],
        variants=[],
        channel_listings=[],
        open_split=None,
    )


class MovementBody(BaseModel):
    """A line of the ledger; ``quantity`` null is an opening that is not known."""

    movement_id: UUID
    variant_id: UUID
    kind: MovementKind
    quantity: int | None
    reason: str
    who: str
    at: datetime

    model_config = example(
        movement_id=OTHER,
        variant_id=VARIANT,
        kind="sale",
        quantity=-1,
        reason="sold at the fair",
        who="Ada Operator",
        at="2026-01-31T12:00:00Z",
    )


class CountLineBody(BaseModel):
    """One counted variant; ``difference`` is null where nothing was known."""

    variant_id: UUID
    counted: int
    on_hand: int | None
    difference: int | None

    model_config = example(variant_id=VARIANT, counted=5, on_hand=4, difference=1)


class CountBody(BaseModel):
    """A count; once accepted, its differences are movements."""

    count_id: UUID
    state: str
    lines: list[CountLineBody]
    reason: str
    counted_by: str
    counted_at: datetime
    accepted_by: str | None
    revision: int

    model_config = example(
        count_id=OTHER,
        state="accepted",
        lines=[{"variant_id": VARIANT, "counted": 5, "on_hand": 4, "difference": 1}],
        reason="shelf 3",
        counted_by="Ada Operator",
        counted_at="2026-01-31T12:00:00Z",
        accepted_by="Ada Operator",
        revision=1,
    )


class AttestationBody(BaseModel):
    """Who vouched for what; the stock of ``unknown`` variants stays unknown (attested as not tracked)."""

    attestation_id: UUID
    items: int
    variants: int
    unknown: list[UUID]
    statement: str
    attested_by: str

    model_config = example(
        attestation_id=OTHER,
        items=8,
        variants=11,
        unknown=[],
        statement="As imported, I checked.",
        attested_by="Ada Operator",
    )
