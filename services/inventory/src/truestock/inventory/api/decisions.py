"""What waits for a person: held listings, splits, proposals."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from truestock.chassis.auth import IfMatch, Operator, Viewer
from truestock.contracts.problem import not_found
from truestock.inventory.api import present, requests, responses
from truestock.inventory.api.services import Cursor, Limit, Wired, after
from truestock.inventory.domain.records import Decision
from truestock.inventory.domain.splitting import Part
from truestock.inventory.usecases.decide_held import HeldDecision

router = APIRouter(prefix="/v1", tags=["decisions"])
State = Annotated[Decision, Query(description="Where the decision stands.")]


@router.get("/held")
async def list_held(
    viewer: Viewer,
    wired: Wired,
    limit: Limit = 100,
    cursor: Cursor = None,
    connection_id: UUID | None = None,
    batch_id: UUID | None = None,
    state: State = Decision.OPEN,
) -> responses.PageBody[responses.HeldBody]:
    """Listings that wait for link, create or reject."""
    found = await wired.reading.waiting(
        "held",
        viewer.workspace_id,
        after=after(cursor),
        limit=limit,
        state=state.value,
        connection_id=connection_id,
        batch_id=batch_id,
    )
    last = str(found[-1].held_id) if found else None
    return responses.PageBody(**present.page([present.held(row) for row in found], limit, last))


@router.post("/held/decide")
async def decide_held(
    body: requests.HeldDecisions, operator: Operator, wired: Wired
) -> responses.HeldResultsBody:
    """Decide held listings, each on the revision that was shown; one refusal does not stop the others."""
    decisions = [HeldDecision(d.held_id, d.revision, d.action, d.item_id) for d in body.decisions]
    results = await wired.decide_held(operator, decisions, body.reason)
    return responses.HeldResultsBody(results=[present.held_result(result) for result in results])


@router.get("/splits")
async def list_splits(
    viewer: Viewer,
    wired: Wired,
    limit: Limit = 100,
    cursor: Cursor = None,
    connection_id: UUID | None = None,
    batch_id: UUID | None = None,
    state: State = Decision.OPEN,
) -> responses.PageBody[responses.SplitBody]:
    """Variants buried in text."""
    found = await wired.reading.waiting(
        "splits",
        viewer.workspace_id,
        after=after(cursor),
        limit=limit,
        state=state.value,
        connection_id=connection_id,
        batch_id=batch_id,
    )
    last = str(found[-1].split_id) if found else None
    return responses.PageBody(**present.page([present.split(row) for row in found], limit, last))


@router.post("/splits/{split_id}/decide")
async def decide_split(
    split_id: UUID,
    body: requests.SplitDecision,
    operator: Operator,
    seen: IfMatch,
    wired: Wired,
    response: Response,
) -> responses.SplitBody:
    """Divide the variant and its stock, or keep it as one."""
    parts = [Part(part.value, part.quantity, part.sku) for part in body.variants]
    await wired.decide_split(operator, split_id, seen, body.accept, parts, body.reason)
    found = await wired.reading.waiting("splits", operator.workspace_id, state=None, identifier=split_id)
    if not found:
        raise not_found("split", split_id)
    response.headers["ETag"] = f'"{found[0].revision}"'
    return present.split(found[0])


@router.get("/proposals")
async def list_proposals(
    viewer: Viewer,
    wired: Wired,
    limit: Limit = 100,
    cursor: Cursor = None,
    connection_id: UUID | None = None,
    batch_id: UUID | None = None,
    state: State = Decision.OPEN,
) -> responses.PageBody[responses.ProposalBody]:
    """Differences between later imports and what inventory owns."""
    found = await wired.reading.waiting(
        "proposals",
        viewer.workspace_id,
        after=after(cursor),
        limit=limit,
        state=state.value,
        connection_id=connection_id,
        batch_id=batch_id,
    )
    last = str(found[-1].proposal_id) if found else None
    return responses.PageBody(**present.page([present.proposal(row) for row in found], limit, last))


@router.post("/proposals/{proposal_id}/decide")
async def decide_proposal(
    proposal_id: UUID,
    body: requests.ProposalDecision,
    operator: Operator,
    seen: IfMatch,
    wired: Wired,
    response: Response,
) -> responses.ProposalBody:
    """Take over the named fields; the others stay as inventory has them."""
    await wired.decide_proposal(operator, proposal_id, seen, body.accept_fields, body.reason)
    found = await wired.reading.waiting(
        "proposals", operator.workspace_id, state=None, identifier=proposal_id
    )
    if not found:
        raise not_found("proposal", proposal_id)
    response.headers["ETag"] = f'"{found[0].revision}"'
    return present.proposal(found[0])
