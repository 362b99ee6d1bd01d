"""WooCommerce's documentation, where SPECS names a folder with it (then a missing file is an error).

Without SPECS the tests about the documentation are not collected.
"""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from support.woocommerce_docs import AUTHENTICATION, INTRODUCTION, PRODUCTS, VARIATIONS, Documentation
from support.woocommerce_seller import WooCommerceSeller

collect_ignore = [] if os.environ.get("SPECS") else ["test_woocommerce_documentation.py"]


@pytest.fixture(scope="session")
def documentation() -> Documentation:
    """The files that SPECS names."""
    folder = Path(os.environ["SPECS"]) / "woocommerce"
    names = (PRODUCTS, VARIATIONS, INTRODUCTION, AUTHENTICATION)
    return Documentation({name: (folder / name).read_text("utf-8") for name in names})


@pytest.fixture
async def seller() -> AsyncIterator[WooCommerceSeller]:
    """A sandbox whose first store has a generated catalogue of 300 products."""
    async with WooCommerceSeller(products=300, seed=11) as seller:
        yield seller
