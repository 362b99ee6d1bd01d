"""What the adapter sends is what Etsy's official OpenAPI document describes, with scopes that cover it.

``operations.json`` holds what that document (January 2024) says of the operations we use. With SPECS set, the
excerpt is compared with the document itself.
"""

import json
import os
import re
from pathlib import Path
from typing import Any

import httpx
from jsonschema import Draft202012Validator
from support.etsy_shop import EtsyShop, listing

from truestock.marketplaces import registry
from truestock.marketplaces.etsy.reads import STATES

OPERATIONS: dict[str, Any] = json.loads((Path(__file__).parent / "operations.json").read_text("utf-8"))
LISTINGS = "GET /v3/application/shops/{shop_id}/listings"
DOCUMENT = "etsy/openapi_v3_2024-01.json"
ETSY = registry.get("etsy")


async def _requests() -> list[httpx.Request]:
    """Everything that the adapter can send."""
    shop = EtsyShop([listing(n) for n in range(120)])
    adapter, api = shop.api()
    await adapter.account(api)
    await adapter.granted_scopes(api)
    await adapter.settings(api)
    page = await adapter.page(api, None)
    await adapter.page(api, page.next_cursor)
    await adapter.read(api, [raw.listing_id for raw in page.raws])
    return shop.requests


def _operation(request: httpx.Request) -> str:
    for name in OPERATIONS:
        method, template = name.split()
        if method == request.method and re.fullmatch(
            re.sub(r"\{[^}]+\}", r"\\d+", template), request.url.path
        ):
            return name
    raise AssertionError(f"{request.method} {request.url.path} is not in the specification")


def _typed(schema: dict[str, Any], text: str) -> Any:
    if schema["type"] == "array":
        return [_typed(schema["items"], part) for part in text.split(",")]
    return int(text) if schema["type"] == "integer" and text.isdigit() else text


async def test_every_request_is_an_operation_with_known_and_valid_parameters() -> None:
    requests = await _requests()
    assert {_operation(request) for request in requests} == set(OPERATIONS)
    for request in requests:
        operation = OPERATIONS[_operation(request)]
        for name, text in request.url.params.items():
            assert name in operation["query"], f"{request.url.path} has no parameter {name}"
            Draft202012Validator(operation["query"][name]).validate(_typed(operation["query"][name], text))
        form = httpx.QueryParams(request.content.decode())
        assert set(form) == set(operation["form"])
        assert request.headers["x-api-key"] == "app"
        assert request.headers["authorization"] == "Bearer t1"


async def test_the_scopes_that_are_asked_for_are_exactly_those_needed() -> None:
    needed = {scope for request in await _requests() for scope in OPERATIONS[_operation(request)]["scopes"]}
    assert needed == set(ETSY.oauth.required_scopes)


def test_all_states_of_the_specification_are_read() -> None:
    assert set(STATES) == set(OPERATIONS[LISTINGS]["query"]["state"]["enum"])
    assert OPERATIONS[LISTINGS]["query"]["limit"]["maximum"] == ETSY.batch_size == 100


def test_the_excerpt_says_what_the_document_says() -> None:
    folder = os.environ.get("SPECS")
    if not folder:
        return
    document = json.loads((Path(folder) / DOCUMENT).read_text("utf-8"))
    for name, excerpt in OPERATIONS.items():
        method, path = name.split()
        operation = document["paths"][path][method.lower()]
        query = {
            one["name"]: one["schema"] for one in operation.get("parameters", []) if one["in"] == "query"
        }
        assert set(query) == set(excerpt["query"]), name
        for parameter, schema in excerpt["query"].items():
            assert schema.items() <= query[parameter].items(), f"{name} {parameter}"
        scopes = {one for way in operation.get("security") or [] for one in way.get("oauth2", [])}
        assert scopes == set(excerpt["scopes"]), name
    flow = document["components"]["securitySchemes"]["oauth2"]["flows"]["authorizationCode"]
    assert ETSY.oauth.authorize_url == flow["authorizationUrl"]
    assert set(ETSY.oauth.required_scopes) <= set(flow["scopes"])
