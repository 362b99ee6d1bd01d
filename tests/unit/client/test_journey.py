"""The demo's steps against written-down answers: what it decides, and that it repeats what was shown."""

from collections.abc import AsyncIterator
from io import StringIO

import httpx
import pytest
from rich.console import Console
from support.client_world import Call, World, attempt, batch, connection, page, report

from truestock.client.demo.journey import Journey
from truestock.client.demo.telling import Teller
from truestock.client.facade import Truestock
from truestock.client.models.connector import Connection
from truestock.client.models.importer import MappingReport
from truestock.contracts.problem import Refusal

REPORT = "GET http://importer/v1/batches/b-1/report"
VERDICT = "GET http://validator/v1/listings/c-1/1001/verdict"
WAIVE = "POST http://importer/v1/batches/b-1/listings/1001/waive"
CONNECTION = Connection.model_validate(connection())
READY = {"ready": True, "waiting_for": []}


@pytest.fixture
async def journey(world: World, client: Truestock) -> AsyncIterator[Journey]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(world)) as http:
        yield Journey(client, client, http, Teller(Console(file=StringIO(), width=200)), "main", "etsy")


def told(journey: Journey) -> str:
    file = journey.teller.console.file
    assert isinstance(file, StringIO)
    return file.getvalue()


def waiting(*codes: str) -> dict[str, object]:
    found = [
        {"code": code, "detail": f"Waits for {code}.", "remedy": "Decide.", "listing_ids": ["1001"]}
        for code in codes
    ]
    return {"ready": False, "waiting_for": found}


async def test_connecting_confirms_exactly_what_was_shown(world: World, journey: Journey) -> None:
    back = attempt(
        state="awaiting_confirmation",
        account={"marketplace": "etsy", "id": "42", "name": "Potter"},
        settings={"currency": "EUR"},
        settings_hash="hash-1",
        revision=2,
    )
    world.on("POST http://connector/v1/attempts", attempt())
    world.on("GET http://connector/v1/oauth/etsy/start", "http://etsy/consent?x=1", status=303)
    world.on("GET http://etsy/consent", {})
    world.on("GET http://connector/v1/attempts/a-1", attempt(), back)
    world.on("POST http://connector/v1/attempts/a-1/confirm", connection())
    assert (await journey.connect()).connection_id == "c-1"
    assert world.said("GET http://etsy/consent")[0].query == {"x": "1", "login": "main"}
    call = world.said("POST http://connector/v1/attempts/a-1/confirm")[0]
    assert call.body == {"account_id": "42", "settings_hash": "hash-1"}
    assert call.headers["if-match"] == '"2"'
    assert "Potter" in told(journey)


async def test_the_refused_bulk_is_shown(world: World, journey: Journey) -> None:
    world.on("GET http://importer/v1/connections/c-1/gate", {"bulk_allowed": False, "because": "no sample"})
    world.refuse(
        "POST http://importer/v1/batches", 409, "gate_closed", "No sample was approved.", "Import one."
    )
    await journey.refuse_bulk(CONNECTION)
    assert "No sample was approved. Import one." in told(journey)


async def test_a_bulk_that_is_not_refused_stops_the_journey(world: World, journey: Journey) -> None:
    world.on("GET http://importer/v1/connections/c-1/gate", {"bulk_allowed": False, "because": "no sample"})
    world.on("POST http://importer/v1/batches", batch(kind="bulk"))
    with pytest.raises(Refusal, match="accepted before a sample was approved"):
        await journey.refuse_bulk(CONNECTION)


async def test_everything_open_is_decided_before_approval(world: World, journey: Journey) -> None:
    first = report(approval=waiting("split_open", "blocker:price_missing", "stock_unconfirmed"))
    blocked = report(approval=waiting("blocker:price_missing"))
    world.on(REPORT, first, blocked, report(approval=READY))
    world.refuse(
        "POST http://importer/v1/batches/b-1/approve", 409, "approval_not_ready", "Not yet.", "Decide."
    )
    split = {"split_id": "s-1", "item_id": "i-1", "listing_id": "1001", "values": ["a", "b"], "revision": 4}
    world.on("GET http://inventory/v1/splits", page(split), page())
    world.on("POST http://inventory/v1/splits/s-1/decide", split | {"state": "rejected"})
    verdict = {"connection_id": "c-1", "listing_id": "1001", "verdict": "failed"}
    world.on(VERDICT, verdict | {"version": 1}, verdict | {"version": 2})
    world.on("GET http://inventory/v1/held", page())
    item = {
        "item_id": "i-1",
        "title": "Mug",
        "revision": 1,
        "variants": [{"variant_id": "v-1", "on_hand": 3}],
    }
    world.on("GET http://inventory/v1/items", page(item))
    world.on("GET http://inventory/v1/items/i-1", item)
    world.on("POST http://inventory/v1/counts", {"count_id": "n-1", "state": "accepted"})
    world.on("POST http://inventory/v1/attestations", {"variants": 5})
    world.on("GET http://importer/v1/connections/c-1/gate", {"bulk_allowed": True, "because": "approved"})

    def waive(call: Call) -> tuple[int, object]:
        world.on("POST http://importer/v1/batches/b-1/approve", batch(state="approved"))
        return 200, batch(revision=8)

    world.answers[WAIVE] = waive
    await journey.approve(CONNECTION, MappingReport.model_validate(first))
    assert world.said("POST http://inventory/v1/splits/s-1/decide")[0].body["accept"] is False
    assert world.said(WAIVE)[0].body["code"] == "price_missing"
    assert world.said("POST http://inventory/v1/attestations")[0].body["batch_id"] == "b-1"
    assert world.said("POST http://inventory/v1/counts")[0].body["lines"] == [
        {"variant_id": "v-1", "counted": 3}
    ]
    for expected in ("operator decides:", "admin decides:", "The gate is open"):
        assert expected in told(journey)
