"""Without SPECS there is nothing of eBay's to compare with: that test is not collected then."""

import os
from collections.abc import AsyncIterator

import pytest
from support.ebay_seller import EbaySeller

collect_ignore = [] if os.environ.get("SPECS") else ["test_ebay_specifications.py"]


@pytest.fixture
async def seller() -> AsyncIterator[EbaySeller]:
    """A sandbox whose first seller has a generated catalogue of 300 products."""
    async with EbaySeller(products=300, seed=11) as seller:
        yield seller
