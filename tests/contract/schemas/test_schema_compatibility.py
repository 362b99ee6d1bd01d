"""The gate for incompatible changes is red when it should be: each test seeds one defect."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).parents[3]
PUBLISHED = REPOSITORY / "libs" / "contracts" / "schemas"
CHECK = REPOSITORY / "libs" / "contracts" / "tools" / "check_schemas.py"


def run(directory: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # our own script on a folder of the test
        [sys.executable, str(CHECK), str(directory)], capture_output=True, text=True, check=False
    )


def record(directory: Path) -> None:
    subprocess.run([sys.executable, str(CHECK), "--record", str(directory)], check=True)  # as above


def seed(tmp_path: Path, role: str, change: Callable[[dict[str, Any]], object]) -> Path:
    """A copy in which version 0.9 was published with a different schema."""
    copy = tmp_path / "schemas"
    shutil.copytree(PUBLISHED, copy)
    for each in ("writer", "reader"):
        schema = json.loads((copy / "ListingImported" / f"1.0.{each}.json").read_text())
        if each == role:
            change(schema)
        (copy / "ListingImported" / f"0.9.{each}.json").write_text(json.dumps(schema))
    record(copy)
    return copy


def test_the_published_schemas_are_compatible() -> None:
    result = run(PUBLISHED)
    assert result.returncode == 0, result.stderr


def test_a_field_that_old_writers_do_not_send_cannot_become_required(tmp_path: Path) -> None:
    def without_content_hash(schema: dict[str, Any]) -> None:
        del schema["properties"]["content_hash"]
        schema["required"].remove("content_hash")

    result = run(seed(tmp_path, "writer", without_content_hash))
    assert result.returncode == 1
    assert "the reader refuses documents of the writer in 0.9.writer.json" in result.stderr


def test_a_field_that_old_readers_need_cannot_go(tmp_path: Path) -> None:
    def with_needed_field(schema: dict[str, Any]) -> None:
        schema["properties"]["seller_note"] = {"type": "string"}
        schema["required"].append("seller_note")

    result = run(seed(tmp_path, "reader", with_needed_field))
    assert result.returncode == 1
    assert "refused by the reader in 0.9.reader.json" in result.stderr


def test_a_type_deep_inside_cannot_change(tmp_path: Path) -> None:
    def numeric_amounts(schema: dict[str, Any]) -> None:
        schema["$defs"]["Money"]["properties"]["amount"] = {"type": "number"}

    assert run(seed(tmp_path, "reader", numeric_amounts)).returncode == 1


def test_a_new_enum_value_and_a_new_optional_field_are_fine(tmp_path: Path) -> None:
    def older(schema: dict[str, Any]) -> None:
        schema["$defs"]["BatchKind"] = {"type": "string", "enum": ["sample"]}
        del schema["properties"]["duplicate_skus"]
        schema["required"].remove("duplicate_skus")

    result = run(seed(tmp_path, "writer", older))
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("defect", ["changed", "gone"])
def test_a_published_file_is_immutable(tmp_path: Path, defect: str) -> None:
    copy = seed(tmp_path, "writer", lambda schema: None)
    path = copy / "ListingImported" / "0.9.writer.json"
    if defect == "changed":
        path.write_text(path.read_text() + "\n")
    else:
        path.unlink()
    result = run(copy)
    assert result.returncode == 1
    assert f"ListingImported/0.9.writer.json was published and is {defect}" in result.stderr


def test_a_model_that_left_its_published_schema_is_seen(tmp_path: Path) -> None:
    copy = tmp_path / "schemas"
    shutil.copytree(PUBLISHED, copy)
    path = copy / "SyncValidated" / "1.0.writer.json"
    path.write_text(path.read_text().replace("findings", "remarks"))
    result = run(copy)
    assert result.returncode == 1
    assert "SyncValidated/1.0.writer.json differs from the model" in result.stderr
