"""Routes of the validator."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Path, Query, Response

from truestock.chassis.auth import IfMatch, Operator, Principal, Viewer
from truestock.contracts.problem import not_found
from truestock.contracts.values import ExternalId
from truestock.validator.api import cursor as cursors
from truestock.validator.api.models import (
    BatchReport,
    FindingList,
    FindingOut,
    PoliciesIn,
    PoliciesOut,
    RevalidatedOut,
    RevalidateIn,
    VerdictDetail,
    VerdictList,
    VerdictOut,
)
from truestock.validator.domain.model import Policies
from truestock.validator.store import Reports
from truestock.validator.usecases.policies import BeginPolicies, ChangePolicies, KeptPolicies
from truestock.validator.usecases.revalidate_batch import RevalidateBatch

Limit = Annotated[int, Query(ge=1, le=500, description="Most rows of a page.")]
Cursor = Annotated[str | None, Query(max_length=2_000, description="`next_cursor` of the page before.")]
ListingId = Annotated[ExternalId, Path(description="The marketplace's id of the listing.")]

FINDING_PLACE = (int, UUID, str, int)
VERDICT_PLACE = (UUID, str)


def build_router(
    reports: Reports,
    revalidate_batch: RevalidateBatch,
    change_policies: ChangePolicies,
    begin: BeginPolicies,
) -> APIRouter:
    """All routes, for people."""
    router = APIRouter(prefix="/v1", tags=["validation"])

    async def worst_findings(viewer: Principal, limit: int, cursor: str | None, **chosen: Any) -> FindingList:
        rows = await reports.findings(
            viewer.workspace_id, **chosen, after=cursors.read(cursor, FINDING_PLACE), most=limit + 1
        )
        page, following = _page(rows, limit, ("rank", "connection_id", "listing_id", "ordinal"))
        return FindingList(items=[FindingOut(**row) for row in page], next_cursor=following)

    @router.get("/verdicts")
    async def verdicts(
        viewer: Viewer,
        connection_id: UUID | None = None,
        batch_id: UUID | None = None,
        verdict: Annotated[str | None, Query(max_length=40)] = None,
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> VerdictList:
        """Verdicts by listing: those of a batch, or the newest of each listing that is linked to an item."""
        rows = await reports.verdicts(
            viewer.workspace_id,
            connection_id=connection_id,
            batch_id=batch_id,
            verdict=verdict,
            after=cursors.read(cursor, VERDICT_PLACE),
            most=limit + 1,
        )
        page, following = _page(rows, limit, ("connection_id", "listing_id"))
        return VerdictList(items=[VerdictOut(**row) for row in page], next_cursor=following)

    @router.get("/listings/{connection_id}/{listing_id:path}/verdict")
    async def listing_verdict(viewer: Viewer, connection_id: UUID, listing_id: ListingId) -> VerdictDetail:
        """The newest verdict on a listing, with its findings."""
        row = await reports.verdict(viewer.workspace_id, connection_id, listing_id)
        if row is None:
            raise not_found("verdict on listing", listing_id)
        findings = await reports.findings(
            viewer.workspace_id,
            batch_id=row["batch_id"],
            connection_id=connection_id,
            listing_id=listing_id,
            most=10_000,
        )
        return VerdictDetail(**row, findings=[FindingOut(**one) for one in findings])

    @router.get("/batches/{batch_id}/report")
    async def batch_report(
        viewer: Viewer, batch_id: UUID, limit: Limit = 100, cursor: Cursor = None
    ) -> BatchReport:
        """Counts by check and class, and the findings, worst first."""
        by_verdict, counts = await reports.counts(viewer.workspace_id, batch_id)
        if not by_verdict:
            raise not_found("validated batch", batch_id)
        worst = await worst_findings(viewer, limit, cursor, batch_id=batch_id)
        return BatchReport(
            batch_id=batch_id,
            verdicts=by_verdict,
            by_check=_by_check(counts),
            findings=worst.items,
            next_cursor=worst.next_cursor,
        )

    @router.get("/findings")
    async def findings(
        viewer: Viewer,
        connection_id: UUID | None = None,
        batch_id: UUID | None = None,
        severity: Annotated[str | None, Query(max_length=40)] = None,
        check: Annotated[str | None, Query(max_length=40)] = None,
        finding_class: Annotated[str | None, Query(alias="class", max_length=40)] = None,
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> FindingList:
        """Findings, worst first: those of a batch, or of the newest verdict on each listing."""
        return await worst_findings(
            viewer,
            limit,
            cursor,
            batch_id=batch_id,
            connection_id=connection_id,
            severity=severity,
            check=check,
            finding_class=finding_class,
        )

    @router.post("/batches/{batch_id}/revalidate")
    async def revalidate(operator: Operator, batch_id: UUID, body: RevalidateIn) -> RevalidatedOut:
        """Read listings of a batch live again, for instance after `unverifiable`."""
        done = await revalidate_batch(
            operator, operator.workspace_id, batch_id, body.listing_ids, body.reason, uuid4()
        )
        return RevalidatedOut(listings=done.listings, verdicts=dict(done.verdicts), more=done.more)

    @router.get("/policies")
    async def policies(viewer: Viewer, response: Response) -> PoliciesOut:
        """The workspace's tolerances."""
        async with begin([viewer.workspace_id]) as work:
            return _policies(await work.kept_policies(viewer.workspace_id), response)

    @router.put("/policies")
    async def put_policies(
        operator: Operator, revision: IfMatch, body: PoliciesIn, response: Response
    ) -> PoliciesOut:
        """Change the tolerances; the next verdicts use them."""
        kept = await change_policies(
            operator,
            operator.workspace_id,
            Policies(price_tolerance=body.price_tolerance),
            revision=revision,
            reason=body.reason,
        )
        return _policies(kept, response)

    return router


def _policies(kept: KeptPolicies, response: Response) -> PoliciesOut:
    response.headers["ETag"] = f'"{kept.revision}"'
    return PoliciesOut(price_tolerance=kept.policies.price_tolerance, revision=kept.revision)


def _page(
    rows: Sequence[Mapping[str, Any]], limit: int, place: Sequence[str]
) -> tuple[Sequence[Mapping[str, Any]], str | None]:
    if len(rows) <= limit:
        return rows, None
    page = rows[:limit]
    return page, cursors.write([page[-1][name] for name in place])


def _by_check(counts: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, dict[str, int]]]:
    nested: dict[str, dict[str, dict[str, int]]] = {}
    for row in counts:
        by_class = nested.setdefault(row["check_name"], {})
        by_class.setdefault(row["finding_class"], {})[row["severity"]] = row["n"]
    return nested
