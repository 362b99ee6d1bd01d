"""Inventory over HTTP: roles, revisions, problems, and OpenAPI with examples."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI
from support.inventory_values import BATCH, ETSY, WORKSPACE, imported, listing, shown
from support.inventory_world import Inventory

from truestock.chassis import problems
from truestock.chassis.auth import Principal, Role
from truestock.inventory.api import routers


class Tokens:
    """Verifies tokens that say who somebody is: ``role`` or ``role@workspace``."""

    async def person(self, token: str) -> Principal:
        """The person that the token names."""
        role, _, workspace = token.partition("@")
        return Principal("u1", "Olga", frozenset({Role(role)}), UUID(workspace) if workspace else WORKSPACE)

    async def service(self, token: str, workspace_id: UUID) -> Principal:
        """The service that the token names."""
        return Principal(token, token, frozenset({Role(token)}), workspace_id, is_service=True)


@pytest.fixture
async def api(inventory: Inventory) -> AsyncIterator[httpx.AsyncClient]:
    """An operator's client of a service with two items and one held listing."""
    app = FastAPI()
    problems.install(app)
    app.state.verifier = Tokens()
    app.state.inventory = inventory.do
    for router in routers:
        app.include_router(router)
    await inventory.imports(
        imported(listing("1", shown("A", 3), title="Mug")),
        imported(listing("2", shown("B", 6), title="Shirt", buried=("S", "M"))),
        imported(listing("3", shown("A", 1), title="Second mug")),
    )
    transport = httpx.ASGITransport(app=app)
    headers = {"Authorization": "Bearer operator"}
    async with httpx.AsyncClient(transport=transport, base_url="http://inventory", headers=headers) as client:
        yield client


async def mug(api: httpx.AsyncClient) -> dict[str, Any]:
    item: dict[str, Any]
    (item,) = (await api.get("/v1/items", params={"sku": "A"})).json()["items"]
    return item


async def test_looking(api: httpx.AsyncClient) -> None:
    page = (await api.get("/v1/items", params={"limit": 1})).json()
    rest = (await api.get("/v1/items", params={"limit": 1, "cursor": page["next_cursor"]})).json()
    assert [i["title"] for i in page["items"] + rest["items"]] == ["Mug", "Shirt"]
    assert (await api.get("/v1/items", params={"q": "sHi"})).json()["items"][0]["title"] == "Shirt"
    assert (await api.get("/v1/items", params={"q": "%"})).json()["items"] == []
    found = await api.get(f"/v1/items/{page['items'][0]['item_id']}")
    assert found.headers["etag"] == '"1"'
    (channel,) = found.json()["channel_listings"]
    assert (channel["push_allowed"], channel["state"], channel["marketplace"]) == (False, "linked", "etsy")
    assert found.json()["variants"][0]["price"] == {"amount": "10.00", "currency": "EUR"}
    summary = {
        "items": 2,
        "variants": 2,
        "stock": 9,
        "unknown_stock": 0,
        "held": 1,
        "open_splits": 1,
        "open_proposals": 0,
        "outcomes": {"created": 2, "held": 1},
    }
    for query in ({}, {"connection_id": str(ETSY)}, {"batch_id": str(BATCH)}):
        assert (await api.get("/v1/summary", params=query)).json() == summary
    nothing = (await api.get("/v1/summary", params={"batch_id": str(uuid4())})).json()
    assert (nothing["items"], nothing["stock"]) == (0, 0)


