"""Requests that are wrong in form: each is told what is wrong, and nothing happens."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from support.furnished import Furnished, revision_of
from support.operations import Operation, operations, wrong

from truestock.local.stack import Stack

WRONG_BODIES: tuple[tuple[str, Any], ...] = (
    ("an unknown field", {"bogus": True}),
    ("a list", [1, 2]),
    ("a number", 7),
    ("nothing", None),
)
NASTY = ("\u0000", "a\u0000b", "%", "'; DROP TABLE items; --", "💥" * 300, " ", "-1", "9" * 40, "../../etc")
"""Text that databases, paths and numbers stumble over."""
NO_JSON = (
    (b"{not json", 422),
    (b"\xff\xfe", 422),
    (b'{"reason": "\\ud800"}', 422),
    (b"[" * 5_000 + b"]" * 5_000, 400),
)
"""The last one is deeper than any parser follows."""


@pytest.fixture(scope="session")
async def routes(stack: Stack, http: httpx.AsyncClient) -> list[Operation]:
    """All operations for people."""
    return [one for one in await operations(stack, http) if not one.is_internal]


async def call(furnished: Furnished, operation: Operation, body: Any, **options: Any) -> httpx.Response:
    """The operation about the furnished business' own things, as its admin."""
    return await furnished.business.call(
        operation.service, operation.method, operation.url(furnished.ids), body, who="admin", **options
    )


async def test_a_body_of_the_wrong_shape_names_the_fields(
    furnished: Furnished, routes: list[Operation]
) -> None:
    before = await furnished.state()
    problems = []
    for operation in routes:
        if not operation.has_body:
            continue
        for what, body in WRONG_BODIES:
            answer = await call(furnished, operation, body, revision=1)
            problems += [f"{what}: {text}" for text in wrong(answer, 422, operation)]
            told = answer.json()
            named = [one["field"] for one in told.get("problems", [])]
            if answer.status_code == 422 and not named:
                problems.append(f"{operation.name}, {what}: no field is named in {told}")
            if what == "an unknown field" and not any("bogus" in field for field in named):
                problems.append(f"{operation.name}: the unknown field is not named in {named}")
    assert not problems, "\n".join(problems)
    assert await furnished.state() == before


async def test_what_is_no_json_is_refused(
    stack: Stack, http: httpx.AsyncClient, furnished: Furnished, routes: list[Operation]
) -> None:
    before = await furnished.state()
    problems = []
    for operation in routes:
        if not operation.has_body:
            continue
        for content, status in NO_JSON:
            answer = await http.request(
                operation.method,
                getattr(stack.endpoints, operation.service) + operation.url(furnished.ids),
                content=content,
                headers={
                    "authorization": f"Bearer {furnished.business.tokens['admin']}",
                    "content-type": "application/json",
                    "if-match": '"1"',
                },
            )
            problems += [f"{content[:20]!r}: {text}" for text in wrong(answer, status, operation)]
    assert not problems, "\n".join(problems)
    assert await furnished.state() == before


async def test_a_missing_stale_or_garbled_revision_is_refused(
    furnished: Furnished, routes: list[Operation]
) -> None:
    before = await furnished.state()
    problems = []
    commands = [one for one in routes if one.needs_revision]
    assert len(commands) > 15
    for operation in commands:
        body = operation.body(furnished.ids)
        for revision, status, code in (
            (None, 428, "revision_required"),
            (999_999, 412, None),
            (10**17, 412, None),
            ("x", 422, None),
        ):
            answer = await call(furnished, operation, body, revision=revision)
            problems += wrong(answer, status, operation, code)
    assert not problems, "\n".join(problems)
    assert await furnished.state() == before


def _broken(operation: Operation, ids: dict[str, str]) -> Iterator[tuple[str, Any]]:
    """Paths and bodies with one nasty value each."""
    for value in NASTY:
        for name in operation.query:
            yield httpx.URL(operation.url(ids)).copy_merge_params({name: value}).raw_path.decode(), None
        if operation.has_body:
            body = operation.body(ids)
            for field, kept in body.items():
                if isinstance(kept, str):
                    yield operation.url(ids), {**body, field: value}
                if isinstance(kept, list) and kept and isinstance(kept[0], str):
                    yield operation.url(ids), {**body, field: [value]}
    for name in ids:
        if f"{{{name}" in operation.path:
            for value in ("not-an-id", "%00", "%E2%80%AE", "9" * 300):
                yield operation.url({**ids, name: value}), operation.body(ids)
    if operation.has_body:
        for field, kept in operation.body(ids).items():
            if isinstance(kept, int) and not isinstance(kept, bool):
                for number in (10**30, -(10**30), 2**63, 1.5, "NaN"):
                    yield operation.url(ids), {**operation.body(ids), field: number}


async def test_text_that_cannot_be_stored_is_refused_before_anything_is_done(
    furnished: Furnished, routes: list[Operation]
) -> None:
    """With the right revision: what could be done would be done."""
    before = await furnished.state()
    problems = []
    tried = 0
    for operation in routes:
        body = operation.body(furnished.ids) or {}
        for field in ("reason", "statement"):
            if field not in body:
                continue
            revision = await revision_of(furnished, operation.path) if operation.needs_revision else None
            answer = await call(furnished, operation, {**body, field: "counted\u0000"}, revision=revision)
            problems += wrong(answer, 422, operation, "invalid_text")
            tried += 1
    assert not problems, "\n".join(problems)
    assert tried > 15
    assert await furnished.state() == before


async def test_nasty_values_are_refused_or_harmless_and_never_a_failure_of_the_service(
    stack: Stack, http: httpx.AsyncClient, furnished: Furnished, routes: list[Operation]
) -> None:
    """Commands carry a stale revision, so that a harmless value changes nothing either."""
    problems = []
    for operation in routes:
        if operation.method != "GET" and not operation.needs_revision:
            continue
        for path, body in _broken(operation, furnished.ids):
            answer = await http.request(
                operation.method,
                getattr(stack.endpoints, operation.service) + path,
                json=body,
                headers={
                    "authorization": f"Bearer {furnished.business.tokens['admin']}",
                    "if-match": '"999999"',
                },
            )
            told = f"{operation.name}: {answer.status_code} for {path} {str(body)[:120]}: {answer.text[:200]}"
            if answer.status_code >= 500:
                problems.append(told)
            elif answer.status_code >= 400:
                problems += wrong(answer, answer.status_code, operation)
            elif operation.method != "GET":
                problems.append(told)
    assert not problems, "\n".join(problems[:40])
