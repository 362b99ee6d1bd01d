"""The API's edge: status codes, ETags, problems, roles, paging."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from support.importer_world import World

from truestock.chassis import problems
from truestock.chassis.auth.principal import Principal, Role
from truestock.chassis.auth.verifier import InvalidToken
from truestock.importer.api import Services, router


class NamedTokens:
    """A verifier whose tokens are role names."""

    def __init__(self, workspace_id: UUID) -> None:
        self._workspace_id = workspace_id

    async def person(self, token: str) -> Principal:
        if token not in {role.value for role in Role}:
            raise InvalidToken("The token is not one of ours.")
        return Principal("user-1", "Ada", frozenset({Role(token)}), self._workspace_id)


@pytest.fixture
async def api(world: World) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    problems.install(app)
    app.include_router(router)
    app.state.verifier = NamedTokens(world.workspace_id)
    app.state.importer = Services(
        start=world.start,
        decide_batch=world.decide,
        decide_listing=world.decide_listing,
        undo=world.undo,
        look=world.look,
        now=world.now,
    )
    transport = httpx.ASGITransport(app=app)
    headers = {"Authorization": "Bearer operator"}
    async with httpx.AsyncClient(transport=transport, base_url="http://importer", headers=headers) as client:
        yield client


async def started(api: httpx.AsyncClient, world: World, **body: object) -> dict[str, Any]:
    answer = await api.post(
        "/v1/batches", json={"connection_id": str(world.connection_id), "kind": "sample", "size": 2} | body
    )
    assert answer.status_code == 201, answer.text
    batch: dict[str, Any] = answer.json()
    return batch


async def test_a_batch_from_start_to_approval(api: httpx.AsyncClient, world: World) -> None:
    batch = await started(api, world)
    assert batch["state"] == "queued"
    assert batch["progress"]["total"] is None
    await world.worker.turn()
    await world.answer(await world.imported())
    path = f"/v1/batches/{batch['batch_id']}"
    report = (await api.get(f"{path}/report")).json()
    assert report["approval"] == {"ready": True, "waiting_for": []}
    assert len(report["listings"]) == 2
    assert set(report["listings"][0]["maps"]) == {
        "title",
        "specifics",
        "photos",
        "quantity",
        "price",
        "variants",
    }
    seen = await api.get(path)
    assert seen.headers["etag"] == f'"{seen.json()["revision"]}"'
    approved = await api.post(f"{path}/approve", json={}, headers={"If-Match": seen.headers["etag"]})
    assert approved.status_code == 200
    assert approved.json()["state"] == "approved"
    gate = await api.get(f"/v1/connections/{world.connection_id}/gate")
    assert gate.json()["bulk_allowed"] is True

    bulk = await started(api, world, kind="bulk")
    listed = (await api.get("/v1/batches", params={"connection_id": str(world.connection_id)})).json()
    assert [one["batch_id"] for one in listed["items"]] == [bulk["batch_id"], batch["batch_id"]]


async def test_lists_are_paged(api: httpx.AsyncClient, world: World) -> None:
    batch = await started(api, world, size=3)
    await world.worker.turn()
    path = f"/v1/batches/{batch['batch_id']}/listings"
    first = (await api.get(path, params={"limit": 2, "open": True})).json()
    rest = (await api.get(path, params={"limit": 2, "open": True, "cursor": first["next_cursor"]})).json()
    ids = [one["listing_id"] for one in first["items"] + rest["items"]]
    assert len(set(ids)) == 3
    assert rest["next_cursor"] is None
    bad = await api.get("/v1/batches", params={"cursor": "yesterday"})
    assert (bad.status_code, bad.json()["code"]) == (422, "invalid_cursor")


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({}, 428, "revision_required"),
        ({"If-Match": '"99"'}, 412, "stale_revision"),
        ({"If-Match": '"1"', "Authorization": "Bearer viewer"}, 403, "forbidden"),
        ({"If-Match": '"1"', "Authorization": "Bearer nobody"}, 401, "invalid_token"),
        ({"If-Match": '"1"'}, 409, "wrong_state"),
    ],
)
async def test_a_refused_command_says_why_and_what_to_do(
    api: httpx.AsyncClient, world: World, headers: dict[str, str], status: int, code: str
) -> None:
    batch = await started(api, world)
    answer = await api.post(f"/v1/batches/{batch['batch_id']}/approve", json={}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["remedy"]


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "sample"},
        {"kind": "sample", "size": 26},
        {"kind": "sample", "size": 0},
        {"kind": "everything"},
        {"kind": "sample", "colour": "red"},
    ],
)
async def test_a_body_of_the_wrong_shape_is_refused(
    api: httpx.AsyncClient, world: World, body: dict[str, object]
) -> None:
    connection = {"connection_id": str(world.connection_id)} if len(body) > 1 or "size" in body else {}
    answer = await api.post("/v1/batches", json=connection | body)
    assert answer.status_code == 422
    assert (await api.get("/v1/batches")).json()["items"] == []


async def test_unknown_ids_are_not_found(api: httpx.AsyncClient, world: World) -> None:
    unknown = "00000000-0000-0000-0000-000000000001"
    assert (await api.get(f"/v1/batches/{unknown}")).status_code == 404
    assert (await api.get(f"/v1/connections/{unknown}/gate")).status_code == 404
    assert (await api.get("/v1/batches/not-an-id")).status_code == 422


async def test_waiving_needs_the_admin_role(api: httpx.AsyncClient, world: World) -> None:
    batch = await started(api, world)
    path = f"/v1/batches/{batch['batch_id']}/listings/1/waive"
    answer = await api.post(
        path, json={"code": "price_missing", "reason": "a gift"}, headers={"If-Match": '"1"'}
    )
    assert answer.status_code == 403


async def test_rejecting_with_undo_takes_the_items_back(api: httpx.AsyncClient, world: World) -> None:
    batch = await started(api, world)
    await world.worker.turn()
    await world.answer(await world.imported())
    path = f"/v1/batches/{batch['batch_id']}"
    revision = (await api.get(path)).json()["revision"]
    body = {"reason": "wrong divisor", "undo": True}
    answer = await api.post(f"{path}/reject", json=body, headers={"If-Match": f'"{revision}"'})
    assert (answer.json()["state"], answer.json()["undone_by"]) == ("rejected", "Ada")
    assert len(world.inventory.performed) == 1
    preview = (await api.get(f"{path}/undo")).json()
    assert (preview["archive"], preview["unlink"]) == (["item-1"], ["item-2"])
    assert preview["revision"] == answer.json()["revision"]


async def test_every_operation_is_described_with_examples(api: httpx.AsyncClient, world: World) -> None:
    document = (await api.get("/openapi.json")).json()
    for name, schema in document["components"]["schemas"].items():
        if name.endswith(("BatchBody", "ListingBody", "ReportBody", "GateBody", "UndoBody", "ListingsBody")):
            assert schema["examples"], name
    operations = [one for path in document["paths"].values() for one in path.values()]
    assert all(operation["description"] for operation in operations)