async def test_stock_commands(api: httpx.AsyncClient) -> None:
    item = await mug(api)
    where, variant = f"/v1/items/{item['item_id']}", item["variants"][0]["variant_id"]
    sale = {"variant_id": variant, "kind": "sale", "quantity": -1, "reason": "fair"}
    sold = await api.post(f"{where}/movements", json=sale, headers={"If-Match": '"1"'})
    assert (sold.status_code, sold.json()["revision"], sold.json()["variants"][0]["on_hand"]) == (201, 2, 2)
    lines = [{"variant_id": variant, "counted": 5}]
    count = (await api.post("/v1/counts", json={"lines": lines, "reason": "shelf"})).json()
    assert (count["state"], count["lines"][0]["difference"]) == ("open", 3)
    done = (await api.post(f"/v1/counts/{count['count_id']}/accept")).json()
    assert (done["state"], done["accepted_by"]) == ("accepted", "Olga")
    again = await api.post(f"/v1/counts/{count['count_id']}/accept")
    assert again.json()["revision"] == done["revision"]
    ledger = (await api.get(f"{where}/movements")).json()["items"]
    assert [(line["kind"], line["quantity"]) for line in ledger] == [
        ("opening", 3),
        ("sale", -1),
        ("count", 3),
    ]
    attested = await api.post("/v1/attestations", json={"batch_id": str(BATCH), "statement": "I checked"})
    assert (attested.status_code, attested.json()["variants"]) == (201, 2)


async def test_decisions(api: httpx.AsyncClient) -> None:
    (held,) = (await api.get("/v1/held", params={"batch_id": str(BATCH)})).json()["items"]
    assert (held["title"], held["code"]) == ("Second mug", "duplicate_sku")
    assert held["candidates"][0]["title"] == "Mug"
    decision = {"held_id": held["held_id"], "revision": 1, "action": "create"}
    twice = {"decisions": [decision, decision], "reason": "separate"}
    results = (await api.post("/v1/held/decide", json=twice)).json()["results"]
    assert [each["state"] for each in results] == ["decided", "refused"]
    assert results[1]["problem"]["status"] == 412
    (split,) = (await api.get("/v1/splits")).json()["items"]
    parts = [{"value": "S", "quantity": 4}, {"value": "M", "quantity": 2}]
    where, body = f"/v1/splits/{split['split_id']}/decide", {"accept": True, "reason": "counted"}
    needs = await api.post(where, json=body, headers={"If-Match": '"1"'})
    assert (needs.status_code, needs.json()["code"]) == (422, "quantities_needed")
    done = await api.post(where, json=body | {"variants": parts}, headers={"If-Match": '"1"'})
    assert (done.status_code, done.json()["decision"]) == (200, "accepted")
    assert (await api.get("/v1/summary")).json()["variants"] == 4


async def test_editing_and_policies(api: httpx.AsyncClient) -> None:
    item = await mug(api)
    edit = {"title": "Cup", "reason": "better"}
    done = await api.patch(f"/v1/items/{item['item_id']}", json=edit, headers={"If-Match": '"1"'})
    assert (done.json()["title"], done.headers["etag"]) == ("Cup", '"2"')
    nothing = await api.patch(
        f"/v1/items/{item['item_id']}", json={"reason": "?"}, headers={"If-Match": '"2"'}
    )
    assert nothing.json()["code"] == "nothing_to_change"
    wanted = {"buffers": {"etsy": 1}, "price_rules": {str(ETSY): {"kind": "markup", "value": "1.10"}}}
    policies = await api.put("/v1/policies", json=wanted, headers={"If-Match": '"0"'})
    assert (policies.status_code, policies.json()["revision"]) == (200, 1)
    snapshot = (await api.get("/v1/snapshot")).json()
    assert snapshot["epoch"] == 1
    available = {
        i["shared"]["title"]: i["channels"][0]["variants"][0]["available"] for i in snapshot["items"]
    }
    assert available == {"Cup": 2, "Shirt": 5}


async def test_undo_is_for_services(api: httpx.AsyncClient) -> None:
    where, query = f"/internal/v1/batches/{BATCH}/undo", {"connection_id": str(ETSY)}
    headers = {"Authorization": "Bearer service", "X-Workspace-Id": str(WORKSPACE)}
    preview = (await api.get(where, params=query, headers=headers)).json()
    assert (preview["performed"], len(preview["archive"])) == (False, 2)
    body = {"by": "Olga", "reason": "wrong mapping"}
    done = (await api.post(where, params=query, headers=headers, json=body)).json()
    assert (done["performed"], done["archive"]) == (True, preview["archive"])
    assert (await api.post(where, params=query, headers=headers, json=body)).json() == done
    assert (await api.get("/v1/summary")).json()["items"] == 0
    refused = await api.get(where, params=query, headers=headers | {"Authorization": "Bearer operator"})
    assert refused.status_code == 403


