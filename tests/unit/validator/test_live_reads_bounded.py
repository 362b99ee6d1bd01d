"""Live reads go out in batches, and never more of them at once per connection than allowed."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from support.validator_values import ACCOUNT, CONNECTION, WORKSPACE, evidence
from support.waiting import eventually

from truestock.contracts.listing import Evidence
from truestock.marketplaces.interface import RawListing
from truestock.marketplaces.registration import Registration
from truestock.validator.clients.leases import Leases
from truestock.validator.clients.live import LiveReader, Patience
from truestock.validator.domain.following import Key
from truestock.validator.usecases.ports import Target

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
OTHER = UUID(int=77)
AT_ONCE, BATCH = 3, 10


class Connector:
    """A token for whoever asks."""

    async def post(
        self, path: str, *, workspace_id: UUID, json: Any = None, if_match: int | None = None
    ) -> Any:
        expires = (NOW + timedelta(hours=1)).isoformat()
        return {"access_token": "t", "token_version": 1, "expires_at": expires, "account_id": ACCOUNT}


class Marketplace:
    """Holds every answer back until ``open`` is set; listings of OTHER begin with "other"."""

    batch_size = BATCH
    limits_per_account = False

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.under_way = {"own": 0, "other": 0}
        self.most = {"own": 0, "other": 0}
        self.sizes: list[int] = []

    def api(self, http: httpx.AsyncClient, **access: Any) -> None:
        return None

    async def read(self, api: None, ids: Sequence[str]) -> dict[str, RawListing | None]:
        whose = ids[0].partition("-")[0]
        self.sizes.append(len(ids))
        self.under_way[whose] += 1
        self.most[whose] = max(self.most[whose], self.under_way[whose])
        await self.open.wait()
        self.under_way[whose] -= 1
        return {one: RawListing(one, {}) for one in ids}

    def evidence(self, raw: RawListing) -> Evidence:
        return evidence(listing_id=raw.listing_id)


def targets(whose: str, connection_id: UUID, count: int) -> list[Target]:
    keys = (Key(WORKSPACE, connection_id, f"{whose}-{number}") for number in range(count))
    return [Target(key, "etsy", ACCOUNT) for key in keys]


async def test_batches_are_read_at_once_up_to_the_bound_of_each_connection() -> None:
    marketplace = Marketplace()
    read = LiveReader(
        httpx.AsyncClient(),
        Leases(Connector(), lambda: NOW),
        {"etsy": Registration(api_url="http://etsy", client_id="key")},
        lambda: NOW,
        patience=Patience(concurrency=AT_ONCE),
        adapters=lambda _: marketplace,  # type: ignore[arg-type,return-value]  # the part that reading needs
    )
    own = [targets("own", CONNECTION, 45), targets("own", CONNECTION, 50)[45:]]
    other = targets("other", OTHER, 50)
    # Two calls share a connection's bound; another connection has its own.
    reading = [asyncio.create_task(read(wanted)) for wanted in ([*own[0], *other], own[1])]
    await eventually(lambda: marketplace.under_way == {"own": AT_ONCE, "other": AT_ONCE})
    marketplace.open.set()
    answers = [key for part in await asyncio.gather(*reading) for key in part]
    assert marketplace.most == {"own": AT_ONCE, "other": AT_ONCE}
    assert len(answers) == 100
    assert sorted(marketplace.sizes) == [5, 5, *[BATCH] * 9]
