"""Shopify's own schema: every query is valid in it, and the sandbox answers nothing that it does not name."""

import os
from pathlib import Path
from typing import Any

import httpx
import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    execute_sync,
    parse,
    validate,
)
from support.catalogue_reading import read_all
from support.shopify_seller import ShopifySeller

from truestock.marketplaces.shopify import graph, queries
from truestock.marketplaces.shopify.oauth import OAUTH
from truestock.sandbox.shopify.cost import Pricing
from truestock.sandbox.shopify.querying import schema as served

ALL = {
    **{
        name: text
        for name, text in vars(queries).items()
        if name.isupper() and isinstance(text, str) and not name.startswith("_")
    },
    **queries.ONE_OF_EACH,
}
LARGEST: dict[str, dict[str, Any]] = {
    "PRODUCTS": {"first": queries.PAGE, **queries.SIZES},
    "PRODUCTS_BY_ID": {"ids": ["1"] * queries.PAGE, **queries.SIZES},
    "VARIANTS_OF": {"id": "1", "first": queries.MORE_VARIANTS, "levels": queries.LEVELS},
    "PHOTOS_OF": {"id": "1", "first": queries.MORE_PHOTOS},
    "LEVELS_OF": {"ids": ["1"] * queries.ITEMS, "first": queries.MORE_LEVELS},
    "LOCATIONS_OF_SHOP": {"first": queries.LOCATIONS},
}
OUTSIDE = {"/admin/oauth/authorize", "/admin/oauth/access_token"}
"""OAuth is no part of a GraphQL schema: these operations follow Shopify's guides."""
TOKENS = {"/admin/oauth/access_token"}
"""What of it the sandbox's log of requests holds."""


def test_there_are_queries() -> None:
    assert len(ALL) == 11
    assert graph.VERSION in str(next((Path(os.environ["SPECS"]) / "shopify").glob("*.graphql")))


@pytest.mark.parametrize("name", ALL)
def test_every_query_is_valid(official: GraphQLSchema, name: str) -> None:
    assert validate(official, parse(ALL[name])) == []


@pytest.mark.parametrize("name", ALL)
def test_no_query_selects_what_is_deprecated(official: GraphQLSchema, name: str) -> None:
    from graphql.validation import NoDeprecatedCustomRule

    assert validate(official, parse(ALL[name]), [NoDeprecatedCustomRule]) == []


def test_a_misspelt_field_would_be_noticed(official: GraphQLSchema) -> None:
    wrong = queries.PRODUCTS.replace("barcode", "barcodes")
    assert any(error.message.startswith("Cannot query field") for error in validate(official, parse(wrong)))


@pytest.mark.parametrize("name", ALL)
def test_every_query_stays_within_the_limit_for_one(official: GraphQLSchema, name: str) -> None:
    cost = Pricing(official, parse(ALL[name]), LARGEST.get(name, {})).requested()
    assert 0 < cost <= 1_000
    if name in {"PRODUCTS", "PRODUCTS_BY_ID", "VARIANTS_OF"}:
        assert cost > 900, "and is not much smaller than it may be"


async def test_every_request_and_its_variables_are_valid(
    official: GraphQLSchema, seller: ShopifySeller
) -> None:
    sent: list[httpx.Request] = []
    adapter, api = seller.api(lambda response: sent.append(response.request))
    for read in (adapter.account, adapter.settings, adapter.granted_scopes, adapter.check):
        await read(api)
    raws = await read_all(adapter, api)
    await adapter.read(api, [raw.listing_id for raw in raws])
    assert len(sent) > 40
    for request in sent:
        asked = httpx.Response(200, content=request.content).json()
        document = parse(asked["query"])
        assert validate(official, document) == []
        wrong = execute_sync(official, document, root_value={}, variable_values=asked["variables"]).errors
        assert not any("Variable" in error.message for error in wrong or [])


def test_what_the_sandbox_serves_is_a_part_of_shopifys_schema(official: GraphQLSchema) -> None:
    """The same names, types and arguments: so every answer of the sandbox is one that Shopify may give."""
    mine = served()
    checked = 0
    for name, kind in mine.type_map.items():
        if name.startswith("__"):
            continue
        theirs = official.type_map[name]
        assert type(theirs).__name__ == type(kind).__name__, name
        if isinstance(kind, GraphQLEnumType):
            assert set(kind.values) <= set(theirs.values), name  # type: ignore[attr-defined] # the same kind
        if not isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            continue
        assert isinstance(theirs, GraphQLObjectType | GraphQLInterfaceType)
        assert {one.name for one in kind.interfaces} <= {one.name for one in theirs.interfaces}, name
        for field, mine_field in kind.fields.items():
            theirs_field = theirs.fields[field]
            assert str(mine_field.type) == str(theirs_field.type), f"{name}.{field}"
            for argument, mine_argument in mine_field.args.items():
                official_argument = theirs_field.args[argument]
                assert str(mine_argument.type) == str(official_argument.type), f"{name}.{field}({argument})"
                assert mine_argument.default_value == official_argument.default_value or argument == "sortKey"
            checked += 1
    assert checked > 80
    assert official.query_type is official.type_map["QueryRoot"]


async def test_answers_have_the_shape_of_the_official_schema(
    official: GraphQLSchema, seller: ShopifySeller
) -> None:
    """Each answer, given back by the official schema: types and non-null are checked on the way."""
    for kind in official.type_map.values():
        if isinstance(kind, GraphQLInterfaceType):
            kind.resolve_type = _told_by_its_fields
    answers: list[httpx.Response] = []
    adapter, api = seller.api(answers.append)
    await adapter.account(api)
    await adapter.settings(api)
    await adapter.granted_scopes(api)
    page = await adapter.page(api, None)
    await adapter.read(api, [*(raw.listing_id for raw in page.raws[:3]), "1"])
    for answer in answers:
        asked = httpx.Response(200, content=answer.request.content).json()
        data = answer.json()["data"]
        again = execute_sync(
            official, parse(asked["query"]), root_value=data, variable_values=asked["variables"]
        )
        assert again.errors is None
        assert again.data == data


def _told_by_its_fields(value: dict[str, Any], *_: object) -> str:
    return "Product" if "variants" in value else "MediaImage" if "image" in value else "InventoryItem"


def test_the_schema_has_no_count_of_products(official: GraphQLSchema) -> None:
    root = official.query_type
    assert root is not None
    counts = [name for name in root.fields if "product" in name.lower() and "count" in name.lower()]
    assert counts == []


async def test_what_no_schema_describes_is_oauth_alone(seller: ShopifySeller) -> None:
    adapter, api = seller.api()
    await adapter.page(api, None)
    await seller.connect()
    log = await seller.control("GET", "/requests?marketplace=shopify")
    paths = {one["path"].removeprefix(f"/shopify/{seller.store}") for one in log["requests"]}
    assert paths - {graph.PATH} == TOKENS
    assert {OAUTH.authorize_url, OAUTH.token_url} == {f"https://{{store}}{path}" for path in OUTSIDE}


def test_a_missing_schema_fails_and_is_not_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPECS", str(tmp_path))
    with pytest.raises(FileNotFoundError):
        (Path(os.environ["SPECS"]) / "shopify/admin_2024-04.graphql").read_text("utf-8")
