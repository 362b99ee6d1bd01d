"""Plain values that cross the ports."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from truestock.contracts.listing import MappingNote
from truestock.contracts.values import Marketplace


@dataclass(frozen=True, slots=True)
class WorkItem:
    """A claimed batch. ``fence`` grows with every claim; a stale worker's commit is refused by it."""

    batch_id: UUID
    workspace_id: UUID
    fence: int
    attempts: int


@dataclass(frozen=True, slots=True)
class Lease:
    """What the connector says about a connection. The token itself stays inside the clients."""

    marketplace: Marketplace
    account_id: str
    settings: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Payload:
    """A raw payload under its address, compressed."""

    hash: bytes
    compressed: bytes
    size: int


@dataclass(frozen=True, slots=True)
class SampledPayload:
    """A stored payload of a sample with the hash of what was mapped from it when it was approved."""

    listing_id: str
    payload: bytes
    mapped_hash: bytes


@dataclass(frozen=True, slots=True)
class NewRow:
    """A row to be written for a listing that was just read.

    ``sequence`` is that of the event, 0 for none. ``inherited_from`` is the batch whose
    answers to an unchanged listing the row takes over.
    """

    listing_id: str
    title: str
    maps: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[MappingNote, ...] = ()
    duplicate_skus: tuple[str, ...] = ()
    sequence: int = 0
    payload_hash: bytes | None = None
    mapped_hash: bytes | None = None
    inherited_from: UUID | None = None
    excluded_reason: str | None = None


@dataclass(frozen=True, slots=True)
class ClosedLetter:
    """A dead letter of the pipeline, as far as it could be understood."""

    connection_id: UUID
    listing_id: str
    batch_id: UUID | None
    reason: str


@dataclass(frozen=True, slots=True)
class UndoResult:
    """What an undo archives, what it only unlinks, and whatever else inventory says about it."""

    archive: tuple[str, ...]
    unlink: tuple[str, ...]
    details: Mapping[str, Any]
