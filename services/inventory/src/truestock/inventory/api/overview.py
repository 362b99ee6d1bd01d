"""Totals, policies, and the snapshot from which followers start."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from fastapi import APIRouter, Response

from truestock.chassis.auth import IfMatch, Operator, Viewer
from truestock.contracts.events import PriceRule
from truestock.inventory.api import present, requests, responses
from truestock.inventory.api.services import Cursor, Limit, Wired, after
from truestock.inventory.domain.policies import ChannelRule, Policies
from truestock.inventory.usecases.publishing import item_event

router = APIRouter(prefix="/v1", tags=["overview"])


@router.get("/summary")
async def summary(
    viewer: Viewer, wired: Wired, connection_id: UUID | None = None, batch_id: UUID | None = None
) -> responses.SummaryBody:
    """Totals of the workspace, a connection or a batch."""
    found = await wired.reading.summary(viewer.workspace_id, connection_id, batch_id)
    return responses.SummaryBody.model_validate(found)


@router.get("/policies")
async def read_policies(viewer: Viewer, wired: Wired, response: Response) -> requests.PoliciesBody:
    """Buffers and price rules; revision 0 before any were set."""
    found = await wired.reading.policies(viewer.workspace_id)
    response.headers["ETag"] = f'"{found.revision}"'
    return present.policies(found)


@router.put("/policies")
async def set_policies(
    body: requests.PoliciesIn, operator: Operator, seen: IfMatch, wired: Wired, response: Response
) -> requests.PoliciesBody:
    """Replace buffers and price rules; every item that this changes is published and validated again."""
    wanted = Policies(
        {marketplace.value: pieces for marketplace, pieces in body.buffers.items()},
        {
            connection_id: ChannelRule(PriceRule(kind=rule.kind, value=rule.value), rule.tolerance)
            for connection_id, rule in body.price_rules.items()
        },
    )
    done = await wired.set_policies(operator, seen, wanted, body.reason)
    response.headers["ETag"] = f'"{done.revision}"'
    return present.policies(done)


@router.get("/snapshot")
async def snapshot(
    viewer: Viewer, wired: Wired, limit: Limit = 200, cursor: Cursor = None
) -> responses.SnapshotBody:
    """Current states; then follow inventory.item.v1 and keep the greater (epoch, version) per item."""
    epoch, items, policies = await wired.reading.snapshot(viewer.workspace_id, after(cursor), limit)
    correlation_id = uuid4()
    now = datetime.now(UTC)
    events = [
        item_event(item, policies, epoch=epoch, now=now, correlation_id=correlation_id) for item in items
    ]
    return responses.SnapshotBody(
        epoch=epoch,
        items=[event.model_dump(mode="json") for event in events],
        next_cursor=str(items[-1].item_id) if len(items) == limit else None,
    )
