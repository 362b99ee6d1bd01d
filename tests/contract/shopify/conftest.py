"""Without SPECS there is no schema of Shopify's to compare with: those tests are not collected then."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from graphql import GraphQLSchema, build_schema
from support.shopify_seller import BASE, ShopifySeller

from truestock.sandbox.app import build
from truestock.sandbox.catalog import Catalog, generate
from truestock.sandbox.settings import Settings

SCHEMA = "shopify/admin_2024-04.graphql"

collect_ignore = [] if os.environ.get("SPECS") else ["test_shopify_schema.py"]


@pytest.fixture(scope="session")
def official() -> GraphQLSchema:
    """Shopify's schema; a missing file is an error."""
    text = (Path(os.environ["SPECS"]) / SCHEMA).read_text("utf-8")
    return build_schema(text, assume_valid=True)


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """A generated catalogue."""
    return generate(300, 11)


@pytest.fixture
async def seller(catalog: Catalog) -> AsyncIterator[ShopifySeller]:
    """A connected shop with that catalogue, and no limit that matters."""
    app = build(Settings(base=BASE, per_second=10_000, marketplaces=("shopify",)), catalog)
    async with ShopifySeller(app) as seller:
        await seller.connect()
        yield seller
