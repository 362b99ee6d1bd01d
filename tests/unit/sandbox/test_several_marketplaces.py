"""Etsy and a second marketplace in one sandbox: the same sellers, apart in everything else."""

import hashlib
import hmac
from collections.abc import AsyncIterator

import httpx
import pytest
from support.etsy_seller import EtsySeller
from support.tiny_bazaar import SECRET, Bazaar, BazaarClient

from truestock.sandbox.app import build
from truestock.sandbox.catalog import generate
from truestock.sandbox.etsy.marketplace import Etsy
from truestock.sandbox.settings import Settings

BASE = "http://sandbox.test"
HOOK = "http://127.0.0.1:9998/hooks/bazaar"


class World:
    """Both applications, and the notices that arrived."""

    def __init__(self) -> None:
        self.notices: list[httpx.Request] = []
        self.listening = True
        settings = Settings(
            base=BASE, per_second=10_000, per_day=1_000_000, webhooks={"bazaar": HOOK}, accounts=2
        )
        app = build(
            settings,
            generate(30, 7),
            rooms={"etsy": Etsy, "bazaar": Bazaar},
            transport=httpx.MockTransport(self._receive),
        )
        self.etsy, self.bazaar = EtsySeller(app, BASE), BazaarClient(app, BASE)
        self.control = self.bazaar.control

    def _receive(self, request: httpx.Request) -> httpx.Response:
        if not self.listening:
            raise httpx.ConnectError("nobody listens", request=request)
        self.notices.append(request)
        return httpx.Response(200)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    world = World()
    yield world
    await world.etsy.http.aclose()
    await world.bazaar.http.aclose()


async def test_the_same_catalogue_is_at_every_marketplace(world: World) -> None:
    accounts = (await world.control("GET", "/accounts"))["accounts"]
    assert [(one["marketplace"], one["login"]) for one in accounts] == [
        ("etsy", "main"),
        ("etsy", "second"),
        ("bazaar", "main"),
        ("bazaar", "second"),
    ]
    etsy, bazaar = accounts[0], accounts[2]
    for figure in ("listings", "variants", "stock", "unknown_stock"):
        assert etsy[figure] == bazaar[figure]
    assert (bazaar["account"], bazaar["stall"]) == ("B0001", 1)
    only = (await world.control("GET", "/accounts?marketplace=bazaar"))["accounts"]
    assert only == accounts[2:]


async def test_a_bare_login_is_etsys_and_a_prefix_names_another(world: World) -> None:
    for name, account in (
        ("main", "20000001"),
        ("etsy:main", "20000001"),
        ("bazaar:main", "B0001"),
        ("bazaar:B0001", "B0001"),
        ("B0001", "B0001"),
        ("10000002", "20000002"),
    ):
        assert (await world.control("GET", f"/accounts/{name}"))["account"] == account
    for name in ("bazaar:nobody", "nowhere:main", "bazaar:20000001"):
        assert (await world.bazaar.http.get(f"/control/accounts/{name}")).status_code == 404
    assert (await world.bazaar.http.get("/control/accounts?marketplace=x")).status_code == 404


async def test_a_confidential_client_without_pkce(world: World) -> None:
    tokens = await world.bazaar.login()
    assert tokens["access_token"].startswith("Ba|")
    assert (tokens["refresh_token"][:3], tokens["expires_in"]) == ("Br|", 60)
    assert (await world.bazaar.items()).json()["total"] == 30
    refused = await world.bazaar.token("wrong", grant_type="refresh_token", refresh_token="Br|x")
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    posted = await world.bazaar.http.post(
        "/bazaar/oauth/token",
        data={
            "grant_type": "refresh_token",
            "refresh_token": tokens["refresh_token"],
            "client_id": "truestock-local",
            "client_secret": SECRET,
        },
    )
    assert posted.json()["error"] == "invalid_client"


async def test_pkce_is_honoured_where_it_is_not_required(world: World) -> None:
    code = (await world.bazaar.consent(code_challenge="x" * 43, code_challenge_method="S256"))["code"]
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": "http://127.0.0.1:9999/callback",
    }
    assert (await world.bazaar.token(**form)).json()["error"] == "invalid_request"
    assert (await world.bazaar.token(**form, code_verifier="y" * 43)).json()["error"] == "invalid_grant"
    plain = await world.bazaar.consent(code_challenge="x" * 43, code_challenge_method="plain")
    assert plain["error"] == "invalid_request"


