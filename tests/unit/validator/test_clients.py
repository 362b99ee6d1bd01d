"""Outbound calls: what each way of not answering becomes, and that access is asked for once."""

import asyncio
from collections.abc import Coroutine, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from support.validator_values import ACCOUNT, CONNECTION, WORKSPACE, evidence

from truestock.chassis.delivery import Transient
from truestock.contracts.listing import Evidence
from truestock.contracts.problem import Refusal
from truestock.marketplaces.errors import (
    AccessExpired,
    MarketplaceError,
    MissingScope,
    RateLimited,
    Temporary,
)
from truestock.marketplaces.interface import RawListing
from truestock.marketplaces.registration import Registration
from truestock.validator.clients.leases import LeasedTokens, Leases
from truestock.validator.clients.live import LiveReader, Patience
from truestock.validator.clients.photos import PhotoProber
from truestock.validator.domain.following import Key
from truestock.validator.domain.model import Unreadable
from truestock.validator.usecases.ports import Target

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class Connector:
    """Leases numbered tokens; can refuse, and holds its answers back while ``open`` is not set."""

    def __init__(self, refusal: Exception | None = None, account_id: str = ACCOUNT) -> None:
        self.calls: list[tuple[str, Any]] = []
        self.refusal = refusal
        self.account_id = account_id
        self.asked, self.open = asyncio.Event(), asyncio.Event()
        self.open.set()

    async def while_asked(self, *callers: Coroutine[Any, Any, Any]) -> list[Any]:
        """What the callers are given who all came while the first one's request was under way."""
        self.asked.clear()
        self.open.clear()
        waiting = [asyncio.create_task(caller) for caller in callers]
        await self.asked.wait()
        self.open.set()
        return await asyncio.gather(*waiting)

    async def post(
        self, path: str, *, workspace_id: UUID, json: Any = None, if_match: int | None = None
    ) -> Any:
        self.calls.append((path.rpartition(str(CONNECTION))[2], json))
        self.asked.set()
        await self.open.wait()
        if self.refusal is not None:
            raise self.refusal
        return {
            "access_token": f"t{len(self.calls)}",
            "token_version": len(self.calls),
            "expires_at": (NOW + timedelta(hours=1)).isoformat(),
            "account_id": self.account_id,
        }


class Adapter:
    """A marketplace of two listings per request; ``failures`` are raised first."""

    batch_size = 2
    limits_per_account = False

    def __init__(self, *failures: MarketplaceError, odd: str = "") -> None:
        self.failures = list(failures)
        self.requests: list[Sequence[str]] = []
        self.odd = odd

    def api(self, http: httpx.AsyncClient, **access: Any) -> Any:
        return access["tokens"]

    async def read(self, api: LeasedTokens, ids: Sequence[str]) -> dict[str, RawListing | None]:
        self.requests.append(ids)
        await api.current()
        if self.failures:
            failure = self.failures.pop(0)
            if isinstance(failure, AccessExpired):
                await api.refused(await api.current())
                return await self.read(api, ids)
            raise failure
        return {one: None if one == "gone" else RawListing(one, {}) for one in ids}

    def evidence(self, raw: RawListing) -> Evidence:
        if raw.listing_id == self.odd:
            raise KeyError("inventory")
        return evidence(listing_id=raw.listing_id)


def reader(adapter: Adapter, connector: Connector, pauses: list[float] | None = None) -> LiveReader:
    async def pause(seconds: float) -> None:
        if pauses is not None:
            pauses.append(seconds)

    return LiveReader(
        httpx.AsyncClient(),
        Leases(connector, lambda: NOW),
        {"etsy": Registration(api_url="http://etsy", client_id="key")},
        lambda: NOW,
        patience=Patience(attempts=3, seconds=30),
        adapters=lambda _: adapter,  # type: ignore[arg-type,return-value]  # the part that reading needs
        pause=pause,
    )


def targets(*ids: str, marketplace: str = "etsy") -> list[Target]:
    return [Target(Key(WORKSPACE, CONNECTION, one), marketplace, ACCOUNT) for one in ids]


async def read(adapter: Adapter, connector: Connector | None = None, *ids: str) -> dict[str, Any]:
    answers = await reader(adapter, connector or Connector())(targets(*(ids or ("1", "2", "3"))))
    return {key.listing_id: live for key, live in answers.items()}


def reasons(answers: dict[str, Any]) -> set[str]:
    return {str(live.reason) if isinstance(live, Unreadable) else "read" for live in answers.values()}


async def test_reads_in_batches_with_one_lease() -> None:
    adapter, connector = Adapter(), Connector()
    assert reasons(await read(adapter, connector)) == {"read"}
    assert sorted(map(len, adapter.requests)) == [1, 2]
    assert [call[0] for call in connector.calls] == ["/lease"]


async def test_a_listing_that_is_gone_is_none_and_not_unreadable() -> None:
    assert (await read(Adapter(), None, "gone", "1"))["gone"] is None


async def test_passing_failures_are_tried_again_and_lasting_ones_are_unreadable() -> None:
    assert reasons(await read(Adapter(Temporary("no answer")), None, "1")) == {"read"}
    lasting = Adapter(*[Temporary("no answer")] * 9)
    assert reasons(await read(lasting, None, "1")) == {"unreachable"}
    assert len(lasting.requests) == 3
    assert reasons(await read(Adapter(MissingScope("listings_r")), None, "1")) == {"missing_scope"}


