"""The events that come in, as plain pydantic models: only what pydantic checks by itself."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from pydantic import BaseModel, Field


class OptionValue(BaseModel):
    """A chosen option."""

    name: str
    value: str


class Money(BaseModel):
    """An amount in a currency."""

    amount: Decimal
    currency: str = Field(min_length=3, max_length=3)


class Photo(BaseModel):
    """A photo and its place."""

    url: str
    rank: int = Field(ge=0)


class Option(BaseModel):
    """An option with its values."""

    name: str
    values: list[str]


class Variant(BaseModel):
    """A sellable option."""

    external_id: str
    sku: str | None = None
    gtin: str | None = None
    options: list[OptionValue] = []
    quantity: int | None = Field(None, ge=0)
    price: Money | None = None
    enabled: bool = True


class Channel(BaseModel):
    """What belongs to the listing alone."""

    state: str
    category_id: str | None = None
    listing_format: str | None = None
    policies: dict[str, str] = {}
    specifics: dict[str, list[str]] = {}


class Listing(BaseModel):
    """A mapped listing."""

    listing_id: str
    url: str | None = None
    title: str = Field(max_length=2_000)
    description: str = ""
    brand: str | None = None
    photos: list[Photo] = []
    options: list[Option] = []
    variants: list[Variant] = Field(min_length=1)
    channel: Channel


class SeenVariant(BaseModel):
    """A variant as the marketplace showed it."""

    sku: str | None = None
    options: list[OptionValue] = []
    quantity: int | None = None
    price: Money | None = None


class Evidence(BaseModel):
    """A listing as the marketplace showed it."""

    listing_id: str
    state: str
    title: str
    photos: list[str] = []
    variants: list[SeenVariant] = []


class Imported(BaseModel):
    """ListingImported."""

    workspace_id: UUID
    occurred_at: datetime
    correlation_id: UUID
    connection_id: UUID
    marketplace: str
    account_id: str
    batch_id: UUID
    batch_kind: str
    sequence: int = Field(ge=1)
    listing: Listing
    evidence: Evidence


class StateVariant(BaseModel):
    """A variant as it should be shown."""

    variant_id: UUID
    sku: str | None = None
    options: list[OptionValue] = []
    available: int | None = None
    on_hand: int | None = None
    confirmed: bool = False
    on_channel: bool = True
    price: Money | None = None


class Shared(BaseModel):
    """The item's own fields."""

    title: str
    description: str = ""
    brand: str | None = None
    photos: list[Photo] = []
    options: list[Option] = []


class State(BaseModel):
    """The item as it should appear in one listing."""

    item_id: UUID
    item_version: int
    connection_id: UUID
    marketplace: str
    account_id: str
    listing_id: str
    fingerprint: str
    shared: Shared
    variants: list[StateVariant]
    price_rule: dict[str, str | None] = {}
    open_issues: list[str] = []
    channel_keys: list[str] = []


class Seeded(BaseModel):
    """InventorySeeded."""

    workspace_id: UUID
    occurred_at: datetime
    correlation_id: UUID
    connection_id: UUID
    marketplace: str
    account_id: str
    listing_id: str
    batch_id: UUID
    batch_kind: str
    sequence: int
    state: State
    evidence: Evidence


class Validated(BaseModel):
    """SyncValidated, as far as inventory needs it."""

    workspace_id: UUID
    connection_id: UUID
    listing_id: str
    version: int
    fingerprint: str
    verdict: str
