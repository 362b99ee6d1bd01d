"""The listings of a batch, and the commands on them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from truestock.chassis.auth import Admin, IfMatch, Viewer
from truestock.importer.api import present
from truestock.importer.api.access import Cursor, Limit, OnBatch, Wired, actor_of, answer
from truestock.importer.api.requests import ExcludeBody, ReasonBody, WaiveBody
from truestock.importer.api.responses import BatchBody, ListingsBody

router = APIRouter(prefix="/batches/{batch_id}", tags=["listings"])


@router.get("/listings")
async def list_listings(
    batch_id: UUID,
    viewer: Viewer,
    wired: Wired,
    limit: Limit = 100,
    cursor: Cursor = None,
    only_open: Annotated[bool, Query(alias="open")] = False,
) -> ListingsBody:
    """The batch's listings by id, all or only those that still wait for an answer."""
    rows = await wired.look.listings(viewer.workspace_id, batch_id, cursor or "", limit, only_open=only_open)
    more = rows[-1].listing_id if len(rows) == limit else None
    return ListingsBody(items=[present.listing(row) for row in rows], next_cursor=more)


@router.post("/exclude")
async def exclude_several(body: ExcludeBody, command: OnBatch) -> BatchBody:
    """Leave several listings out of the judgement."""
    await command.wired.decide_listing.exclude(*command.given, body.listing_ids, body.reason)
    return await command.answer()


@router.post("/listings/{listing_id}/exclude")
async def exclude(listing_id: str, body: ReasonBody, command: OnBatch) -> BatchBody:
    """Leave a listing out of the judgement."""
    await command.wired.decide_listing.exclude(*command.given, [listing_id], body.reason)
    return await command.answer()


@router.post("/listings/{listing_id}/replace")
async def replace(listing_id: str, body: ReasonBody, command: OnBatch) -> BatchBody:
    """Leave a listing out and read another one in its place."""
    await command.wired.decide_listing.replace(*command.given, listing_id, body.reason)
    return await command.answer()


@router.post("/listings/{listing_id}/waive")
async def waive(
    batch_id: UUID,
    listing_id: str,
    body: WaiveBody,
    admin: Admin,
    seen: IfMatch,
    wired: Wired,
    response: Response,
) -> BatchBody:
    """Accept one blocker of one listing (admins)."""
    await wired.decide_listing.waive(actor_of(admin), batch_id, seen, listing_id, body.code, body.reason)
    return await answer(wired, admin, batch_id, response)


@router.post("/listings/{listing_id}/abandon")
async def abandon(listing_id: str, body: ReasonBody, command: OnBatch) -> BatchBody:
    """Stop waiting for a listing's answer, so that the batch can end."""
    await command.wired.decide_listing.abandon(*command.given, listing_id, body.reason)
    return await command.answer()
