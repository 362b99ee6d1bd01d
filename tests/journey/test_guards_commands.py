"""Who may command, and on which revision: no command is taken on something that was not seen."""

from typing import Any

import pytest
from support.journey import Business

NOBODY = "00000000-0000-4000-8000-000000000000"
REASON = {"reason": "because of the test"}

Command = tuple[str, str, str, dict[str, Any]]

COMMANDS: tuple[Command, ...] = (
    ("connector", "PUT", "/v1/policies", {"priority": ["etsy"]}),
    ("connector", "POST", f"/v1/attempts/{NOBODY}/confirm", {"account_id": "1", "settings_hash": "0" * 16}),
    ("connector", "POST", f"/v1/attempts/{NOBODY}/reject", REASON),
    ("connector", "POST", f"/v1/connections/{NOBODY}/disconnect", {**REASON, "withdraw": False}),
    ("importer", "POST", f"/v1/batches/{NOBODY}/approve", {}),
    ("importer", "POST", f"/v1/batches/{NOBODY}/reject", REASON),
    ("importer", "POST", f"/v1/batches/{NOBODY}/cancel", {}),
    ("importer", "POST", f"/v1/batches/{NOBODY}/pause", {}),
    ("importer", "POST", f"/v1/batches/{NOBODY}/resume", {}),
    ("importer", "POST", f"/v1/batches/{NOBODY}/undo", REASON),
    ("importer", "POST", f"/v1/batches/{NOBODY}/exclude", {"listing_ids": ["1"], **REASON}),
    ("importer", "POST", f"/v1/batches/{NOBODY}/listings/1/exclude", REASON),
    ("importer", "POST", f"/v1/batches/{NOBODY}/listings/1/replace", REASON),
    ("importer", "POST", f"/v1/batches/{NOBODY}/listings/1/abandon", REASON),
    ("inventory", "PATCH", f"/v1/items/{NOBODY}", {"title": "x", **REASON}),
    ("inventory", "PUT", "/v1/policies", {"buffers": {}}),
    ("inventory", "POST", f"/v1/splits/{NOBODY}/decide", {"accept": False, **REASON}),
    ("inventory", "POST", f"/v1/proposals/{NOBODY}/decide", {"accept_fields": [], **REASON}),
)
"""Commands on something that exists: they need the revision that the operator saw."""

STARTS: tuple[Command, ...] = (
    ("connector", "POST", "/v1/attempts", {"marketplace": "etsy"}),
    ("connector", "POST", f"/v1/connections/{NOBODY}/reauthorize", {}),
    ("connector", "POST", f"/v1/connections/{NOBODY}/check", {}),
    ("importer", "POST", "/v1/batches", {"connection_id": NOBODY, "kind": "sample"}),
    ("inventory", "POST", "/v1/counts", {"lines": [{"variant_id": NOBODY, "counted": 1}], **REASON}),
    ("inventory", "POST", "/v1/attestations", {"item_ids": [NOBODY], "statement": "I checked"}),
    ("inventory", "POST", "/v1/held/decide", {"decisions": [], **REASON}),
    ("validator", "POST", f"/v1/batches/{NOBODY}/revalidate", REASON),
)
"""Commands that begin something."""


@pytest.mark.parametrize(("service", "method", "path", "body"), COMMANDS + STARTS)
async def test_a_viewer_commands_nothing(
    business: Business, service: str, method: str, path: str, body: dict[str, Any]
) -> None:
    answer = await business.call(service, method, path, body, who="viewer", revision=1)
    assert answer.status_code == 403, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.json()["code"] == "forbidden"


@pytest.mark.parametrize(("service", "method", "path", "body"), COMMANDS)
async def test_a_command_without_a_revision_is_refused(
    business: Business, service: str, method: str, path: str, body: dict[str, Any]
) -> None:
    answer = await business.call(service, method, path, body)
    assert answer.status_code == 428, answer.text
    assert "If-Match" in answer.json()["detail"] + answer.json()["remedy"]