async def test_a_refresh_token_that_is_not_rotated_may_ask_for_less(world: World) -> None:
    await world.bazaar.login()
    less = (await world.bazaar.refresh(scope="write")).json()
    assert less["refresh_token"] == world.bazaar.tokens["refresh_token"]
    world.bazaar.tokens = less
    assert (await world.bazaar.items()).status_code == 403
    assert (await world.bazaar.refresh(scope="read more")).json()["error"] == "invalid_scope"
    world.bazaar.tokens = (await world.bazaar.refresh()).json()
    assert (await world.bazaar.items()).status_code == 200


async def test_etsys_tokens_do_not_open_another_marketplace(world: World) -> None:
    world.bazaar.tokens = await world.etsy.login()
    assert (await world.bazaar.items()).status_code == 401


async def test_faults_hit_the_marketplace_that_they_are_meant_for(world: World) -> None:
    await world.etsy.login()
    await world.bazaar.login()

    async def statuses() -> tuple[int, int]:
        return (await world.etsy.get("/users/me")).status_code, (await world.bazaar.items()).status_code

    await world.control("POST", "/faults", json={"kind": "server_error", "account": "main", "times": None})
    assert await statuses() == (503, 200)
    assert (await world.control("DELETE", "/faults?account=bazaar:main"))["removed"] == 0
    await world.control("DELETE", "/faults?account=main")
    fault = {"kind": "server_error", "account": "bazaar:main", "times": None}
    await world.control("POST", "/faults", json=fault)
    assert await statuses() == (200, 503)
    assert (await world.control("DELETE", "/faults?marketplace=bazaar"))["removed"] == 1
    await world.control("POST", "/faults", json={"kind": "rate_limited", "marketplace": "bazaar"})
    assert await statuses() == (200, 429)
    await world.control("POST", "/faults", json={"kind": "server_error", "times": None})
    assert await statuses() == (503, 503)


async def test_pages_can_be_cut_and_totals_wrong_anywhere(world: World) -> None:
    await world.bazaar.login()
    await world.control("POST", "/faults", json={"kind": "truncate_page", "account": "B0001", "drop": 2})
    await world.control("POST", "/faults", json={"kind": "wrong_total", "account": "B0001", "delta": 3})
    page = (await world.bazaar.items()).json()
    assert (len(page["items"]), page["total"]) == (28, 33)


async def test_access_expires_and_is_revoked_per_marketplace(world: World) -> None:
    await world.etsy.login()
    await world.bazaar.login()
    expired = await world.control("POST", "/faults", json={"kind": "expire_access", "account": "bazaar:main"})
    assert expired["affected"] == 1
    assert (await world.bazaar.items()).status_code == 401
    assert (await world.bazaar.refresh()).status_code == 200
    await world.control("POST", "/faults", json={"kind": "revoke", "marketplace": "bazaar"})
    assert (await world.bazaar.refresh()).json()["error"] == "invalid_grant"
    assert (await world.etsy.get("/users/me")).status_code == 200


@pytest.mark.parametrize(("kind", "word"), [("uninstall", b"removed"), ("close_account", b"closed")])
async def test_leaving_revokes_and_sends_the_signed_notice(world: World, kind: str, word: bytes) -> None:
    await world.bazaar.login()
    told = await world.control("POST", "/faults", json={"kind": kind, "account": "bazaar:main"})
    assert told["affected"] == 1
    assert (await world.bazaar.items()).status_code == 401
    (notice,) = world.notices
    assert (str(notice.url), notice.content) == (HOOK, b'{"%s":"B0001"}' % word)
    expected = hmac.new(SECRET.encode(), notice.content, hashlib.sha256).hexdigest()
    assert notice.headers["x-signature"] == expected
    (logged,) = (await world.control("GET", "/requests?path=/hooks/"))["requests"]
    assert (logged["method"], logged["marketplace"], logged["account"]) == ("NOTICE", "bazaar", "B0001")
    assert logged["status"] == 200


async def test_a_notice_that_nobody_takes_is_no_error(world: World) -> None:
    world.listening = False
    await world.control("POST", "/faults", json={"kind": "uninstall", "account": "bazaar:second"})
    (logged,) = (await world.control("GET", "/requests?marketplace=bazaar"))["requests"]
    assert logged["status"] == 0


async def test_a_marketplace_without_notices_only_revokes(world: World) -> None:
    await world.etsy.login()
    await world.control("POST", "/faults", json={"kind": "uninstall", "account": "main"})
    assert (await world.etsy.refresh()).json()["error"] == "invalid_grant"
    assert world.notices == []


