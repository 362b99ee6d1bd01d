"""For other services: the importer's undo."""

from uuid import UUID

from fastapi import APIRouter

from truestock.chassis.auth import Service
from truestock.inventory.api import requests, responses
from truestock.inventory.api.services import Wired

router = APIRouter(prefix="/internal/v1", tags=["internal"])


@router.get("/batches/{batch_id}/undo")
async def preview_undo(
    batch_id: UUID, connection_id: UUID, service: Service, wired: Wired
) -> responses.UndoBody:
    """What an undo of the batch would do now."""
    found = await wired.undo.preview(service.workspace_id, connection_id, batch_id)
    return responses.UndoBody.model_validate(found)


@router.post("/batches/{batch_id}/undo")
async def perform_undo(
    batch_id: UUID,
    connection_id: UUID,
    service: Service,
    wired: Wired,
    body: requests.UndoRequest | None = None,
) -> responses.UndoBody:
    """Undo the batch; repeating it changes nothing more."""
    asked = body or requests.UndoRequest()
    found = await wired.undo.perform(service.workspace_id, connection_id, batch_id, asked.by, asked.reason)
    return responses.UndoBody.model_validate(found)