async def test_a_rate_limit_is_waited_out_as_told_within_bounds() -> None:
    pauses: list[float] = []
    soon = Adapter(RateLimited("slow down", NOW + timedelta(seconds=4)))
    answers = await reader(soon, Connector(), pauses)(targets("1"))
    assert (pauses, [type(live) for live in answers.values()]) == ([4.0], [Evidence])
    late = Adapter(RateLimited("tomorrow", NOW + timedelta(hours=9)))
    assert reasons(await read(late, None, "1")) == {"rate_limited"}


@pytest.mark.parametrize(
    ("code", "reason"),
    [("reauthorization_required", "reauthorization_required"), ("disconnected", "disconnected")],
)
async def test_dead_access_is_unreadable_with_its_reason(code: str, reason: str) -> None:
    connector = Connector(Refusal(code, "no", remedy="reauthorize"))
    assert reasons(await read(Adapter(), connector, "1")) == {reason}


async def test_without_the_connector_nothing_is_judged() -> None:
    with pytest.raises(Transient):
        await read(Adapter(), Connector(Transient("no answer")), "1")


async def test_another_account_behind_the_connection_is_not_read() -> None:
    adapter = Adapter()
    assert reasons(await read(adapter, Connector(account_id="other"), "1")) == {"wrong_account"}
    assert adapter.requests == []


async def test_a_marketplace_that_is_not_served_and_a_listing_in_an_unknown_shape() -> None:
    unserved = await reader(Adapter(), Connector())(targets("1", marketplace="ebay"))
    assert reasons({key.listing_id: live for key, live in unserved.items()}) == {"not_served"}
    odd = await read(Adapter(odd="1"), None, "1", "2")
    assert [type(odd[one]).__name__ for one in ("1", "2")] == ["Unreadable", "Evidence"]


async def test_a_lease_is_asked_for_once_however_many_want_it() -> None:
    connector = Connector()
    tokens = LeasedTokens(Leases(connector, lambda: NOW), WORKSPACE, CONNECTION)
    assert await connector.while_asked(*(tokens.current() for _ in range(20))) == ["t1"] * 20
    assert connector.calls == [("/lease", None)]


async def test_a_refused_token_is_reported_once_however_many_noticed() -> None:
    connector = Connector()
    leases = Leases(connector, lambda: NOW)
    tokens = LeasedTokens(leases, WORKSPACE, CONNECTION)
    old = await tokens.current()
    assert set(await connector.while_asked(*(tokens.refused(old) for _ in range(20)))) == {"t2"}
    assert connector.calls == [("/lease", None), ("/lease/refused", {"token_version": 1})]
    leases.forget(CONNECTION)
    await tokens.current()
    assert len(connector.calls) == 3


async def test_a_lease_shows_no_token() -> None:
    assert "t1" not in repr(await Leases(Connector(), lambda: NOW).current(WORKSPACE, CONNECTION))


def prober(answers: dict[str, int], asked: list[str], **options: Any) -> PhotoProber:
    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(f"{request.method} {request.url}")
        if request.url.host == "silent":
            raise httpx.ConnectError("no route")
        return httpx.Response(answers.get(f"{request.method} {request.url.path}", 200))

    return PhotoProber(httpx.AsyncClient(transport=httpx.MockTransport(answer)), **options)


async def test_photos_are_asked_once_by_head_and_get_where_head_is_not_served() -> None:
    asked: list[str] = []
    reach = prober({"HEAD /404": 404, "HEAD /405": 405}, asked)
    urls = ["http://p/ok", "http://p/404", "http://p/405"]
    assert await reach(urls) == {"http://p/ok": True, "http://p/404": False, "http://p/405": True}
    await reach(urls)
    assert sorted(asked) == ["GET http://p/405", "HEAD http://p/404", "HEAD http://p/405", "HEAD http://p/ok"]


async def test_other_schemes_are_not_asked() -> None:
    asked: list[str] = []
    urls = ["file:///etc/passwd", "ftp://p/x", "javascript:alert(1)", "", "http://[", "//p/x"]
    assert await prober({}, asked)(urls) == dict.fromkeys(urls, False)
    assert asked == []


async def test_a_silent_host_is_given_up_after_a_few_photos() -> None:
    asked: list[str] = []
    urls = [f"http://silent/{number}" for number in range(50)]
    assert await prober({}, asked, concurrency=1)(urls) == dict.fromkeys(urls, False)
    assert len(asked) == 3


async def test_a_repaired_photo_is_seen_soon_and_a_good_one_is_not_asked_again() -> None:
    asked: list[str] = []
    answers = {"HEAD /broken": 404}
    now = [0.0]
    reach = prober(answers, asked, clock=lambda: now[0])
    urls = ["http://p/broken", "http://p/fine"]
    assert await reach(urls) == {"http://p/broken": False, "http://p/fine": True}
    del answers["HEAD /broken"]
    now[0] = 6.0
    assert await reach(urls) == dict.fromkeys(urls, True)
    assert asked.count("HEAD http://p/fine") == 1
