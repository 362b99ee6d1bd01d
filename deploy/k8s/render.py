"""Render the Kustomize base and overlays without a cluster or a binary.

Understands the part of Kustomize that this folder uses and refuses everything else by name, so that
nothing is left out silently: ``resources``, ``namespace``, ``labels`` (metadata only), ``images`` (new
tag) and ``patches`` that merge mappings. ``kubectl kustomize`` gives the same documents.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

Document = dict[str, Any]

KEYS = {"apiVersion", "kind", "resources", "namespace", "labels", "images", "patches"}
WORKLOADS = {"Deployment", "Job", "StatefulSet", "DaemonSet", "CronJob"}


class RenderError(Exception):
    """A kustomization uses what is not understood, or a patch fits nothing."""


def build(folder: Path) -> list[Document]:
    """All documents of the kustomization in ``folder``, in the order of its resources."""
    path = folder / "kustomization.yaml"
    kustomization = yaml.safe_load(path.read_text(encoding="utf-8"))
    unknown = set(kustomization) - KEYS
    if unknown:
        raise RenderError(f"{path}: not understood: {', '.join(sorted(unknown))}")
    documents = [document for name in kustomization.get("resources", []) for document in _load(folder / name)]
    for patch in kustomization.get("patches", []):
        _patch(documents, patch, folder)
    for document in documents:
        metadata = document["metadata"]
        for entry in kustomization.get("labels", []):
            metadata["labels"] = {**metadata.get("labels", {}), **entry["pairs"]}
        if "namespace" in kustomization:
            metadata["namespace"] = kustomization["namespace"]
        _retag(document, kustomization.get("images", []))
    return documents


def _load(path: Path) -> Iterator[Document]:
    if path.is_dir():
        yield from build(path)
    else:
        yield from (found for found in yaml.safe_load_all(path.read_text(encoding="utf-8")) if found)


def _patch(documents: list[Document], patch: Mapping[str, Any], folder: Path) -> None:
    text = patch["patch"] if "patch" in patch else (folder / patch["path"]).read_text(encoding="utf-8")
    change = yaml.safe_load(text)
    if not isinstance(change, dict):
        raise RenderError(f"{folder}: only patches that merge mappings are understood")
    target = patch.get("target") or {"kind": change["kind"], "name": change["metadata"]["name"]}
    hit = [
        document
        for document in documents
        if document["kind"] == target["kind"]
        and target.get("name", document["metadata"]["name"]) == document["metadata"]["name"]
    ]
    if not hit:
        raise RenderError(f"{folder}: a patch for {target} fits no resource")
    changes = {key: value for key, value in change.items() if key not in {"apiVersion", "kind", "metadata"}}
    for document in hit:
        _merge(document, changes)


def _merge(into: Document, changes: Mapping[str, Any]) -> None:
    for key, value in changes.items():
        if isinstance(value, list):
            raise RenderError(f"a patch of the list {key!r} depends on merge keys, which are not understood")
        if isinstance(value, dict):
            _merge(into.setdefault(key, {}), value)
        else:
            into[key] = value


def _retag(document: Document, images: list[Mapping[str, str]]) -> None:
    if document["kind"] not in WORKLOADS:
        return
    tags = {image["name"]: image["newTag"] for image in images}
    for container in document["spec"]["template"]["spec"]["containers"]:
        name, _, _ = container["image"].partition(":")
        if name in tags:
            container["image"] = f"{name}:{tags[name]}"
