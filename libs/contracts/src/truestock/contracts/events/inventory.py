"""Events of inventory: the answer to each import, and the full state of each item."""

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from truestock.contracts.envelope import sequence_of
from truestock.contracts.events.base import Event
from truestock.contracts.events.importing import BatchKind
from truestock.contracts.listing import Evidence, Option, OptionValue, Photo, ShortText, Text
from truestock.contracts.values import Amount, ExternalId, Marketplace, Model, Money, OpenEnum, SharedId


class SeedOutcome(OpenEnum):
    """What inventory did with an imported listing."""

    CREATED = "created"
    LINKED = "linked"
    REFINED = "refined"
    UNCHANGED = "unchanged"
    PROPOSED = "proposed"
    HELD = "held"
    REJECTED = "rejected"
    UNKNOWN = "unknown"


class OpenIssue(OpenEnum):
    """What inventory still sees open on a listing's item; the importer's approval reads it."""

    SPLIT_OPEN = "split_open"
    PRICE_MISSING = "price_missing"
    CURRENCY_MISSING = "currency_missing"
    QUANTITY_UNKNOWN = "quantity_unknown"
    STOCK_UNCONFIRMED = "stock_unconfirmed"
    HELD = "held"
    SKU_DUPLICATE = "sku_duplicate"
    PROPOSAL_OPEN = "proposal_open"
    UNKNOWN = "unknown"


class PriceRuleKind(OpenEnum):
    """How a channel's price follows from the price intent: same, a factor on it, or a fixed amount."""

    SAME = "same"
    MARKUP = "markup"
    FIXED = "fixed"
    UNKNOWN = "unknown"


class PriceRule(Model):
    """A channel's price rule. ``value``: the factor (1.10 = ten percent more) or the fixed amount."""

    kind: PriceRuleKind = PriceRuleKind.SAME
    value: Amount | None = None


class SharedFields(Model):
    """The fields that inventory owns once they are seeded."""

    title: ShortText
    description: Text = ""
    brand: ShortText | None = None
    photos: tuple[Photo, ...] = ()
    options: tuple[Option, ...] = ()


class SyncVariant(Model):
    """A variant as it should appear on one channel.

    ``available`` = max(0, on-hand − reserved − buffer) in pieces, None while stock is unknown.
    ``price`` is the channel price after the price rule. ``confirmed``: counted or attested.
    ``on_channel``: False for a variant made by an accepted split that the channel cannot show yet.
    ``on_hand`` is the stock before the buffer, so that a difference which the buffer made is told
    apart from one that was there from the start.
    """

    variant_id: UUID
    sku: ExternalId | None = None
    options: tuple[OptionValue, ...] = ()
    available: Annotated[int, Field(ge=0)] | None = None
    price: Money | None = None
    on_hand: Annotated[int, Field(ge=0)] | None = None
    confirmed: bool = False
    on_channel: bool = True


class SyncState(Model):
    """Everything that validating one channel listing depends on, and its ``fingerprint``."""

    item_id: UUID
    item_version: Annotated[int, Field(ge=1)]
    connection_id: SharedId
    marketplace: Marketplace
    account_id: ExternalId
    listing_id: ExternalId
    fingerprint: ShortText
    shared: SharedFields
    variants: tuple[SyncVariant, ...]
    price_rule: PriceRule = PriceRule()
    open_issues: tuple[OpenIssue, ...] = ()
    channel_keys: tuple[ShortText, ...] = ()
    """Names of the fields that are held on the channel listing alone (check fields.separation)."""


class InventorySeeded(Event):
    """Inventory's one answer to one ``ListingImported``, or a held one's later decision.

    ``state`` is None when nothing was seeded (held, rejected). ``evidence`` is the import's, unchanged.
    """

    TOPIC: ClassVar[str] = "inventory.inventory-seeded.v1"
    PRODUCER: ClassVar[str] = "inventory"

    connection_id: SharedId
    marketplace: Marketplace
    account_id: ExternalId
    listing_id: ExternalId
    batch_id: SharedId
    batch_kind: BatchKind
    sequence: int
    outcome: SeedOutcome
    reasons: tuple[ShortText, ...] = ()
    open_issues: tuple[OpenIssue, ...] = ()
    state: SyncState | None = None
    evidence: Evidence

    def key(self) -> str:
        """Answers about one listing keep their order."""
        return f"{self.connection_id}:{self.listing_id}"


class ItemVariant(Model):
    """A variant of an item: its stock (None = unknown), whether ever confirmed, its price intent."""

    variant_id: UUID
    sku: ExternalId | None = None
    gtin: ExternalId | None = None
    options: tuple[OptionValue, ...] = ()
    on_hand: Annotated[int, Field(ge=0)] | None = None
    confirmed: bool = False
    price: Money | None = None


class InventoryItem(Event):
    """The full state of an item; the newest record per key is the truth, a tombstone means archived.

    ``epoch`` grows when inventory was restored from a backup: a follower then starts over from the
    snapshot API. Order states by (epoch, version).
    """

    TOPIC: ClassVar[str] = "inventory.item.v1"
    PRODUCER: ClassVar[str] = "inventory"

    item_id: UUID
    epoch: int
    version: Annotated[int, Field(ge=1)]
    shared: SharedFields
    variants: tuple[ItemVariant, ...]
    channels: tuple[SyncState, ...] = ()

    def key(self) -> str:
        """One item, one key: the topic is compacted."""
        return str(self.item_id)

    def ce_sequence(self) -> str:
        """The version, so that a reader can tell a new item without reading the data."""
        return sequence_of(self.version)
