"""eBay's OpenAPI documents, and whether a request and its answer are what they describe."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from openapi_schema_validator import OAS30Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

NAMES = (
    "sell_inventory_v1_oas3.json",
    "commerce_identity_v1_oas3.json",
    "developer_analytics_v1_beta_oas3.json",
)
ASPECTS = {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}}
"""The document says ``string`` where its own description shows an object of lists, which eBay sends."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation with the document that describes it."""

    name: str
    document: str
    path: str
    said: dict[str, Any]

    @property
    def scopes(self) -> set[str]:
        """Any one of these opens it."""
        return {scope for way in self.said["security"] for scopes in way.values() for scope in scopes}


class Documents:
    """The documents of a folder. FileNotFoundError where one is missing."""

    def __init__(self, folder: Path) -> None:
        self._operations: list[tuple[str, re.Pattern[str], Operation]] = []
        registry: Registry[Any] = Registry()
        for name in NAMES:
            document = json.loads((folder / "ebay" / name).read_text("utf-8"))
            closed = _closed(document)
            for schema in closed["components"]["schemas"].values():
                if "aspects" in schema.get("properties", {}):
                    schema["properties"]["aspects"] = ASPECTS
            resource = Resource.from_contents(closed, default_specification=DRAFT4)
            registry = registry.with_resource(f"urn:{name}", resource)
            base = document["servers"][0]["variables"]["basePath"]["default"]
            self._add(name, base, document)
        self._registry = registry

    def _add(self, name: str, base: str, document: dict[str, Any]) -> None:
        for path, methods in document["paths"].items():
            fixed = (re.escape(part) for part in re.split(r"\{[^}]+\}", base + path))
            pattern = re.compile("[^/]+".join(fixed))
            for method, said in methods.items():
                if method in ("get", "post", "put", "delete"):
                    operation = Operation(said["operationId"], name, path, said)
                    self._operations.append((method.upper(), pattern, operation))

    def operation(self, request: httpx.Request, root: str = "") -> Operation | None:
        """What a request asks for; None where no document describes it."""
        path = request.url.raw_path.decode().partition("?")[0].removeprefix(root)
        for method, pattern, operation in self._operations:
            if method == request.method and pattern.fullmatch(path):
                return operation
        return None

    def check_request(self, operation: Operation, request: httpx.Request) -> None:
        """Parameters by their names and places, and the body."""
        known = {(one["in"], one["name"].lower()): one for one in operation.said.get("parameters", [])}
        for name in request.url.params:
            assert ("query", name) in known, f"{operation.name} knows no parameter {name}"
        for (place, name), one in known.items():
            if one.get("required") and place == "header":
                assert name in request.headers, f"{operation.name} wants the header {name}"
            if one.get("required") and place == "query":
                assert name in request.url.params, f"{operation.name} wants the parameter {name}"
        body = operation.said.get("requestBody")
        assert bool(body) == bool(request.content)
        if body:
            self._check(operation, body["content"]["application/json"]["schema"], json.loads(request.content))

    def check_answer(self, operation: Operation, answer: httpx.Response) -> None:
        """A declared status, and nothing but declared fields of their types."""
        declared = operation.said["responses"].get(str(answer.status_code))
        assert declared is not None, f"{operation.name} declares no {answer.status_code}"
        content = declared.get("content", {}).get("application/json")
        if answer.status_code == 207:  # declared without a schema; its shape is that of 200
            content = operation.said["responses"]["200"]["content"]["application/json"]
        if content:
            self._check(operation, content["schema"], answer.json())
        for one in ("next", "prev", "href") if answer.is_success and answer.content else ():
            link = answer.json().get(one)
            assert link is None or urlsplit(link).scheme in ("http", "https")

    def _check(self, operation: Operation, schema: dict[str, Any], value: Any) -> None:
        bound = _bound(schema, f"urn:{operation.document}")
        found = sorted(OAS30Validator(bound, registry=self._registry).iter_errors(value), key=str)
        assert not found, "\n".join(
            f"{operation.name} {list(one.absolute_path)}: {one.message}" for one in found[:5]
        )


def _bound(schema: Any, document: str) -> Any:
    if isinstance(schema, dict):
        return {
            name: f"{document}{value}" if name == "$ref" else _bound(value, document)
            for name, value in schema.items()
        }
    return [_bound(one, document) for one in schema] if isinstance(schema, list) else schema


def _closed(schema: Any) -> Any:
    """eBay's schemas name no required fields and forbid none: forbid unknown ones, to catch a wrong name."""
    if isinstance(schema, dict):
        closed = {name: _closed(value) for name, value in schema.items()}
        if schema.get("type") == "object" and schema.get("properties"):
            closed["additionalProperties"] = False
        return closed
    return [_closed(one) for one in schema] if isinstance(schema, list) else schema