async def test_settings_belong_to_a_marketplace(world: World) -> None:
    path = "/settings?marketplace=bazaar"
    changed = await world.control("POST", path, json={"per_account": 1, "access_ttl": None})
    assert (changed["per_account"], changed["access_ttl"], changed["rotate"]) == (1, None, False)
    assert "per_account" not in await world.control("GET", "/settings")
    tokens = await world.bazaar.login()
    assert "expires_in" not in tokens
    first, second = await world.bazaar.items(), await world.bazaar.items()
    assert (first.status_code, first.headers["x-left"]) == (200, "0")
    assert (second.status_code, second.json()) == (429, {"wrong": "too many"})


@pytest.mark.parametrize(
    ("where", "body"),
    [
        ("", {"per_account": 5}),
        ("?marketplace=bazaar", {"per_second": 5}),
        ("?marketplace=bazaar", {"per_account": 0}),
        ("?marketplace=bazaar", {"per_account": 1.5}),
        ("?marketplace=bazaar", {"per_account": "many"}),
        ("?marketplace=bazaar", {"rotate": "perhaps"}),
    ],
)
async def test_a_setting_that_the_marketplace_has_not_is_refused(
    world: World, where: str, body: dict[str, object]
) -> None:
    before = await world.control("GET", f"/settings{where}")
    answer = await world.bazaar.http.post(f"/control/settings{where}", json=body)
    assert answer.status_code == 422
    assert next(iter(body)) in answer.json()["error"]
    assert await world.control("GET", f"/settings{where}") == before


async def test_the_canary_is_in_the_tokens_of_every_marketplace(world: World) -> None:
    await world.control("POST", "/settings", json={"canary": "canary-1"})
    for tokens in (await world.etsy.login(), await world.bazaar.login()):
        assert "canary-1" in tokens["access_token"]
        assert "canary-1" in tokens["refresh_token"]
    await world.control("POST", "/settings?marketplace=bazaar", json={"canary": "canary-2"})
    assert "canary-1" in (await world.etsy.login())["access_token"]
    assert "canary-2" in (await world.bazaar.login())["access_token"]


async def test_an_account_can_be_opened_at_any_marketplace(world: World) -> None:
    body = {"marketplace": "bazaar", "login": "fresh", "generate": 3}
    opened = await world.control("POST", "/accounts", json=body)
    assert (opened["account"], opened["listings"], opened["shop_name"]) == ("B0003", 3, "Fresh")
    await world.bazaar.login("fresh")
    assert len((await world.bazaar.items()).json()["items"]) == 3
    assert (await world.control("POST", "/accounts", json={"login": "fresh"}))["marketplace"] == "etsy"
    again = await world.bazaar.http.post("/control/accounts", json=body)
    assert again.status_code == 422
    nowhere = await world.bazaar.http.post("/control/accounts", json={"login": "a", "marketplace": "x"})
    assert nowhere.status_code == 404


async def test_edits_keep_ids_where_the_marketplace_keeps_them(world: World) -> None:
    path = "/accounts/bazaar:main/listings"
    before = (await world.control("GET", path))["listings"][0]
    change = {"quantity": 0, "title": "Gone"}
    after = await world.control("POST", f"{path}/{before['listing_id']}/edits", json=change)
    assert after["state"] == "sold_out"
    assert [one["product_id"] for one in after["variants"]] == [
        one["product_id"] for one in before["variants"]
    ]
    await world.bazaar.login()
    items = {item["id"]: item for item in (await world.bazaar.items()).json()["items"]}
    assert items[before["listing_id"]]["title"] == "Gone"


async def test_photos_are_served_per_marketplace(world: World) -> None:
    await world.bazaar.login()
    items = (await world.bazaar.items()).json()["items"]
    url = next(item["photos"][0] for item in items if item["photos"])
    fetched = await world.bazaar.http.get(url)
    assert (fetched.status_code, fetched.headers["content-type"]) == (200, "image/jpeg")
    assert (await world.bazaar.http.get(url.replace("bazaar", "etsy"))).status_code == 404
    assert (await world.bazaar.http.get(url.replace("bazaar", "nowhere"))).status_code == 404
    fault = {"kind": "server_error", "where": "photos", "marketplace": "bazaar"}
    await world.control("POST", "/faults", json=fault)
    assert [(await world.bazaar.http.head(url)).status_code for _ in range(2)] == [503, 200]


async def test_a_sandbox_without_etsy_takes_the_first_marketplace_instead() -> None:
    app = build(Settings(base=BASE), generate(3, 7), rooms={"bazaar": Bazaar})
    client = BazaarClient(app, BASE)
    assert (await client.control("GET", "/accounts/main"))["marketplace"] == "bazaar"
    assert "per_account" in await client.control("GET", "/settings")
    await client.http.aclose()
