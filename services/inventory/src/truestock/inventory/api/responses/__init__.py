"""What the API answers."""

from truestock.inventory.api.responses.decisions import (
    CandidateBody,
    DifferenceBody,
    HeldBody,
    HeldResultBody,
    HeldResultsBody,
    ProposalBody,
    SnapshotBody,
    SplitBody,
    SummaryBody,
    UndoBody,
)
from truestock.inventory.api.responses.items import (
    AttestationBody,
    ChannelListingBody,
    CountBody,
    CountLineBody,
    ItemBody,
    MovementBody,
    PageBody,
    VariantBody,
)

__all__ = [
    "AttestationBody",
    "CandidateBody",
    "ChannelListingBody",
    "CountBody",
    "CountLineBody",
    "DifferenceBody",
    "HeldBody",
    "HeldResultBody",
    "HeldResultsBody",
    "ItemBody",
    "MovementBody",
    "PageBody",
    "ProposalBody",
    "SnapshotBody",
    "SplitBody",
    "SummaryBody",
    "UndoBody",
    "VariantBody",
]
