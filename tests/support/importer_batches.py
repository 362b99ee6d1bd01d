"""Batches and rows of the importer as plain values."""

from typing import Any
from uuid import UUID

from support.importer_values import T0

from truestock.contracts.events import BatchKind, Verdict
from truestock.contracts.values import Marketplace
from truestock.importer.domain.batch import Batch, BatchState, Phase
from truestock.importer.domain.rows import Row

NIL = UUID(int=0)


def batch(**changes: Any) -> Batch:
    values: dict[str, Any] = {
        "batch_id": UUID(int=1),
        "workspace_id": NIL,
        "connection_id": UUID(int=2),
        "marketplace": Marketplace.ETSY,
        "account_id": "shop-1",
        "kind": BatchKind.SAMPLE,
        "number": 1,
        "state": BatchState.AWAITING_REVIEW,
        "phase": Phase.CLOSED,
        "size": 8,
        "seed": 1,
        "exclude": (),
        "mapping_version": "etsy-1",
        "created_at": T0,
        "created_by": "Ada",
    }
    return Batch(**(values | changes))


def row(listing_id: str = "1", **changes: Any) -> Row:
    values: dict[str, Any] = {
        "listing_id": listing_id,
        "title": "Linen shirt",
        "outcome": "created",
        "verdict": Verdict.PASSED.value,
        "closed_by": "verdict",
    }
    return Row(**(values | changes))
