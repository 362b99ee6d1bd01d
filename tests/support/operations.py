"""Every operation of the running services, as their OpenAPI documents describe it, with requests that fit."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from truestock.local.stack import Stack

SERVICES = ("connector", "importer", "inventory", "validator")
NOBODY = "00000000-0000-4000-8000-000000000000"
"""An id that nothing has."""
REASON = {"reason": "because of the test"}
_HEALTH = ("/livez", "/readyz", "/startupz", "/metrics")
_PUBLIC = ("/v1/oauth/", "/v1/webhooks/")
"""Sellers' browsers, stores and marketplaces have no token of ours: these ask for a proof instead."""

GROUPS = {
    "connector": "connector.follow-batches",
    "importer": "importer.follow-connections",
    "inventory": "inventory.seed-from-listing",
    "validator": "validator.validate-sync",
}
"""A consumer group of each service. Nobody has dead letters here; tests/integration/delivery has some."""

BODIES: dict[str, Mapping[str, Any]] = {
    "connector POST /v1/attempts": {"marketplace": "etsy"},
    "connector POST /v1/attempts/{attempt_id}/confirm": {"account_id": "1", "settings_hash": "0" * 64},
    "connector POST /v1/attempts/{attempt_id}/reject": REASON,
    "connector POST /v1/connections/{connection_id}/disconnect": {**REASON, "withdraw": False},
    "connector PUT /v1/policies": {"priority": ["etsy"]},
    "connector POST /internal/v1/connections/{connection_id}/lease/refused": {"token_version": 1},
    "connector POST /internal/v1/connections/{connection_id}/share": {"holder": "test-1", "wanted": 1},
    "importer POST /v1/batches": {"connection_id": "{connection_id}", "kind": "sample"},
    "importer POST /v1/batches/{batch_id}/approve": REASON,
    "importer POST /v1/batches/{batch_id}/reject": REASON,
    "importer POST /v1/batches/{batch_id}/cancel": REASON,
    "importer POST /v1/batches/{batch_id}/pause": REASON,
    "importer POST /v1/batches/{batch_id}/resume": REASON,
    "importer POST /v1/batches/{batch_id}/undo": REASON,
    "importer POST /v1/batches/{batch_id}/exclude": {"listing_ids": ["{listing_id}"], **REASON},
    "importer POST /v1/batches/{batch_id}/listings/{listing_id}/exclude": REASON,
    "importer POST /v1/batches/{batch_id}/listings/{listing_id}/replace": REASON,
    "importer POST /v1/batches/{batch_id}/listings/{listing_id}/abandon": REASON,
    "importer POST /v1/batches/{batch_id}/listings/{listing_id}/waive": {"code": "split_open", **REASON},
    "inventory PATCH /v1/items/{item_id}": {"title": "Not theirs", **REASON},
    "inventory POST /v1/items/{item_id}/movements": {
        "variant_id": "{variant_id}",
        "kind": "sale",
        "quantity": -1,
        **REASON,
    },
    "inventory POST /v1/counts": {"lines": [{"variant_id": "{variant_id}", "counted": 1}], **REASON},
    "inventory POST /v1/attestations": {"batch_id": "{batch_id}", "statement": "I checked"},
    "inventory POST /v1/held/decide": {
        "decisions": [{"held_id": "{held_id}", "revision": 1, "action": "create"}],
        **REASON,
    },
    "inventory POST /v1/splits/{split_id}/decide": {"accept": False, **REASON},
    "inventory POST /v1/proposals/{proposal_id}/decide": {"accept_fields": [], **REASON},
    "inventory PUT /v1/policies": {"buffers": {}, "price_rules": {}},
    "inventory POST /internal/v1/batches/{batch_id}/undo": {"by": "nobody", **REASON},
    "validator POST /v1/batches/{batch_id}/revalidate": REASON,
    "validator PUT /v1/policies": {"price_tolerance": "0.01", **REASON},
    **{
        f"{service} POST /v1/dead-letters/{{group}}/{{partition}}/{{offset}}/discard": REASON
        for service in SERVICES
    },
}
"""A body that is right in form for every command; ``{names}`` are filled in. A new command needs one."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path."""

    service: str
    method: str
    path: str
    has_body: bool
    needs_revision: bool
    query: tuple[str, ...]

    @property
    def name(self) -> str:
        """``service METHOD /path``."""
        return f"{self.service} {self.method} {self.path}"

    @property
    def names_something(self) -> bool:
        """Whether its path or body names an existing resource."""
        return "{" in self.path or "'{" in str(BODIES.get(self.name, ""))

    @property
    def is_about_a_letter(self) -> bool:
        """Whether it names a dead letter, of which a business that is well has none."""
        return "{group}" in self.path

    @property
    def is_internal(self) -> bool:
        """Whether it is for other services."""
        return self.path.startswith("/internal/")

    @property
    def is_public(self) -> bool:
        """Whether it asks for no token."""
        return self.path.startswith(_PUBLIC)

    def url(self, ids: Mapping[str, str]) -> str:
        """The path with these ids; a dead letter is the first of a group that has none."""
        named = {"group": GROUPS[self.service], "partition": "0", "offset": "0", **ids}
        return re.sub(r"\{(\w+)(?::path)?\}", lambda found: named[found[1]], self.path)

    def body(self, ids: Mapping[str, str]) -> Any:
        """A body that is right in form, about these ids; None for an operation without one."""
        return _filled(BODIES[self.name], ids) if self.has_body else None


