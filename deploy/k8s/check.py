"""Validate every manifest of the base and the overlays; exit 1 and say why when one is wrong.

Built-in kinds are validated strictly by kubernetes-validate, custom resources against the
CustomResourceDefinitions in ``CRDS`` (a folder; without it their kinds must at least be known), and
a kind that neither knows is an error: a validator that skips unknown kinds validates nothing.

usage: check.py [FOLDER ...]
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import yaml
from render import Document, RenderError, build
from topics import render as render_topics

HERE = Path(__file__).parent
CUSTOM_KINDS = {("kafka.strimzi.io/v1", "KafkaTopic")}
"""What this folder may use; validated against their definitions where ``CRDS`` names them."""

ENVELOPE = frozenset({"apiVersion", "kind", "metadata"})
"""What the API server itself checks of every object; a definition's schema is about the rest."""

Schemas = dict[tuple[str, str], dict[str, Any]]


def definitions(folder: Path) -> Schemas:
    """(apiVersion, kind) → OpenAPI schema of every CustomResourceDefinition in a folder."""
    found: Schemas = {}
    for path in sorted(folder.glob("*.yaml")):
        for crd in yaml.safe_load_all(path.read_text(encoding="utf-8")):
            spec = crd["spec"]
            for version in spec["versions"]:
                key = (f"{spec['group']}/{version['name']}", spec["names"]["kind"])
                found[key] = version["schema"]["openAPIV3Schema"]
    if not found:
        raise SystemExit(f"CRDS names {folder}, which holds no CustomResourceDefinition.")
    return found


def closed(schema: Any) -> Any:
    """The schema as the API server applies it: a field that it does not name is an error here."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: closed(value) for key, value in schema.items()}
    if "properties" in result and not result.get("x-kubernetes-preserve-unknown-fields"):
        result.setdefault("additionalProperties", False)
    return result


def problems(documents: list[Document], custom: Schemas | None) -> Iterator[str]:
    """Every reason why the documents would not do, as sentences."""
    seen: set[tuple[str, str]] = set()
    for document in documents:
        kind, name = document["kind"], document["metadata"]["name"]
        if (kind, name) in seen:
            yield f"{kind} {name}: defined twice"
        seen.add((kind, name))
        for error in _validate(document, custom):
            yield f"{kind} {name}: {error}"


def _validate(document: Document, custom: Schemas | None) -> Iterator[str]:
    key = (document["apiVersion"], document["kind"])
    group = key[0].partition("/")[0] if "/" in key[0] else ""
    if "." in group and not group.endswith(".k8s.io"):
        if key not in CUSTOM_KINDS and key not in (custom or {}):
            yield f"unknown kind {key[0]} {key[1]}"
        elif custom is not None and key not in custom:
            yield f"no CustomResourceDefinition for {key[0]} {key[1]} in CRDS"
        elif custom is not None:
            body = {
                name: part
                for name, part in document.items()
                if name not in {"apiVersion", "kind", "metadata"}
            }
            for error in jsonschema.Draft202012Validator(closed(custom[key])).iter_errors(body):
                yield f"{error.json_path}: {error.message}"
        return
    try:
        kubernetes_validate.validate(document, kubernetes_validate.latest_version(), strict=True)
    except kubernetes_validate.ValidationError as error:
        yield f"{'.'.join(map(str, error.path))}: {error.message}"
    except kubernetes_validate.SchemaNotFoundError:
        yield f"unknown kind {key[0]} {key[1]}"


def main(folders: list[Path]) -> int:
    """Check the folders; 0 when all is well."""
    crds = os.environ.get("CRDS")
    custom = definitions(Path(crds)) if crds else None
    found = []
    count = 0
    for folder in folders:
        try:
            documents = build(folder)
        except RenderError as error:
            found.append(str(error))
            continue
        count += len(documents)
        found.extend(f"{folder.name}: {problem}" for problem in problems(documents, custom))
    if (HERE / "base" / "topics.yaml").read_text(encoding="utf-8") != render_topics():
        found.append("base/topics.yaml differs from the contracts: python topics.py > base/topics.yaml")
    for problem in found:
        print(problem, file=sys.stderr)
    if not found:
        against = f"against {crds}" if crds else "by kind only (CRDS not set)"
        version = kubernetes_validate.latest_version()
        print(f"{count} manifests valid for Kubernetes {version}; custom resources {against}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main([Path(name) for name in sys.argv[1:]] or [HERE / "base", HERE / "overlays" / "dev"]))
