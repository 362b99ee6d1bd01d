"""What waits for a person, totals, and undo."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel

from truestock.contracts.events import SeedOutcome
from truestock.inventory.api.responses.examples import CONNECTION, ITEM, OTHER, VARIANT, example
from truestock.inventory.domain.records import Decision


class CandidateBody(BaseModel):
    """An item that a held listing could be linked to."""

    item_id: UUID
    title: str

    model_config = example(item_id=ITEM, title="Blue mug")


class HeldBody(BaseModel):
    """A listing that waits for link, create or reject."""

    held_id: UUID
    connection_id: UUID
    batch_id: UUID
    listing_id: str
    title: str
    code: str
    reasons: list[str]
    candidates: list[CandidateBody]
    state: Decision
    revision: int

    model_config = example(
        held_id=OTHER,
        connection_id=CONNECTION,
        batch_id=OTHER,
        listing_id="1234567890",
        title="Blue mug",
        code="duplicate_sku",
        reasons=["SKU MUG-BLUE is used more than once on this connection and identifies nothing."],
        candidates=[{"item_id": ITEM, "title": "Blue mug"}],
        state="open",
        revision=1,
    )


class HeldResultBody(BaseModel):
    """What became of one decision: ``decided``, or ``refused`` with its problem."""

    held_id: UUID
    state: str
    outcome: SeedOutcome | None
    item_id: UUID | None
    problem: dict[str, Any] | None

    model_config = example(held_id=OTHER, state="decided", outcome="created", item_id=ITEM, problem=None)


class HeldResultsBody(BaseModel):
    """One result per decision, in their order."""

    results: list[HeldResultBody]


class SplitBody(BaseModel):
    """Variants buried in text: its evidence, and the stock that an accepted split divides."""

    split_id: UUID
    item_id: UUID
    variant_id: UUID
    connection_id: UUID
    listing_id: str
    batch_id: UUID
    title: str
    option_name: str
    values: list[str]
    evidence: str
    on_hand: int | None
    state: Decision
    decision: str | None
    revision: int

    model_config = example(
        split_id=OTHER,
        item_id=ITEM,
        variant_id=VARIANT,
        connection_id=CONNECTION,
        listing_id="1234567890",
        batch_id=OTHER,
        title="Shirt (S/M/L)",
        option_name="Size",
        values=["S", "M", "L"],
        evidence="title: (S/M/L)",
        on_hand=6,
        state="open",
        decision=None,
        revision=1,
    )


class DifferenceBody(BaseModel):
    """One field on which a later import and inventory disagree; not acceptable: information only."""

    inventory: str | None
    marketplace: str | None
    acceptable: bool
    variant_id: UUID | None

    model_config = example(
        inventory="Blue mug", marketplace="Blue mug, large", acceptable=True, variant_id=None
    )


class ProposalBody(BaseModel):
    """The differences of a later import, by field key."""

    proposal_id: UUID
    item_id: UUID
    connection_id: UUID
    listing_id: str
    batch_id: UUID
    title: str
    fields: dict[str, DifferenceBody]
    state: Decision
    decision: str | None
    revision: int

    model_config = example(
        proposal_id=OTHER,
        item_id=ITEM,
        connection_id=CONNECTION,
        listing_id="1234567890",
        batch_id=OTHER,
        title="Blue mug",
        fields={
            "title": {
                "inventory": "Blue mug",
                "marketplace": "Blue mug, large",
                "acceptable": True,
                "variant_id": None,
            }
        },
        state="open",
        decision=None,
        revision=1,
    )


class SummaryBody(BaseModel):
    """Totals of active items. ``stock`` leaves out ``unknown_stock`` variants."""

    items: int
    variants: int
    stock: int
    unknown_stock: int
    held: int
    open_splits: int
    open_proposals: int
    outcomes: dict[str, int]

    model_config = example(
        items=20,
        variants=22,
        stock=22,
        unknown_stock=0,
        held=0,
        open_splits=1,
        open_proposals=0,
        outcomes={"created": 20},
    )


class SnapshotBody(BaseModel):
    """A page of the current states, as the data of ``InventoryItem`` events."""

    epoch: int
    items: list[dict[str, Any]]
    next_cursor: str | None

    model_config = example(epoch=1, items=[], next_cursor=None)


class UndoBody(BaseModel):
    """What an undo does (or did): items archived, unlinked, restored; listings forgotten or put back."""

    performed: bool
    archive: list[UUID]
    unlink: list[UUID]
    restore: list[UUID]
    listings: list[str]

    model_config = example(performed=True, archive=[ITEM], unlink=[], restore=[], listings=["1234567890"])
