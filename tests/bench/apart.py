"""What the HTTP reads cost by themselves: CPU time of the readers without the pipeline around them."""

import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx
from bench.handwritten.reading import Reader, seen
from bench.world import World

from truestock.local.marketplaces import CLIENT_ID
from truestock.marketplaces.registration import Registration
from truestock.validator.clients.leases import Leases
from truestock.validator.clients.live import LiveReader
from truestock.validator.clients.photos import PhotoProber
from truestock.validator.domain.following import Key
from truestock.validator.usecases.ports import Target

_TIMES = 3


async def reads_us(world: World) -> dict[str, dict[str, float]]:
    """Microseconds of CPU per listing (batched live read) and per photo (one HEAD), by reader."""
    return {"ours": await _ours(world), "handwritten": await _handwritten(world)}


class _OneToken:
    def __init__(self, world: World) -> None:
        self._shop = world.shop

    async def post(
        self, path: str, *, workspace_id: UUID, json: object = None, if_match: int | None = None
    ) -> Mapping[str, object]:
        """What the connector would answer."""
        return {
            "access_token": self._shop.token,
            "token_version": 1,
            "expires_at": (datetime.now(UTC) + timedelta(days=1)).isoformat(),
            "account_id": self._shop.account_id,
        }


async def _ours(world: World) -> dict[str, float]:
    def now() -> datetime:
        return datetime.now(UTC)

    registration = Registration(api_url=world.shop.api_url, client_id=CLIENT_ID)
    async with httpx.AsyncClient(timeout=20.0, trust_env=False) as http:
        read = LiveReader(http, Leases(_OneToken(world), now), {"etsy": registration}, now)
        workspace, connection = uuid4(), uuid4()
        targets = [
            Target(Key(workspace, connection, listing.listing_id), "etsy", world.shop.account_id)
            for listing, _ in world.shop.listings
        ]
        listing_us = await _cpu_us(lambda: read(targets), len(targets))
        probe = PhotoProber(http, remember_s=0.0)
        urls = [listing.photos[0].url for listing, _ in world.shop.listings]
        return {"listing": listing_us, "photo": await _cpu_us(lambda: probe(urls), len(urls))}


async def _handwritten(world: World) -> dict[str, float]:
    reader = Reader(world.shop.api_url, world.shop.token, CLIENT_ID)
    ids = [listing.listing_id for listing, _ in world.shop.listings]

    async def read() -> None:
        for listing in (await reader.listings(uuid4(), ids)).values():
            seen(listing)

    return {"listing": await _cpu_us(read, len(ids))}


async def _cpu_us(work: Callable[[], Awaitable[object]], count: int) -> float:
    await work()
    started = time.process_time()
    for _ in range(_TIMES):
        await work()
    return (time.process_time() - started) / _TIMES / count * 1e6
