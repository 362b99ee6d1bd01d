"""Inventory's part of an undo."""

from typing import Any
from uuid import UUID

from truestock.chassis.http import ServiceClient
from truestock.importer.usecases.values import UndoResult


class InventoryClient:
    """See the port ``Undoing``."""

    def __init__(self, service: ServiceClient) -> None:
        self._service = service

    async def preview(self, workspace_id: UUID, connection_id: UUID, batch_id: UUID) -> UndoResult:
        """What would happen."""
        body = await self._service.get(
            f"/internal/v1/batches/{batch_id}/undo",
            workspace_id=workspace_id,
            params={"connection_id": str(connection_id)},
        )
        return _result(body)

    async def perform(
        self, workspace_id: UUID, connection_id: UUID, batch_id: UUID, by: str, reason: str
    ) -> UndoResult:
        """Do it; repeating it changes nothing more."""
        body = await self._service.request(
            "POST",
            f"/internal/v1/batches/{batch_id}/undo",
            workspace_id=workspace_id,
            params={"connection_id": str(connection_id)},
            json={"by": by, "reason": reason},
        )
        return _result(body)


def _result(body: Any) -> UndoResult:
    known = {"archive", "unlink"}
    return UndoResult(
        archive=tuple(map(str, body.get("archive", ()))),
        unlink=tuple(map(str, body.get("unlink", ()))),
        details={name: value for name, value in body.items() if name not in known},
    )
