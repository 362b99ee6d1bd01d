"""Injected faults."""

from typing import Any

import httpx
import pytest
from support.etsy_seller import API, APP, EtsySeller

LISTINGS = "/shops/20000001/listings"


async def inject(seller: EtsySeller, kind: str, **more: Any) -> Any:
    return await seller.control("POST", "/faults", json={"kind": kind, "account": "main", **more})


async def test_rate_limited_as_often_as_told_with_retry_after(main: EtsySeller) -> None:
    await inject(main, "rate_limited", times=2, retry_after=7)
    answers = [await main.get("/users/me") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [429, 429, 200]
    assert answers[0].headers["retry-after"] == "7"
    assert (await main.control("GET", "/faults"))["faults"] == []


async def test_another_account_is_not_disturbed(main: EtsySeller) -> None:
    await inject(main, "server_error", times=None)
    await main.login("second")
    assert (await main.get("/users/me")).status_code == 200
    await main.login("main")
    assert (await main.get("/users/me")).status_code == 503
    assert (await main.control("DELETE", "/faults?account=main"))["removed"] == 1
    assert (await main.get("/users/me")).status_code == 200


async def test_a_fault_can_wait_for_a_path_and_let_some_pass(main: EtsySeller) -> None:
    await inject(main, "server_error", path="/batch", skip=1, status=500)
    assert (await main.get("/users/me")).status_code == 200
    statuses = [(await main.get("/listings/batch", listing_ids="1")).status_code for _ in range(3)]
    assert statuses == [200, 500, 200]


async def test_a_truncated_page_declares_more_than_it_sends(main: EtsySeller) -> None:
    whole = (await main.get(LISTINGS, limit=10)).json()
    await inject(main, "truncate_page", drop=3)
    cut = (await main.get(LISTINGS, limit=10)).json()
    assert cut["count"] == whole["count"]
    assert cut["results"] == whole["results"][:7]
    assert (await main.get(LISTINGS, limit=10)).json() == whole


async def test_a_total_can_be_wrong(main: EtsySeller) -> None:
    whole = (await main.get(LISTINGS)).json()["count"]
    await inject(main, "wrong_total", delta=-4)
    assert (await main.get(LISTINGS)).json()["count"] == whole - 4


async def test_slow_and_timeout_take_their_time(main: EtsySeller) -> None:
    await inject(main, "slow", seconds=0)
    assert (await main.get("/users/me")).status_code == 200
    await inject(main, "timeout", seconds=0)
    assert (await main.get("/users/me")).status_code == 504
    entries = (await main.control("GET", "/requests?limit=2"))["requests"]
    assert [entry["fault"] for entry in entries] == ["timeout", "slow"]


async def test_expired_access_is_cured_by_a_refresh(main: EtsySeller) -> None:
    assert (await inject(main, "expire_access"))["affected"] == 1
    answer = await main.get("/users/me")
    assert answer.status_code == 401
    assert answer.json() == {"error": "invalid_token", "error_description": "access token is expired"}
    main.tokens = (await main.refresh()).json()
    assert (await main.get("/users/me")).status_code == 200


async def test_revoked_access_is_not(main: EtsySeller) -> None:
    await inject(main, "revoke")
    assert (await main.get("/users/me")).status_code == 401
    assert (await main.refresh()).json()["error"] == "invalid_grant"


async def test_renumbered_variants_keep_everything_but_their_ids(main: EtsySeller) -> None:
    before = await main.control("GET", "/accounts/main/listings?limit=40")
    await inject(main, "renumber_variants")
    after = await main.control("GET", "/accounts/main/listings?limit=40")
    for old, new in zip(before["listings"], after["listings"], strict=True):
        for was, now in zip(old["variants"], new["variants"], strict=True):
            assert was.pop("product_id") != now.pop("product_id")
            assert was.pop("offering_id") != now.pop("offering_id")
    assert before == after


async def test_the_token_endpoint_has_its_own_faults(main: EtsySeller) -> None:
    await inject(main, "server_error", where="token")
    assert (await main.get("/users/me")).status_code == 200
    assert (await main.refresh()).status_code == 503
    assert (await main.refresh()).status_code == 200


async def test_photos_have_their_own_faults(main: EtsySeller) -> None:
    rows = (await main.get(LISTINGS, includes="Images")).json()["results"]
    url = next(row["images"][0]["url_fullxfull"] for row in rows if row["images"])
    await inject(main, "server_error", where="photos")
    assert [(await main.http.head(url)).status_code for _ in range(2)] == [503, 200]


async def test_the_rate_limit_is_per_application_and_told_in_headers(main: EtsySeller) -> None:
    await main.control("POST", "/settings", json={"per_second": 10_000, "per_day": 3})
    day = await main.control("GET", "/settings")
    assert day["per_day"] == 3
    answers: list[httpx.Response] = [await main.get("/users/me") for _ in range(5)]
    limited = answers[-1]
    assert limited.status_code == 429
    assert int(limited.headers["retry-after"]) > 0
    assert limited.headers["x-remaining-today"] == "0"
    assert limited.headers["x-limit-per-day"] == "3"


def test_the_second_is_counted_apart_from_the_day() -> None:
    from truestock.sandbox.etsy.limits import Limiter
    from truestock.sandbox.windows import CallLimits

    clock = [86_400 * 20_000 + 3_600.25]
    limiter = Limiter(CallLimits(per_second=2, per_day=3), lambda: clock[0])
    assert [limiter.count(APP)[0] for _ in range(3)] == [True, True, False]
    assert limiter.count(APP)[1]["retry-after"] == "1"
    assert limiter.count("other")[0]
    clock[0] += 1
    allowed, headers = limiter.count(APP)
    assert (allowed, headers["x-remaining-this-second"], headers["x-remaining-today"]) == (True, "1", "0")
    allowed, headers = limiter.count(APP)
    assert not allowed
    assert int(headers["retry-after"]) == 86_400 - 3_601


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"kind": "earthquake"}, 422),
        ({"kind": "slow", "seconds": -1}, 422),
        ({"kind": "slow", "colour": "red"}, 422),
        ({"kind": "slow", "account": "nobody"}, 404),
        ([], 422),
    ],
)
async def test_a_wrong_fault_is_refused(seller: EtsySeller, body: Any, status: int) -> None:
    answer = await seller.http.post("/control/faults", json=body)
    assert answer.status_code == status
    assert answer.json()["error"]


async def test_no_token_code_or_key_is_ever_logged(main: EtsySeller) -> None:
    await main.get("/users/me", api_key="canary-key")
    await main.refresh()
    log = await main.http.get("/control/requests")
    for secret in (main.tokens["access_token"], main.tokens["refresh_token"], "canary-key", "Bearer"):
        assert secret not in log.text
    assert f"{API}/users/me" in log.text
