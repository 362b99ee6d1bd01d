"""Items, stock, and what waits for a decision in inventory."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import Field

from truestock.client.models.common import Answer, OptionChoice, Price


class Variant(Answer):
    """One sellable option. ``on_hand`` in pieces; None means unknown, which is not zero."""

    variant_id: str
    sku: str | None = None
    gtin: str | None = None
    options: tuple[OptionChoice, ...] = ()
    on_hand: int | None = None
    confirmed: bool = False
    price: Price | None = None
    enabled: bool = True


class ChannelListing(Answer):
    """The link between an item and one listing on a marketplace."""

    connection_id: str
    listing_id: str
    marketplace: str = ""
    state: str = ""
    push_allowed: bool = False
    fingerprint: str | None = None


class Item(Answer):
    """The durable internal record."""

    item_id: str
    title: str
    description: str = ""
    brand: str | None = None
    state: str = "active"
    variants: tuple[Variant, ...] = ()
    channel_listings: tuple[ChannelListing, ...] = ()
    revision: int


class Movement(Answer):
    """One entry of the stock ledger; ``quantity`` is the signed change in pieces."""

    movement_id: str | None = None
    variant_id: str
    kind: str
    quantity: int | None = None
    reason: str | None = None
    who: str | None = None
    at: datetime | None = None


class CountLine(Answer):
    """One variant of a stock count."""

    variant_id: str
    counted: int
    on_hand: int | None = None
    difference: int | None = None


class Count(Answer):
    """A stock count; differences become movements once it is accepted."""

    count_id: str
    state: str = ""
    lines: tuple[CountLine, ...] = ()
    revision: int | None = None


class Attestation(Answer):
    """Somebody vouched for stock as it was imported; ``unknown`` variants stay unknown."""

    attestation_id: str | None = None
    items: int = 0
    variants: int = 0
    unknown: tuple[str, ...] = ()
    statement: str = ""


class Candidate(Answer):
    """An item that a held listing could be linked to."""

    item_id: str
    title: str = ""


class Held(Answer):
    """A listing that inventory did not seed on its own: link it or create an item of its own."""

    held_id: str
    connection_id: str = ""
    batch_id: str | None = None
    listing_id: str
    title: str = ""
    code: str = ""
    reasons: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    state: str = "open"
    revision: int


class HeldResult(Answer):
    """What became of one decision about a held listing."""

    held_id: str
    state: str = ""
    outcome: str | None = None
    item_id: str | None = None
    problem: dict[str, Any] | None = None


class HeldResults(Answer):
    """The answers to a set of decisions, each on its own."""

    results: tuple[HeldResult, ...] = ()


class Split(Answer):
    """Variants that a listing mentions in its text only: make variants of them, or keep one."""

    split_id: str
    item_id: str
    listing_id: str | None = None
    title: str = ""
    option_name: str = ""
    values: tuple[str, ...] = ()
    evidence: str = ""
    on_hand: int | None = None
    state: str = "open"
    revision: int


class Difference(Answer):
    """One field on both sides as text (None = unknown); one that is not ``acceptable`` only informs."""

    inventory: str | None = None
    marketplace: str | None = None
    acceptable: bool = False
    variant_id: str | None = None


class Proposal(Answer):
    """A later import differs from fields that inventory owns: the differences by field key."""

    proposal_id: str
    item_id: str
    listing_id: str | None = None
    title: str = ""
    fields: dict[str, Difference] = Field(default_factory=dict)
    state: str = "open"
    decision: str | None = None
    revision: int

    @property
    def acceptable(self) -> list[str]:
        """The keys that can be taken over."""
        return [key for key, difference in self.fields.items() if difference.acceptable]


class Summary(Answer):
    """Totals as inventory counts them. ``stock`` is in pieces and leaves unknown stock out."""

    items: int = 0
    variants: int = 0
    stock: int = 0
    unknown_stock: int = 0
    held: int = 0
    open_splits: int = 0
    open_proposals: int = 0
    outcomes: dict[str, int] = Field(default_factory=dict)


class ChannelPriceRule(Answer):
    """``kind`` same, markup (``value`` is a factor) or fixed (an amount to add); how far off is tolerated."""

    kind: str
    value: Decimal | None = None
    tolerance: Decimal = Decimal(0)


class InventoryPolicies(Answer):
    """Buffers in pieces by marketplace, price rules by connection."""

    buffers: dict[str, int] = Field(default_factory=dict)
    price_rules: dict[str, ChannelPriceRule] = Field(default_factory=dict)
    revision: int
