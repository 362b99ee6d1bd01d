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
_PUBLIC = ("/livez", "/readyz", "/startupz", "/metrics", "/v1/oauth/")

BODIES: dict[str, Mapping[str, Any]] = {
    "connector POST /v1/attempts": {"marketplace": "etsy"},
    "connector POST /v1/attempts/{attempt_id}/confirm": {"account_id": "1", "settings_hash": "0" * 64},
    "connector POST /v1/attempts/{attempt_id}/reject": REASON,
    "connector POST /v1/connections/{connection_id}/disconnect": {**REASON, "withdraw": False},
    "connector PUT /v1/policies": {"priority": ["etsy"]},
    "connector POST /internal/v1/connections/{connection_id}/lease/refused": {"token_version": 1},
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
    def is_internal(self) -> bool:
        """Whether it is for other services."""
        return self.path.startswith("/internal/")

    def url(self, ids: Mapping[str, str]) -> str:
        """The path with these ids."""
        return re.sub(r"\{(\w+)(?::path)?\}", lambda found: ids[found[1]], self.path)

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
    found: list[Operation] = []
    for service in SERVICES:
        answer = await http.get(f"{getattr(stack.endpoints, service)}/openapi.json")
        answer.raise_for_status()
        found += [one for one in _of(service, answer.json()) if not one.path.startswith(_PUBLIC)]
    assert len(found) > 50, "the documents do not describe the services"
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
