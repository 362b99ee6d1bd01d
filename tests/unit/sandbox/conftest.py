"""A sandbox in this process with 40 generated products and no rate limit in the way."""

from collections.abc import AsyncIterator

import pytest
from support.etsy_seller import EtsySeller

from truestock.sandbox.app import build
from truestock.sandbox.catalog import generate
from truestock.sandbox.settings import Settings

BASE = "http://sandbox.test"


@pytest.fixture
async def seller() -> AsyncIterator[EtsySeller]:
    """An application that nobody authorized yet."""
    app = build(Settings(base=BASE, per_second=10_000, per_day=1_000_000), generate(40, 7))
    async with EtsySeller(app, BASE) as seller:
        yield seller


@pytest.fixture
async def main(seller: EtsySeller) -> EtsySeller:
    """An application that the first seller authorized."""
    await seller.login("main")
    return seller
