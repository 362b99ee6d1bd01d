"""What holds for each marketplace of the sandbox, whatever it looks like on the wire."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from truestock.sandbox.app import build
from truestock.sandbox.catalog import generate
from truestock.sandbox.rooms import ROOMS
from truestock.sandbox.settings import Settings

BASE = "http://sandbox.test"
CATALOG = generate(60, 7)
LISTING_FIGURES = ("listings", "variants", "stock")


@pytest.fixture(params=sorted(ROOMS))
def room(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def http(room: str) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(build(Settings(base=BASE, marketplaces=(room,)), CATALOG))
    async with httpx.AsyncClient(transport=transport, base_url=f"{BASE}/control") as http:
        yield http


async def listings(http: httpx.AsyncClient, room: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (
        await http.get(f"/accounts/{room}:main/listings", params={"limit": 1_000})
    ).json()["listings"]
    return found


async def test_the_catalogue_keeps_its_listings_variants_and_stock(
    http: httpx.AsyncClient, room: str
) -> None:
    totals = CATALOG.totals().as_dict()
    account = (await http.get(f"/accounts/{room}:main")).json()
    assert {name: account[name] for name in LISTING_FIGURES} == {
        name: totals[name] for name in LISTING_FIGURES
    }
    assert account["unknown_stock"] == totals["unknown_stock"]


async def test_every_marketplace_has_the_three_sellers(http: httpx.AsyncClient, room: str) -> None:
    accounts = (await http.get("/accounts", params={"marketplace": room})).json()["accounts"]
    assert [(one["login"], one["currency"]) for one in accounts] == [
        ("main", "USD"),
        ("second", "EUR"),
        ("third", "GBP"),
    ]
    assert len({one["account"] for one in accounts}) == 3
    for one in accounts:
        found = await http.get(f"/accounts/{room}:{one['login']}")
        assert found.json() == one


async def test_ids_of_listings_variants_and_photos_are_unique(http: httpx.AsyncClient, room: str) -> None:
    found = await listings(http, room)
    variants = [variant for one in found for variant in one["variants"]]
    photos = [photo["id"] for one in found for photo in one["photos"]]
    for ids in (
        [one["listing_id"] for one in found],
        [variant["product_id"] for variant in variants],
        [variant["offering_id"] for variant in variants],
        photos,
    ):
        assert len(set(ids)) == len(ids)
        assert all(isinstance(one, str) and one for one in ids)


async def test_each_listing_can_be_read_and_changed_by_its_id(http: httpx.AsyncClient, room: str) -> None:
    for one in await listings(http, room):
        path = f"/accounts/{room}:main/listings/{one['listing_id']}"
        assert (await http.get(path)).json() == one
        changed = await http.post(f"{path}/edits", json={"title": "Changed", "quantity": 3})
        assert changed.status_code == 200, changed.text
        assert {variant["quantity"] for variant in changed.json()["variants"]} == {3}


async def test_a_sold_out_listing_comes_back(http: httpx.AsyncClient, room: str) -> None:
    active = next(one for one in await listings(http, room) if one["state"] == "active")
    path = f"/accounts/{room}:main/listings/{active['listing_id']}/edits"
    assert (await http.post(path, json={"quantity": 0})).json()["state"] == "sold_out"
    assert (await http.post(path, json={"quantity": 1})).json()["state"] == "active"


async def test_photos_are_served_where_the_shop_has_them(http: httpx.AsyncClient, room: str) -> None:
    one = next(one for one in await listings(http, room) if one["photos"])
    photo = one["photos"][0]["id"]
    path = f"{BASE}/photos/{room}/fullxfull.{photo}.jpg"
    assert (await http.get(path)).status_code == 200
    edit = f"/accounts/{room}:main/listings/{one['listing_id']}/edits"
    await http.post(edit, json={"break_photos": True})
    assert (await http.get(path)).status_code == 404


async def test_settings_are_told_and_the_canary_taken(http: httpx.AsyncClient, room: str) -> None:
    settings = (await http.get("/settings", params={"marketplace": room})).json()
    changed = await http.post("/settings", params={"marketplace": room}, json={"canary": "c-1"})
    assert changed.json() == {**settings, "canary": "c-1"}


@pytest.mark.parametrize(
    "kind", ["expire_access", "revoke", "renumber_variants", "uninstall", "close_account"]
)
async def test_what_happens_at_once_is_understood_by_all(
    http: httpx.AsyncClient, room: str, kind: str
) -> None:
    answer = await http.post("/faults", json={"kind": kind, "account": f"{room}:main"})
    assert answer.status_code == 200
    assert answer.json()["kind"] == kind


async def test_a_new_account_takes_its_own_catalogue(http: httpx.AsyncClient, room: str) -> None:
    text = "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Qty,Variant Price,Vendor\n"
    text += "top,Top,Size,S,A/1,3,19.90,V\ntop,,,M,,0,19.90,\nmug,Mug,,,B/2,4,5.00,V\n"
    opened = await http.post("/accounts", json={"marketplace": room, "login": "fresh", "csv": text})
    assert [opened.json()[name] for name in LISTING_FIGURES] == [2, 3, 7]
    for one in (await http.get(f"/accounts/{room}:fresh/listings")).json()["listings"]:
        # A listing may be named by its SKU, and that may hold a slash.
        path = f"/accounts/{room}:fresh/listings/{one['listing_id']}"
        assert (await http.get(path)).json() == one
        assert (await http.post(f"{path}/edits", json={"title": "Changed"})).status_code == 200
