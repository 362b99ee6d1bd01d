"""Live reads keep to the limit that all processes share; without an answer they go on all the same."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest
from support.validator_values import ACCOUNT, CONNECTION, WORKSPACE, evidence

from truestock.chassis.delivery import Transient
from truestock.contracts.listing import Evidence
from truestock.contracts.problem import not_found
from truestock.marketplaces.interface import RateGate, RawListing
from truestock.marketplaces.registration import Registration
from truestock.marketplaces.sharing import LimitsAway, Report
from truestock.validator.clients.leases import Leases
from truestock.validator.clients.limits import limits_through
from truestock.validator.clients.live import LiveReader
from truestock.validator.domain.following import Key
from truestock.validator.usecases.ports import Target

SHARE = f"/internal/v1/connections/{CONNECTION}/share"
LEASE = f"/internal/v1/connections/{CONNECTION}/lease"


def now() -> datetime:
    return datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class Connector:
    """Answers leases and shares; ``refusal`` is what comes instead of a share."""

    def __init__(self, refusal: Exception | None = None) -> None:
        self.asked: list[str] = []
        self.refusal = refusal

    async def post(
        self, path: str, *, workspace_id: UUID, json: Any = None, if_match: int | None = None
    ) -> Any:
        assert workspace_id == WORKSPACE
        self.asked.append(path)
        if path == LEASE:
            return {
                "access_token": "t",
                "token_version": 1,
                "expires_at": "2999-01-01T00:00:00+00:00",
                "account_id": ACCOUNT,
            }
        if self.refusal:
            raise self.refusal
        assert json["holder"].startswith("validator-")
        return {"per_second": None, "valid_for_ms": 60_000, "closed_for_ms": None}


class Adapter:
    """Passes the gate as an Api does."""

    batch_size = 1
    limits_per_account = True

    def api(self, http: httpx.AsyncClient, **access: Any) -> Any:
        return access["gate"]

    async def read(self, api: RateGate, ids: Sequence[str]) -> dict[str, RawListing | None]:
        await api.passage()
        return {one: RawListing(one, {}) for one in ids}

    def evidence(self, raw: RawListing) -> Evidence:
        return evidence(listing_id=raw.listing_id)


@pytest.mark.parametrize("refusal", [None, Transient("no answer"), not_found("connection", CONNECTION)])
async def test_reads_of_one_account_ask_once_and_go_on_whatever_comes(refusal: Exception | None) -> None:
    connector = Connector(refusal)
    adapter: Any = Adapter()
    registration = Registration(api_url="http://etsy", client_id="key")
    reader = LiveReader(
        httpx.AsyncClient(),
        Leases(connector, now),
        {"etsy": registration},
        now,
        adapters=lambda _: adapter,
        limits=limits_through(connector),
    )
    wanted = [Target(Key(WORKSPACE, CONNECTION, one), "etsy", ACCOUNT) for one in "123"]
    answers = await reader(wanted)
    assert all(isinstance(live, Evidence) for live in answers.values())
    assert connector.asked.count(SHARE) == 1


@pytest.mark.parametrize("refusal", [Transient("no answer"), not_found("connection", CONNECTION)])
async def test_what_the_connector_refuses_is_no_share(refusal: Exception) -> None:
    limits = limits_through(Connector(refusal))(WORKSPACE, CONNECTION)
    with pytest.raises(LimitsAway):
        await limits.share(Report())
