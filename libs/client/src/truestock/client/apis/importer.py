"""The importer: batches, the mapping report, approval and the gate."""

from collections.abc import AsyncIterator, Sequence
from typing import Literal

from truestock.client.http import Service
from truestock.client.models.importer import Batch, Gate, MappingReport, ReportListing, UndoPreview

BatchCommand = Literal["approve", "cancel", "pause", "resume"]
ListingCommand = Literal["exclude", "replace", "waive", "abandon"]


class Importer:
    """The importer's public API. ``revision`` is always the batch revision that the operator saw."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def start(
        self,
        connection_id: str,
        kind: str,
        *,
        size: int | None = None,
        seed: int | None = None,
        exclude: Sequence[str] = (),
    ) -> Batch:
        """Start a ``sample`` or a ``bulk``; refused while the gate is closed or a batch is unfinished."""
        optional = {"size": size, "seed": seed, "exclude": list(exclude) or None}
        body = {"connection_id": connection_id, "kind": kind}
        given = {name: value for name, value in optional.items() if value is not None}
        return await self._service.command(Batch, "/v1/batches", body | given)

    def batches(self, *, connection_id: str | None = None) -> AsyncIterator[Batch]:
        """Batches, newest first."""
        return self._service.pages(Batch, "/v1/batches", connection_id=connection_id)

    async def batch(self, batch_id: str) -> Batch:
        """One batch as it stands."""
        return await self._service.get(Batch, f"/v1/batches/{batch_id}")

    async def report(self, batch_id: str) -> MappingReport:
        """How the batch's listings map, what is open, and what approval waits for."""
        return await self._service.get(MappingReport, f"/v1/batches/{batch_id}/report")

    def listings(self, batch_id: str, *, open_only: bool = False) -> AsyncIterator[ReportListing]:
        """The batch's rows, all of them or those that are still open."""
        path = f"/v1/batches/{batch_id}/listings"
        return self._service.pages(ReportListing, path, open=True if open_only else None)

    async def decide(
        self, batch_id: str, command: BatchCommand, *, revision: int, reason: str | None = None
    ) -> Batch:
        """Approve, cancel, pause or resume a batch."""
        body = {"reason": reason} if reason else {}
        return await self._service.command(
            Batch, f"/v1/batches/{batch_id}/{command}", body, revision=revision
        )

    async def reject(self, batch_id: str, *, revision: int, reason: str, undo: bool = False) -> Batch:
        """Reject a sample; ``undo`` also takes back what it seeded."""
        body = {"reason": reason, "undo": undo}
        return await self._service.command(Batch, f"/v1/batches/{batch_id}/reject", body, revision=revision)

    async def decide_listing(
        self,
        batch_id: str,
        listing_id: str,
        command: ListingCommand,
        *,
        revision: int,
        reason: str,
        code: str | None = None,
    ) -> Batch:
        """Exclude, replace or abandon a listing, or waive one of its blockers (``code``, admins only)."""
        body = {"reason": reason} | ({"code": code} if code else {})
        path = f"/v1/batches/{batch_id}/listings/{listing_id}/{command}"
        return await self._service.command(Batch, path, body, revision=revision)

    async def exclude(
        self, batch_id: str, listing_ids: Sequence[str], *, revision: int, reason: str
    ) -> Batch:
        """Exclude several listings at once."""
        body = {"listing_ids": list(listing_ids), "reason": reason}
        return await self._service.command(Batch, f"/v1/batches/{batch_id}/exclude", body, revision=revision)

    async def undo_preview(self, batch_id: str) -> UndoPreview:
        """What undoing the batch would archive and unlink; changes nothing."""
        return await self._service.get(UndoPreview, f"/v1/batches/{batch_id}/undo")

    async def undo(self, batch_id: str, *, revision: int, reason: str) -> Batch:
        """Undo the batch: untouched items are archived, the others only unlinked."""
        path = f"/v1/batches/{batch_id}/undo"
        return await self._service.command(Batch, path, {"reason": reason}, revision=revision)

    async def gate(self, connection_id: str) -> Gate:
        """Whether a bulk import is allowed, and because of what."""
        return await self._service.get(Gate, f"/v1/connections/{connection_id}/gate")
