"""The importer's public API."""

from uuid import UUID

from fastapi import APIRouter, Response, status

from truestock.chassis.auth import Operator, Viewer
from truestock.contracts.events import BatchKind
from truestock.importer.api import listing_routes, present
from truestock.importer.api.access import Cursor, Limit, OnBatch, Wired, actor_of, answer, instant
from truestock.importer.api.requests import CommandBody, ReasonBody, RejectBody, StartBatchBody
from truestock.importer.api.responses import BatchBody, BatchesBody, GateBody, ReportBody, UndoBody

router = APIRouter(prefix="/v1", tags=["batches"])


@router.post("/batches", status_code=status.HTTP_201_CREATED)
async def start_batch(
    body: StartBatchBody, operator: Operator, wired: Wired, response: Response
) -> BatchBody:
    """Start a sample, or a bulk once a sample is approved."""
    batch_id = await wired.start(
        actor_of(operator),
        body.connection_id,
        BatchKind(body.kind),
        size=body.size,
        seed=body.seed,
        exclude=body.exclude,
    )
    response.headers["Location"] = f"/v1/batches/{batch_id}"
    return await answer(wired, operator, batch_id, response)


@router.get("/batches")
async def list_batches(
    viewer: Viewer,
    wired: Wired,
    connection_id: UUID | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> BatchesBody:
    """Batches, newest first."""
    views = await wired.look.batches(viewer.workspace_id, connection_id, instant(cursor), limit)
    more = views[-1].batch.created_at.isoformat() if len(views) == limit else None
    return BatchesBody(items=[present.batch(view, wired.now()) for view in views], next_cursor=more)


@router.get("/batches/{batch_id}")
async def get_batch(batch_id: UUID, viewer: Viewer, wired: Wired, response: Response) -> BatchBody:
    """One batch as it stands."""
    return await answer(wired, viewer, batch_id, response)


@router.get("/batches/{batch_id}/report")
async def get_report(batch_id: UUID, viewer: Viewer, wired: Wired, response: Response) -> ReportBody:
    """How the batch's listings map, what is open, and what approval waits for."""
    found = await wired.look.report(viewer.workspace_id, batch_id)
    response.headers["ETag"] = f'"{found.view.batch.revision}"'
    return present.report(found, wired.now())


@router.post("/batches/{batch_id}/approve")
async def approve(body: CommandBody, command: OnBatch) -> BatchBody:
    """Approve a sample: opens the gate to bulk imports."""
    await command.wired.decide_batch.approve(*command.given, body.reason)
    return await command.answer()


@router.post("/batches/{batch_id}/reject")
async def reject(body: RejectBody, command: OnBatch) -> BatchBody:
    """Reject a sample; with ``undo`` its items are taken back as well."""
    await command.wired.decide_batch.reject(*command.given, body.reason)
    if body.undo:
        rejected = await command.wired.look.batch(command.operator.workspace_id, command.batch_id)
        reason = body.reason or "the sample was rejected"
        await command.wired.undo(command.actor, command.batch_id, rejected.batch.revision, reason)
    return await command.answer()


@router.post("/batches/{batch_id}/cancel")
async def cancel(body: CommandBody, command: OnBatch) -> BatchBody:
    """Read no further; ends when everything that was sent on is answered."""
    await command.wired.decide_batch.cancel(*command.given, body.reason)
    return await command.answer()


@router.post("/batches/{batch_id}/pause")
async def pause(body: CommandBody, command: OnBatch) -> BatchBody:
    """Stop reading after the page under way."""
    await command.wired.decide_batch.pause(*command.given, body.reason)
    return await command.answer()


@router.post("/batches/{batch_id}/resume")
async def resume(body: CommandBody, command: OnBatch) -> BatchBody:
    """Go on where it was paused."""
    await command.wired.decide_batch.resume(*command.given, body.reason)
    return await command.answer()


@router.get("/batches/{batch_id}/undo")
async def preview_undo(batch_id: UUID, viewer: Viewer, wired: Wired) -> UndoBody:
    """What undoing the batch would do; changes nothing."""
    batch, found = await wired.undo.preview(viewer.workspace_id, batch_id)
    return UndoBody(
        archive=list(found.archive),
        unlink=list(found.unlink),
        details=dict(found.details),
        revision=batch.revision,
    )


@router.post("/batches/{batch_id}/undo")
async def undo(body: ReasonBody, command: OnBatch) -> BatchBody:
    """Archive the items that nobody touched since, unlink the others, and forget what was read."""
    await command.wired.undo(*command.given, body.reason)
    return await command.answer()


@router.get("/connections/{connection_id}/gate", tags=["gate"])
async def get_gate(connection_id: UUID, viewer: Viewer, wired: Wired) -> GateBody:
    """Whether a bulk import of the connection is allowed, and because of what."""
    return present.gate(await wired.look.gate(viewer.workspace_id, connection_id))


router.include_router(listing_routes.router)
