"""Generated catalogues."""

import re

import pytest

from truestock.sandbox.catalog import Catalog, ProductState, generate


@pytest.fixture(scope="module")
def thousand() -> Catalog:
    return generate(1_000, 7)


def test_the_same_seed_gives_the_same_products(thousand: Catalog) -> None:
    assert generate(1_000, 7) == thousand
    assert generate(1_000, 8) != thousand


def test_a_larger_catalogue_begins_with_the_smaller_one(thousand: Catalog) -> None:
    assert thousand.products[:25] == generate(25, 7).products


@pytest.mark.parametrize("count", [25, 1_000])
def test_every_kind_of_listing_occurs(count: int) -> None:
    products = generate(count, 7).products
    variants = [variant for product in products for variant in product.variants]
    skus = [variant.sku for variant in variants if variant.sku]
    assert any(len(product.option_names) == 2 for product in products)
    assert any(len(product.option_names) == 1 for product in products)
    assert any(re.search(r"\w+, \w+ and \w+", product.description) for product in products)
    assert any(variant.sku is None for variant in variants)
    assert len(set(skus)) < len(skus)
    assert any(variant.quantity == 0 for variant in variants)
    assert any(variant.quantity is None for variant in variants)
    assert any(len(product.photos) >= 8 for product in products)
    assert any(not product.photos for product in products)
    assert any(len(product.title) > 110 for product in products)
    assert any(not product.title.isascii() for product in products)
    assert {product.state for product in products} == set(ProductState)
    assert len({product.category for product in products}) > 5


def test_nothing_is_longer_than_a_marketplace_holds(thousand: Catalog) -> None:
    assert max(len(product.title) for product in thousand.products) <= 140
    assert max(len(product.photos) for product in thousand.products) <= 10
    for product in thousand.products:
        assert all(len(variant.values) == len(product.option_names) for variant in product.variants)


def test_a_negative_count_is_refused() -> None:
    with pytest.raises(ValueError, match="-1"):
        generate(-1, 7)
