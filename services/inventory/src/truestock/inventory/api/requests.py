"""What the API takes."""

from decimal import Decimal
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from truestock.contracts.events import PriceRuleKind
from truestock.contracts.listing import Photo
from truestock.contracts.values import Amount, ExternalId, Marketplace, Money
from truestock.inventory.domain.holding import HeldAction
from truestock.inventory.domain.model import MovementKind

Reason = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000), Field(examples=["recount"])
]
Quantity = Annotated[int, Field(ge=-1_000_000_000, le=1_000_000_000)]
Pieces = Annotated[int, Field(ge=0, le=1_000_000_000)]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]


class Body(BaseModel):
    """A request body; a field that it does not have is an error, so that a typing mistake is noticed."""

    model_config = ConfigDict(extra="forbid")


class VariantEdit(Body):
    """New price intent or SKU of one variant; what is left out stays, null takes it away."""

    variant_id: UUID
    price: Money | None = None
    sku: ExternalId | None = None


class ItemEdit(Body):
    """New values of shared fields; what is left out stays."""

    title: Title | None = None
    description: Annotated[str, StringConstraints(max_length=200_000)] | None = None
    brand: Annotated[str, StringConstraints(max_length=2_000)] | None = None
    photos: list[Photo] | None = None
    variants: list[VariantEdit] = Field(default_factory=list, max_length=2_048)
    reason: Reason


class NewMovement(Body):
    """A signed number of pieces: a sale is negative, a receipt positive."""

    variant_id: UUID
    kind: MovementKind = Field(examples=["sale"])
    quantity: Quantity = Field(examples=[-1])
    reason: Reason


class CountLineIn(Body):
    """What was counted of one variant."""

    variant_id: UUID
    counted: Pieces = Field(examples=[5])


class NewCount(Body):
    """A count; ``accept`` turns its differences into movements at once."""

    lines: list[CountLineIn] = Field(min_length=1, max_length=5_000)
    reason: Reason
    accept: bool = False

    @model_validator(mode="after")
    def _once(self) -> Self:
        if len({line.variant_id for line in self.lines}) < len(self.lines):
            raise ValueError("a variant is counted once")
        return self


class NewAttestation(Body):
    """ "As imported, I checked": of named items, or of all items of a batch."""

    item_ids: list[UUID] = Field(default_factory=list, max_length=10_000)
    batch_id: UUID | None = None
    statement: Reason

    @model_validator(mode="after")
    def _one_of(self) -> Self:
        if bool(self.item_ids) == (self.batch_id is not None):
            raise ValueError("give either item_ids or batch_id")
        return self


class HeldDecisionIn(Body):
    """A decision about one held listing, on the revision that was shown."""

    held_id: UUID
    revision: int = Field(examples=[1])
    action: HeldAction
    item_id: UUID | None = None


class HeldDecisions(Body):
    """Decisions in bulk; each is answered on its own."""

    decisions: list[HeldDecisionIn] = Field(min_length=1, max_length=1_000)
    reason: Reason


class PartIn(Body):
    """One variant that an accepted split makes; null quantity exactly when the stock is unknown."""

    value: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]
    sku: ExternalId | None = None
    quantity: Pieces | None = None


class SplitDecision(Body):
    """Accept with parts that add up to the stock, or keep one variant."""

    accept: bool
    variants: list[PartIn] = Field(default_factory=list, max_length=500)
    reason: Reason


class ProposalDecision(Body):
    """The field keys to take over; none keeps everything as inventory has it."""

    accept_fields: list[str] = Field(max_length=5_000, examples=[["title"]])
    reason: Reason


class PriceRuleIn(Body):
    """``markup``: a factor such as 1.10; ``fixed``: an amount to add, in the price's currency."""

    kind: PriceRuleKind = Field(examples=["markup"])
    value: Amount | None = Field(None, examples=["1.10"])
    tolerance: Amount = Field(Decimal(0), examples=["0.01"])

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.kind is PriceRuleKind.UNKNOWN:
            raise ValueError("kind is same, markup or fixed")
        if (self.kind is PriceRuleKind.SAME) != (self.value is None):
            raise ValueError("markup and fixed need a value, same has none")
        if self.kind is PriceRuleKind.MARKUP and self.value is not None and self.value <= 0:
            raise ValueError("a markup is a factor above 0")
        if self.tolerance < 0:
            raise ValueError("a tolerance is not negative")
        return self


class PoliciesIn(Body):
    """Buffers in pieces by marketplace, price rules by connection: the whole of both."""

    buffers: dict[Marketplace, Pieces] = Field(default_factory=dict, examples=[{"etsy": 1}])
    price_rules: dict[UUID, PriceRuleIn] = Field(default_factory=dict)
    reason: Reason | None = None

    @model_validator(mode="after")
    def _known(self) -> Self:
        if Marketplace.UNKNOWN in self.buffers:
            raise ValueError("buffers: a marketplace is ebay, etsy, shopify, woocommerce or amazon")
        return self


class PoliciesBody(BaseModel):
    """The workspace's policies with their revision."""

    buffers: dict[str, int] = Field(examples=[{"etsy": 1}])
    price_rules: dict[UUID, PriceRuleIn]
    revision: int = Field(examples=[2])


class UndoRequest(Body):
    """Who undoes the batch, and why."""

    by: Annotated[str, StringConstraints(max_length=500)] = Field("importer", examples=["Ada Operator"])
    reason: Reason = "the batch was undone"