NEW = {"lines": [{"variant_id": str(uuid4()), "counted": 1}], "reason": "x"}


REFUSED: list[tuple[str, str, Any, dict[str, str], int, str]] = [
    ("GET", f"/v1/items/{uuid4()}", None, {}, 404, "not_found"),
    ("GET", "/v1/items?cursor=zzz", None, {}, 422, "invalid_cursor"),
    ("GET", "/v1/items/nonsense", None, {}, 422, "invalid_request"),
    ("GET", "/v1/items", None, {"Authorization": ""}, 401, "invalid_token"),
    ("POST", "/v1/counts", NEW, {}, 404, "not_found"),
    ("POST", "/v1/counts", NEW, {"Authorization": "Bearer viewer"}, 403, "forbidden"),
    ("POST", "/v1/counts", {"lines": [], "reason": "x"}, {}, 422, "invalid_request"),
    ("POST", "/v1/counts", NEW | {"typo": 1}, {}, 422, "invalid_request"),
    ("POST", f"/v1/counts/{uuid4()}/accept", None, {}, 404, "not_found"),
    ("POST", "/v1/attestations", {"statement": "x"}, {}, 422, "invalid_request"),
    ("POST", "/v1/attestations", {"statement": "x", "batch_id": str(uuid4())}, {}, 404, "not_found"),
    ("PUT", "/v1/policies", {}, {}, 428, "revision_required"),
    ("PUT", "/v1/policies", {}, {"If-Match": '"9"'}, 412, "stale_revision"),
    ("PUT", "/v1/policies", {"buffers": {"shop": 1}}, {"If-Match": '"0"'}, 422, "invalid_request"),
    (
        "PUT",
        "/v1/policies",
        {"price_rules": {str(ETSY): {"kind": "markup"}}},
        {"If-Match": '"0"'},
        422,
        "invalid_request",
    ),
]


async def test_refusals(api: httpx.AsyncClient) -> None:
    for method, path, body, headers, status, code in REFUSED:
        answer = await api.request(method, path, json=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (status, code), (method, path)
        assert answer.headers["content-type"].startswith("application/problem+json")
        assert answer.json()["remedy"]


async def test_refused_commands_on_an_item(api: httpx.AsyncClient) -> None:
    item = await mug(api)
    where = f"/v1/items/{item['item_id']}/movements"
    sale = {"variant_id": item["variants"][0]["variant_id"], "kind": "sale", "quantity": -1, "reason": "fair"}
    cases = [
        (sale, {}, 428),
        (sale, {"If-Match": '"7"'}, 412),
        (sale | {"quantity": -9}, {"If-Match": '"1"'}, 409),
        (sale | {"kind": "opening", "quantity": 9}, {"If-Match": '"1"'}, 422),
        (sale | {"variant_id": str(uuid4())}, {"If-Match": '"1"'}, 404),
        (sale, {"If-Match": '"1"', "Authorization": f"Bearer operator@{uuid4()}"}, 404),
    ]
    for body, headers, status in cases:
        assert (await api.post(where, json=body, headers=headers)).status_code == status
    assert (await mug(api))["revision"] == 1


async def test_every_response_has_an_example(api: httpx.AsyncClient) -> None:
    app = FastAPI()
    for router in routers:
        app.include_router(router)
    schemas = app.openapi()["components"]["schemas"]
    bodies = {name: schema for name, schema in schemas.items() if name.endswith("Body")}
    assert len(bodies) >= 14
    for name, schema in bodies.items():
        shown_fields = [field.get("examples") or field.get("$ref") for field in schema["properties"].values()]
        assert schema.get("examples") or any(shown_fields) or name in ("HeldResultsBody",), name
