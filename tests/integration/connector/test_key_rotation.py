"""The key-encryption key is replaced while two processes lend and renew access: no read fails."""

import asyncio
import base64
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from support.connector_borrowers import PATIENT, Borrower, Load
from support.connector_rows import Rows
from support.connector_sellers import connected
from support.connector_world import Operator, connector_unit
from support.postgres import MakeDatabase, TestServer
from support.waiting import eventually

from truestock.local.broker import Broker
from truestock.local.runs import Run
from truestock.local.units import Unit


@dataclass
class KeyFile:
    """A mounted key file that is replaced in one step, as Kubernetes does it."""

    path: Path
    keys: dict[str, str] = field(default_factory=dict, repr=False)

    def write(self, *names: str) -> None:
        """These keys, the newest first."""
        for name in names:
            self.keys.setdefault(name, base64.b64encode(os.urandom(32)).decode())
        draft = self.path.with_suffix(".new")
        draft.write_text("".join(f"{name}:{self.keys[name]}\n" for name in names))
        draft.replace(self.path)


@pytest.fixture
def key_file(tmp_path: Path) -> KeyFile:
    """With one key."""
    file = KeyFile(tmp_path / "keys")
    file.write("old")
    return file


@pytest.fixture
async def own_rows(
    database: MakeDatabase,
    postgres: TestServer,
    run: Run,
    shops: Unit,
    broker: Broker,
    key_file: KeyFile,
) -> AsyncIterator[tuple[Rows, list[str]]]:
    """A database of its own, and the addresses of two processes on it that read the key file."""
    urls = await database("connector")
    settings = {"TRUESTOCK_KEYS": "", "TRUESTOCK_KEYS_FILE": str(key_file.path)}
    first = connector_unit(run, "connector-keys-a", urls, shops, broker.bootstrap, changed=settings)
    second = connector_unit(
        run, "connector-keys-b", urls, shops, broker.bootstrap, first.url, changed=settings
    )
    await asyncio.gather(first.start(), second.start())
    async with Rows.of(postgres.superuser_url(urls.name)) as rows:
        yield rows, [first.url, second.url]
    await asyncio.gather(first.stop(), second.stop())


async def test_a_key_is_replaced_under_load_without_a_failed_read(
    own_rows: tuple[Rows, list[str]], shops: Unit, key_file: KeyFile
) -> None:
    rows, urls = own_rows
    load = Load()
    async with httpx.AsyncClient(timeout=PATIENT) as http:
        olga = Operator(urls[0], shops.url, http)
        read = [await Borrower.of(olga, (await connected(olga, "etsy"))[1], http) for _ in range(2)]
        renewed = await Borrower.of(olga, (await connected(olga, "shopify"))[1], http)
        borrowing = [
            *(asyncio.create_task(load.read(one, url)) for one, url in zip(read, urls, strict=True)),
            *(asyncio.create_task(load.renew(renewed, url)) for url in urls),
        ]

        async def served(more: int) -> None:
            wanted = load.served + more
            await eventually(lambda: load.failed or load.served >= wanted)

        try:
            await served(10)
            assert await rows.wrapped_with("old") >= 6
            key_file.write("old", "new")
            await served(10)
            assert await rows.wrapped_with("new") == 0, "known, but not in use yet"
            key_file.write("new", "old")

            async def moved() -> bool:
                return await rows.wrapped_with("old") == 0

            await eventually(moved, message="the sweep did not wrap everything anew")
            await served(10)
            await eventually(moved, message="something is still wrapped with the old key")
            key_file.write("new")
            await served(40)
        finally:
            load.over.set()
            await asyncio.gather(*borrowing)
        assert load.failed == []
        assert await rows.wrapped_with("new") >= 6
