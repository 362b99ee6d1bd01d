"""Live reads of up to 100 listings a request, and whether primary photos answer."""

import asyncio
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx
import orjson

BATCH = 100
CONCURRENCY = 4


class Reader:
    """Reads from one marketplace; photos that answered are not asked again."""

    def __init__(self, api_url: str, token: str, client_id: str) -> None:
        headers = {"authorization": f"Bearer {token}", "x-api-key": client_id}
        self._http = httpx.AsyncClient(base_url=api_url, headers=headers, timeout=20.0, trust_env=False)
        self._photos = httpx.AsyncClient(timeout=3.0, trust_env=False)
        self._slots: dict[UUID, asyncio.Semaphore] = {}
        self._heads = asyncio.Semaphore(32)
        self._answered: set[str] = set()

    async def listings(self, connection_id: UUID, ids: Sequence[str]) -> dict[str, Any]:
        """By id; what the marketplace does not know is left out."""
        chunks = [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]
        found = await asyncio.gather(*(self._chunk(connection_id, chunk) for chunk in chunks))
        return {str(one["listing_id"]): one for listings in found for one in listings}

    async def _chunk(self, connection_id: UUID, ids: Sequence[str]) -> list[Any]:
        async with self._slots.setdefault(connection_id, asyncio.Semaphore(CONCURRENCY)):
            params = {"listing_ids": ",".join(ids), "includes": "Images,Inventory"}
            answer = await self._http.get("/listings/batch", params=params)
            answer.raise_for_status()
            results: list[Any] = orjson.loads(answer.content)["results"]
            return results

    async def photos(self, urls: Iterable[str]) -> set[str]:
        """Those that do not answer."""
        asking = [url for url in dict.fromkeys(urls) if url not in self._answered]
        fine = await asyncio.gather(*(self._head(url) for url in asking))
        self._answered |= {url for url, ok in zip(asking, fine, strict=True) if ok}
        return {url for url, ok in zip(asking, fine, strict=True) if not ok}

    async def _head(self, url: str) -> bool:
        async with self._heads:
            try:
                return (await self._photos.head(url)).is_success
            except httpx.HTTPError:
                return False


def seen(listing: Any) -> tuple[str, list[str], dict[str, tuple[int | None, Decimal | None]]]:
    """Title, photos in order, and quantity and price by SKU."""
    photos = [image["url_fullxfull"] for image in sorted(listing["images"], key=lambda image: image["rank"])]
    variants = {}
    for product in listing["inventory"]["products"]:
        offering = product["offerings"][0]
        price = offering.get("price")
        amount = Decimal(price["amount"]) / price["divisor"] if price else None
        variants[product["sku"]] = (offering.get("quantity"), amount)
    return listing["title"], photos, variants
