"""Another workspace's ids are as unknown as ids that nothing has, on every route."""

from typing import Any

import httpx
import pytest
from support.furnished import Furnished
from support.journey import Business, issue
from support.operations import NOBODY, Operation, operations, wrong
from support.waiting import eventually

from truestock.local.stack import Stack


@pytest.fixture(scope="session")
async def routes(stack: Stack, http: httpx.AsyncClient) -> list[Operation]:
    """All operations of the four services."""
    return await operations(stack, http)


async def send(
    business: Business, operation: Operation, ids: dict[str, str], revision: int
) -> httpx.Response:
    """The operation, as the business' admin, about these ids."""
    return await business.call(
        operation.service,
        operation.method,
        operation.url(ids),
        operation.body(ids),
        who="admin",
        revision=revision if operation.needs_revision else None,
    )


@pytest.mark.parametrize("whose", ["another workspace's", "nobody's"])
async def test_no_route_knows_an_id_that_is_not_the_workspaces(
    furnished: Furnished, business: Business, routes: list[Operation], whose: str
) -> None:
    nobodys = dict.fromkeys(furnished.ids, NOBODY)
    ids = furnished.ids if whose == "another workspace's" else nobodys
    before = await furnished.state()
    problems: list[str] = []
    tried = 0
    for operation in routes:
        if operation.is_internal or not operation.names_something:
            continue
        answer = await send(business, operation, ids, revision=1)
        tried += 1
        if operation.path == "/v1/held/decide":  # decided in bulk, answered one by one
            [result] = answer.json()["results"]
            problems += [] if result["problem"]["code"] == "not_found" else [f"{operation.name}: {result}"]
        else:
            problems += wrong(answer, 404, operation, "not_found")
    assert not problems, "\n".join(problems)
    assert tried > 30
    assert await furnished.state() == before


async def test_lists_filtered_by_another_workspaces_ids_are_empty(
    furnished: Furnished, business: Business, routes: list[Operation]
) -> None:
    problems: list[str] = []
    tried = 0
    for operation in routes:
        filters = {name: furnished.ids[name] for name in operation.query if name in furnished.ids}
        if operation.is_internal or operation.method != "GET" or "{" in operation.path:
            continue
        for name, value in (filters or {"limit": "10"}).items():
            path = f"{operation.path}?{name}={value}"
            answer = await business.call(operation.service, "GET", path, who="admin")
            tried += 1
            problems += _nothing(operation, answer)
    assert not problems, "\n".join(problems)
    assert tried > 15


def _nothing(operation: Operation, answer: httpx.Response) -> list[str]:
    """Complaints about a list that shows something to a workspace that has nothing."""
    if answer.status_code == 404:
        return wrong(answer, 404, operation, "not_found")
    shown: Any = answer.json()
    if operation.path in ("/v1/policies", "/v1/marketplaces"):
        return []  # the workspace's own settings, and what can be connected
    rows = shown.get("items", 0) if operation.path == "/v1/summary" else len(shown["items"])
    return [f"{operation.name} shows {rows}"] if answer.status_code != 200 or rows else []


async def test_internal_routes_know_the_named_workspace_only_and_no_people(
    furnished: Furnished, business: Business, routes: list[Operation], stack: Stack, http: httpx.AsyncClient
) -> None:
    before = await furnished.state()
    internal = [operation for operation in routes if operation.is_internal]
    assert len(internal) >= 4
    problems: list[str] = []
    for operation in internal:
        base = getattr(stack.endpoints, operation.service)
        service_token = await issue(
            stack,
            http,
            "importer",
            "service",
            business.workspace,
            audience=f"truestock-{operation.service}",
        )
        for token in (service_token, furnished.business.tokens["admin"]):
            answer = await http.request(
                operation.method,
                f"{base}{operation.url(furnished.ids)}",
                params={name: furnished.ids[name] for name in operation.query},
                json=operation.body(furnished.ids),
                headers={
                    "authorization": f"Bearer {token}",
                    "x-workspace-id": str(business.workspace),
                },
            )
            if token != service_token:
                problems += wrong(answer, 401, operation)
            elif operation.path.endswith("/undo") and answer.status_code == 200:
                taken = {name: answer.json()[name] for name in ("archive", "unlink")}
                problems += [f"{operation.name}: {taken}"] if any(taken.values()) else []
            else:
                problems += wrong(answer, 404, operation)
    assert not problems, "\n".join(problems)
    assert await furnished.state() == before


async def test_the_furnished_business_reaches_what_others_cannot(
    furnished: Furnished, routes: list[Operation]
) -> None:
    """Without this the 404s above could be wrong addresses."""
    problems = []
    for operation in routes:
        if operation.is_internal or operation.is_about_a_letter or operation.method != "GET":
            continue

        async def found(operation: Operation = operation) -> bool:
            answer = await send(furnished.business, operation, furnished.ids, 1)
            assert answer.status_code == 200, f"{operation.name}: {answer.text}"
            return True

        try:
            await eventually(found, 5)
        except AssertionError as error:
            problems.append(str(error))
    assert not problems, "\n".join(problems)
