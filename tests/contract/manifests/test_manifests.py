"""The manifests' gate is red when it should be: each test seeds one defect into a copy."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

K8S = Path(__file__).parents[3] / "deploy" / "k8s"

ANYTHING = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
TOPIC_DEFINITION = {
    "spec": {
        "group": "kafka.strimzi.io",
        "names": {"kind": "KafkaTopic"},
        "versions": [
            {
                "name": "v1",
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "properties": {
                            "spec": {
                                "type": "object",
                                "properties": {
                                    "partitions": {"type": "integer"},
                                    "replicas": {"type": "integer"},
                                    "config": {
                                        "type": "object",
                                        "x-kubernetes-preserve-unknown-fields": True,
                                    },
                                },
                            },
                        },
                    }
                },
            }
        ],
    }
}


@pytest.fixture
def crds(tmp_path: Path) -> Path:
    folder = tmp_path / "crds"
    folder.mkdir()
    (folder / "topics.yaml").write_text(yaml.safe_dump(TOPIC_DEFINITION))
    return folder


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(K8S, tmp_path / "k8s"))


def check(folder: Path, crds: Path | None) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "CRDS"}
    return subprocess.run(  # our own script on a folder of the test
        [sys.executable, str(folder / "check.py")],
        env=environment | ({"CRDS": str(crds)} if crds else {}),
        capture_output=True,
        text=True,
        check=False,
    )


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_the_manifests_are_valid(crds: Path) -> None:
    result = check(K8S, crds)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    ("file", "old", "new", "word"),
    [
        ("base/inventory/deployment.yaml", "replicas: 2", 'replicas: "two"', "Deployment inventory"),
        ("base/inventory/deployment.yaml", "readinessProbe:", "readynessProbe:", "readynessProbe"),
        ("base/importer/service.yaml", "kind: Service", "kind: Servise", "unknown kind v1 Servise"),
        ("base/importer/service.yaml", "apiVersion: v1", "apiVersion: acme.io/v1", "unknown kind acme.io/v1"),
        ("base/topics.yaml", "partitions: 12", "partitions: many", "is not of type 'integer'"),
        ("base/topics.yaml", "partitions: 12", "partitons: 12", "partitons"),
        ("base/topics.yaml", "partitions: 12", "partitions: 13", "differs from the contracts"),
        ("base/kustomization.yaml", "resources:", "namePrefix: x-\nresources:", "not understood: namePrefix"),
        ("overlays/dev/configuration.yaml", "name: truestock", "name: truestok", "fits no resource"),
        ("base/importer/service.yaml", "name: importer", "name: inventory", "defined twice"),
    ],
)
def test_a_seeded_defect_is_found(copy: Path, crds: Path, file: str, old: str, new: str, word: str) -> None:
    edit(copy / file, old, new)
    result = check(copy, crds)
    assert result.returncode == 1
    assert word in result.stderr


def test_an_empty_folder_of_definitions_is_not_a_pass(tmp_path: Path) -> None:
    empty = tmp_path / "none"
    empty.mkdir()
    result = check(K8S, empty)
    assert result.returncode == 1
    assert "holds no CustomResourceDefinition" in result.stderr


def test_each_service_has_a_migration_job_of_this_release() -> None:
    for service in ("connector", "importer", "inventory", "validator"):
        job = yaml.safe_load((K8S / "base" / service / "migration.yaml").read_text())
        deployment = yaml.safe_load((K8S / "base" / service / "deployment.yaml").read_text())
        image = deployment["spec"]["template"]["spec"]["containers"][0]["image"]
        release = image.partition(":")[2].replace(".", "-")
        assert job["metadata"]["name"] == f"{service}-migrate-{release}"
        assert job["spec"]["template"]["spec"]["containers"][0]["image"] == image
