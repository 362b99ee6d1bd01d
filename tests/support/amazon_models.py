"""Amazon's Swagger models: operations by method and path, and whether a request or an answer follows them."""

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx
from jsonschema import Draft4Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

DOCUMENTS = ("amazon/listingsItems_2021-08-01.json", "amazon/sellers.json")


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation; ``document`` is the name under which its schemas are registered."""

    document: str
    name: str
    method: str
    path: str
    parameters: dict[str, dict[str, Any]]
    responses: dict[str, dict[str, Any]]

    def matches(self, method: str, path: str) -> bool:
        """Whether a request is of this operation."""
        pattern = re.sub(r"\{\w+\}", "[^/]+", self.path)
        return method.lower() == self.method and re.fullmatch(pattern, path) is not None


class Models:
    """Both documents. Raises FileNotFoundError when one is missing."""

    def __init__(self) -> None:
        folder = Path(os.environ["SPECS"])
        documents = {name: json.loads((folder / name).read_text("utf-8")) for name in DOCUMENTS}
        self.operations = [one for name, body in documents.items() for one in _operations(name, body)]
        resources = [
            (f"urn:{name}", Resource.from_contents(closed(body), default_specification=DRAFT4))
            for name, body in documents.items()
        ]
        self._registry: Registry[Any] = Registry().with_resources(resources)

    def operation(self, name: str) -> Operation:
        """By its id."""
        return next(one for one in self.operations if one.name == name)

    def of(self, request: httpx.Request) -> Operation | None:
        """The operation that a request calls; None when no model describes it."""
        path = request.url.raw_path.decode().partition("?")[0]
        return next((one for one in self.operations if one.matches(request.method, path)), None)

    def check_request(self, request: httpx.Request) -> None:
        """Every parameter is declared and valid, and none that is required is missing."""
        operation = self.of(request)
        assert operation is not None, request.url.path
        declared = {name: one for name, one in operation.parameters.items() if one["in"] == "query"}
        given = dict(request.url.params.multi_items())
        assert given.keys() <= declared.keys()
        assert {name for name, one in declared.items() if one.get("required")} <= given.keys()
        for name, text in given.items():
            _check_parameter(declared[name], unquote(text) if name == "pageToken" else text)

    def check_answer(self, operation: Operation, answer: httpx.Response) -> None:
        """The status is declared, and so are all fields of the body and their types."""
        declared = operation.responses[str(answer.status_code)]
        errors = sorted(
            Draft4Validator(_at(operation.document, declared["schema"]), registry=self._registry).iter_errors(
                answer.json()
            ),
            key=str,
        )
        assert not errors, "\n".join(f"{list(error.absolute_path)}: {error.message}" for error in errors[:5])
        assert "x-amzn-RequestId" in answer.headers


def pairs(operation: Operation, status: int) -> list[tuple[dict[str, Any], Any]]:
    """Amazon's own request parameters and answers (``x-amzn-api-sandbox``)."""
    found = operation.responses[str(status)]["x-amzn-api-sandbox"]["static"]
    return [(one["request"]["parameters"], one["response"]) for one in found]


def closed(schema: Any) -> Any:
    """Amazon's models forbid no unknown field: forbid them where fields are named, to catch a wrong name."""
    if isinstance(schema, dict):
        inner = {name: closed(value) for name, value in schema.items()}
        if schema.get("type") == "object" and schema.get("properties"):
            inner["additionalProperties"] = False
        return inner
    return [closed(value) for value in schema] if isinstance(schema, list) else schema


def _operations(document: str, body: dict[str, Any]) -> list[Operation]:
    found = []
    for path, methods in body["paths"].items():
        for method, one in methods.items():
            if isinstance(one, dict) and "operationId" in one:
                parameters = {each["name"]: each for each in one.get("parameters", [])}
                found.append(
                    Operation(document, one["operationId"], method, path, parameters, one["responses"])
                )
    return found


def _at(document: str, schema: dict[str, Any]) -> dict[str, Any]:
    reference = schema["$ref"]
    return {"$ref": f"urn:{document}{reference}"}


def _check_parameter(declared: dict[str, Any], text: str) -> None:
    name = declared["name"]
    if declared["type"] == "array":
        values = text.split(",")
        assert declared["collectionFormat"] == "csv"
        assert len(values) <= declared.get("maxItems", 1_000), name
        assert set(values) <= set(declared["items"].get("enum", values)), name
    elif declared["type"] == "integer":
        assert 1 <= int(text) <= declared.get("maximum", 1_000), name
    else:
        assert text in declared.get("enum", [text]), name
