"""What waits for a person: held listings, splits, proposals."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from truestock.chassis.auth import IfMatch, Operator, Viewer
from truestock.contracts.problem import not_found
from truestock.inventory.api import present, requests, responses
from truestock.inventory.api.services import Cursor, Limit, Services, Wired, after
from truestock.inventory.domain.records import Decision
from truestock.inventory.domain.splitting import Part
from truestock.inventory.usecases.decide_held import HeldDecision

router = APIRouter(prefix="/v1", tags=["decisions"])
State = Annotated[Decision, Query(description="Where the decision stands.")]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Which part of a list is asked for."""

    limit: Limit = 100
    cursor: Cursor = None
    connection_id: UUID | None = None
    batch_id: UUID | None = None
    state: State = Decision.OPEN

    async def rows(self, wired: Services, kind: str, workspace_id: UUID) -> Sequence[Any]:
        """The rows of this page. Raises Refusal when the cursor is not one of the list."""
        return await wired.reading.waiting(
            kind,
            workspace_id,
            after=after(self.cursor),
            limit=self.limit,
            state=self.state.value,
            connection_id=self.connection_id,
            batch_id=self.batch_id,
        )


Filter = Annotated[Waiting, Depends()]


@router.get("/held")
async def list_held(viewer: Viewer, wired: Wired, chosen: Filter) -> responses.PageBody[responses.HeldBody]:
    """Listings that wait for link, create or reject."""
    found = await chosen.rows(wired, "held", viewer.workspace_id)
    last = str(found[-1].held_id) if found else None
    return responses.PageBody(**present.page([present.held(row) for row in found], chosen.limit, last))


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
    viewer: Viewer, wired: Wired, chosen: Filter
) -> responses.PageBody[responses.SplitBody]:
    """Variants buried in text."""
    found = await chosen.rows(wired, "splits", viewer.workspace_id)
    last = str(found[-1].split_id) if found else None
    return responses.PageBody(**present.page([present.split(row) for row in found], chosen.limit, last))


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
    return present.split(await _decided(wired, "splits", operator.workspace_id, split_id, response))


@router.get("/proposals")
async def list_proposals(
    viewer: Viewer, wired: Wired, chosen: Filter
) -> responses.PageBody[responses.ProposalBody]:
    """Differences between later imports and what inventory owns."""
    found = await chosen.rows(wired, "proposals", viewer.workspace_id)
    last = str(found[-1].proposal_id) if found else None
    return responses.PageBody(**present.page([present.proposal(row) for row in found], chosen.limit, last))


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
    return present.proposal(await _decided(wired, "proposals", operator.workspace_id, proposal_id, response))


async def _decided(
    wired: Services, kind: str, workspace_id: UUID, identifier: UUID, response: Response
) -> Any:
    """A split or proposal as it stands after its decision, with its ETag."""
    found = await wired.reading.waiting(kind, workspace_id, state=None, identifier=identifier)
    if not found:
        raise not_found(kind.removesuffix("s"), identifier)
    response.headers["ETag"] = f'"{found[0].revision}"'
    return found[0]