def _filled(value: Any, ids: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping):
        return {name: _filled(one, ids) for name, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, ids) for one in value]
    if isinstance(value, str) and value.startswith("{"):
        return ids[value.strip("{}")]
    return value


async def operations(stack: Stack, http: httpx.AsyncClient) -> list[Operation]:
    """All operations that need a token."""
    found = [one for one in await _described(stack, http) if not one.is_public]
    assert len(found) > 50, "the documents do not describe the services"
    return found


async def public_operations(stack: Stack, http: httpx.AsyncClient) -> list[Operation]:
    """All operations that need none, but for those about the process itself."""
    return [one for one in await _described(stack, http) if one.is_public]


async def _described(stack: Stack, http: httpx.AsyncClient) -> list[Operation]:
    found: list[Operation] = []
    for service in SERVICES:
        answer = await http.get(f"{getattr(stack.endpoints, service)}/openapi.json")
        answer.raise_for_status()
        found += [one for one in _of(service, answer.json()) if not one.path.startswith(_HEALTH)]
    return found


def _of(service: str, document: Mapping[str, Any]) -> Iterator[Operation]:
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            parameters = described.get("parameters", [])
            yield Operation(
                service,
                method.upper(),
                path,
                has_body="requestBody" in described,
                needs_revision=any(one["name"].lower() == "if-match" for one in parameters),
                query=tuple(one["name"] for one in parameters if one["in"] == "query"),
            )


def wrong(answer: httpx.Response, status: int, operation: Operation, code: str | None = None) -> list[str]:
    """What is not as it must be in a refusal; nothing if all is well."""
    try:
        told = answer.json()
    except ValueError:
        told = None
    if not isinstance(told, dict):
        return [f"{operation.name}: {answer.status_code} without a problem: {answer.text[:200]}"]
    complaints = {
        f"{answer.status_code} instead of {status} ({told.get('code')}: {told.get('detail')})": (
            answer.status_code != status
        ),
        f"code {told.get('code')} instead of {code}": code is not None and told.get("code") != code,
        f"type {answer.headers['content-type']}": not answer.headers["content-type"].startswith(
            "application/problem+json"
        ),
        f"no code, detail or remedy: {told}": not all(told.get(k) for k in ("code", "detail", "remedy")),
        f"status {told.get('status')} in the problem": told.get("status") != answer.status_code,
    }
    return [f"{operation.name}: {text}" for text, is_one in complaints.items() if is_one]
