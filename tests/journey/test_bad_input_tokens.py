"""A token that proves nothing opens nothing, on any route of any service."""

import base64
import json
from uuid import uuid4

import httpx
import pytest
from support.furnished import Furnished
from support.journey import issue
from support.operations import SERVICES, Operation, operations, wrong

from truestock.local.stack import Stack

LONG_AGO_S = -3600
READS = {
    "connector": "/v1/connections",
    "importer": "/v1/batches",
    "inventory": "/v1/items",
    "validator": "/v1/verdicts",
}


@pytest.fixture(scope="session")
async def routes(stack: Stack, http: httpx.AsyncClient) -> list[Operation]:
    """All operations of the four services."""
    return await operations(stack, http)


async def bad_tokens(stack: Stack, http: httpx.AsyncClient, furnished: Furnished) -> dict[str, str | None]:
    """Headers that must be refused, by what is wrong with them."""
    workspace = furnished.business.workspace
    good = furnished.business.tokens["admin"]
    header, claims, signature = good.split(".")
    unsigned = base64.urlsafe_b64encode(json.dumps({"alg": "none"}).encode()).decode().rstrip("=")
    promoted = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    promoted["workspace_id"] = str(uuid4())
    forged = base64.urlsafe_b64encode(json.dumps(promoted).encode()).decode().rstrip("=")

    async def issued(**options: object) -> str:
        return "Bearer " + await issue(stack, http, "admin", "admin", workspace, **options)

    return {
        "missing": None,
        "another scheme": "Basic YWRtaW46YWRtaW4=",
        "empty": "Bearer",
        "garbage": "Bearer garbage",
        "three garbage parts": "Bearer a.b.c",
        "expired": await issued(ttl=LONG_AGO_S),
        "signed with another key": await issued(foreign_key=True),
        "for another audience": await issued(audience="somebody-else"),
        "for a service": await issued(audience="truestock-inventory"),
        "of another issuer": "Bearer "
        + await _with_claims(stack, http, furnished, {"iss": "https://issuer.example"}),
        "without a workspace": "Bearer " + await _with_claims(stack, http, furnished, {"workspace_id": None}),
        "not signed": f"Bearer {unsigned}.{claims}.",
        "with changed claims": f"Bearer {header}.{forged}.{signature}",
        "very long": "Bearer " + "a" * 9_000,
    }


async def _with_claims(
    stack: Stack, http: httpx.AsyncClient, furnished: Furnished, claims: dict[str, object]
) -> str:
    workspace = str(furnished.business.workspace)
    usual = {"sub": "somebody", "roles": ["admin"], "workspace_id": workspace}
    answer = await http.post(
        f"{stack.endpoints.sandbox}/control/issuer/token", json={"claims": {**usual, **claims}}
    )
    assert answer.is_success, answer.text
    return str(answer.json()["access_token"])


async def test_every_bad_token_is_refused_by_every_service(
    stack: Stack, http: httpx.AsyncClient, furnished: Furnished
) -> None:
    before = await furnished.state()
    tokens = await bad_tokens(stack, http, furnished)
    problems = []
    for service in SERVICES:
        base, path = getattr(stack.endpoints, service), READS[service]
        for what, header in tokens.items():
            probe = Operation(service, "GET", f"{path} ({what})", False, False, ())
            answer = await http.get(
                f"{base}{path}", headers={"authorization": header} if header is not None else {}
            )
            problems += wrong(answer, 401, probe, "invalid_token")
            if header and header.removeprefix("Bearer ").strip() and header.split()[-1] in answer.text:
                problems.append(f"{probe.name} quotes the token")
    assert not problems, "\n".join(problems)
    assert await furnished.state() == before


@pytest.mark.parametrize("token", ["missing", "expired"])
async def test_no_route_answers_without_a_token_that_holds(
    stack: Stack, http: httpx.AsyncClient, furnished: Furnished, routes: list[Operation], token: str
) -> None:
    header = (await bad_tokens(stack, http, furnished))[token]
    problems = []
    for operation in routes:
        headers = {"if-match": '"1"', "x-workspace-id": str(furnished.business.workspace)}
        answer = await http.request(
            operation.method,
            getattr(stack.endpoints, operation.service) + operation.url(furnished.ids),
            json=operation.body(furnished.ids),
            headers=headers | ({"authorization": header} if header else {}),
        )
        problems += wrong(answer, 401, operation, "invalid_token")
        if not answer.headers.get("www-authenticate", "").startswith("Bearer"):
            problems.append(f"{operation.name}: no WWW-Authenticate")
    assert not problems, "\n".join(problems)


async def test_a_role_that_does_not_suffice_is_refused_on_every_command(
    furnished: Furnished, routes: list[Operation]
) -> None:
    before = await furnished.state()
    problems = []
    commands = [one for one in routes if one.method != "GET" and not one.is_internal]
    for operation in commands:
        weaker = ("viewer", "operator") if operation.path.endswith("/waive") else ("viewer",)
        for who in weaker:
            answer = await furnished.business.call(
                operation.service,
                operation.method,
                operation.url(furnished.ids),
                operation.body(furnished.ids),
                who=who,
                revision=1,
            )
            problems += wrong(answer, 403, operation, "forbidden")
    assert not problems, "\n".join(problems)
    assert len(commands) > 20
    assert await furnished.state() == before
