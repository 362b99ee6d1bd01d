"""Items, their ledger, counts and attestations."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from truestock.chassis.auth import IfMatch, Operator, Viewer
from truestock.contracts.problem import Refusal, RefusalKind, not_found
from truestock.inventory.api import present, requests, responses
from truestock.inventory.api.services import Cursor, Limit, Wired, after
from truestock.inventory.domain.editing import Edit
from truestock.inventory.domain.ledger import OPERATOR_KINDS
from truestock.inventory.domain.model import Item, ItemState

router = APIRouter(prefix="/v1", tags=["items"])


def answer(item: Item, response: Response) -> responses.ItemBody:
    """An item with its ETag."""
    response.headers["ETag"] = f'"{item.version}"'
    return present.item(item)


@router.get("/items")
async def list_items(
    viewer: Viewer,
    wired: Wired,
    limit: Limit = 100,
    cursor: Cursor = None,
    q: str | None = Query(None, max_length=200, description="Part of the title."),
    sku: str | None = Query(None, max_length=255, description="A variant's SKU, exactly."),
    connection_id: UUID | None = None,
    state: ItemState = ItemState.ACTIVE,
) -> responses.PageBody[responses.ItemBody]:
    """Items by id."""
    found = await wired.reading.items(
        viewer.workspace_id,
        after=after(cursor),
        limit=limit,
        state=state.value,
        q=q,
        sku=sku,
        connection_id=connection_id,
    )
    last = str(found[-1].item_id) if found else None
    return responses.PageBody(**present.page([present.item(item) for item in found], limit, last))


@router.get("/items/{item_id}")
async def read_item(item_id: UUID, viewer: Viewer, wired: Wired, response: Response) -> responses.ItemBody:
    """One item in full; archived ones too."""
    item = await wired.reading.item(viewer.workspace_id, item_id)
    if item is None:
        raise not_found("item", item_id)
    return answer(item, response)


@router.patch("/items/{item_id}")
async def edit_item(
    item_id: UUID,
    body: requests.ItemEdit,
    operator: Operator,
    seen: IfMatch,
    wired: Wired,
    response: Response,
) -> responses.ItemBody:
    """Change shared fields, prices or SKUs; the item is validated again by itself."""
    fields: dict[str, Any] = {}
    for name in body.model_fields_set & {"title", "description", "brand", "photos"}:
        value = getattr(body, name)
        if value is None and name != "brand":
            continue
        fields[name] = tuple(value) if name == "photos" else value
    variants = {
        each.variant_id: {name: getattr(each, name) for name in each.model_fields_set & {"price", "sku"}}
        for each in body.variants
    }
    if not fields and not any(variants.values()):
        raise Refusal(
            "nothing_to_change",
            "The edit names no field to change.",
            remedy="Give a title, description, brand, photos, or variants with price or sku.",
            kind=RefusalKind.INVALID,
        )
    item = await wired.edit(operator, item_id, seen, Edit(fields, variants), body.reason)
    return answer(item, response)


@router.get("/items/{item_id}/movements")
async def list_movements(
    item_id: UUID, viewer: Viewer, wired: Wired, limit: Limit = 100, cursor: Cursor = None
) -> responses.PageBody[responses.MovementBody]:
    """The item's ledger, oldest first."""
    if await wired.reading.item(viewer.workspace_id, item_id) is None:
        raise not_found("item", item_id)
    found = await wired.reading.movements(viewer.workspace_id, item_id, after(cursor), limit)
    last = str(found[-1].movement_id) if found else None
    return responses.PageBody(**present.page([present.movement(row) for row in found], limit, last))


@router.post("/items/{item_id}/movements", status_code=201)
async def record_movement(
    item_id: UUID,
    body: requests.NewMovement,
    operator: Operator,
    seen: IfMatch,
    wired: Wired,
    response: Response,
) -> responses.ItemBody:
    """Record a sale, a receipt or an adjustment; answers with the item as it is then."""
    if body.kind not in OPERATOR_KINDS:
        raise Refusal(
            "kind_not_allowed",
            f"A movement of kind {body.kind.value} follows from something else and is not recorded by hand.",
            remedy="Record a sale, receipt or adjustment; count stock with /v1/counts.",
            kind=RefusalKind.INVALID,
        )
    item, _ = await wired.move(
        operator, item_id, seen, body.variant_id, body.kind, body.quantity, body.reason
    )
    return answer(item, response)


@router.post("/counts", status_code=201, tags=["stock"])
async def count_stock(body: requests.NewCount, operator: Operator, wired: Wired) -> responses.CountBody:
    """Record what was counted; unknown stock becomes known by an accepted count."""
    lines = {line.variant_id: line.counted for line in body.lines}
    return present.count(await wired.count.record(operator, lines, body.reason, body.accept))


@router.post("/counts/{count_id}/accept", tags=["stock"])
async def accept_count(count_id: UUID, operator: Operator, wired: Wired) -> responses.CountBody:
    """Turn a count's differences into movements; accepting it again changes nothing."""
    return present.count(await wired.count.accept(operator, count_id, None))


@router.post("/attestations", status_code=201, tags=["stock"])
async def attest_stock(
    body: requests.NewAttestation, operator: Operator, wired: Wired
) -> responses.AttestationBody:
    """Vouch for stock as it was imported, by name."""
    done = await wired.attest(operator, body.item_ids, body.batch_id, body.statement)
    return responses.AttestationBody(
        attestation_id=done.attestation_id,
        items=len(done.items),
        variants=done.variants,
        unknown=list(done.unknown),
        statement=body.statement,
        attested_by=operator.name or operator.subject,
    )
