"""JSON Schemas of all events, as immutable versioned files for subscribers in any language.

Two schemas per event and version: the *writer*'s is closed and lists enum values, the *reader*'s is
open and takes any string for an enum. ``python -m truestock.contracts.schemas DIR`` writes the files
that are missing and refuses to change one that is there.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from truestock.contracts.events import Event
from truestock.contracts.registry import PUBLISHED

DRAFT = "https://json-schema.org/draft/2020-12/schema"


class SchemaChangedError(Exception):
    """A published schema file would change; within a version that is never allowed."""


def writer_schema(event: type[Event]) -> dict[str, Any]:
    """What a writer of this version produces: closed, with enumerated values."""
    return _titled(event, "writer", event.model_json_schema(mode="serialization"))


def reader_schema(event: type[Event]) -> dict[str, Any]:
    """What a reader of this version accepts: unknown fields and enum values included."""
    schema = event.model_json_schema(mode="validation")
    opened: dict[str, Any] = _open(schema)
    return _titled(event, "reader", opened)


def render(schema: dict[str, Any]) -> str:
    """The text of a schema file."""
    return json.dumps(schema, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def files() -> Iterator[tuple[str, str]]:
    """(relative path, text) of the current version's schemas of every published event."""
    for event in PUBLISHED:
        yield f"{event.__name__}/{event.VERSION}.writer.json", render(writer_schema(event))
        yield f"{event.__name__}/{event.VERSION}.reader.json", render(reader_schema(event))


def export(directory: Path) -> list[Path]:
    """Write the missing schema files; raises :class:`SchemaChangedError` rather than change one."""
    written = []
    for name, text in files():
        path = directory / name
        if path.exists():
            if path.read_text(encoding="utf-8") != text:
                raise SchemaChangedError(
                    f"{name} is published and would change. Raise the event's VERSION (for example to 1.1) "
                    "and export again; old files stay as they are."
                )
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        written.append(path)
    return written


def _titled(event: type[Event], role: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {**schema, "$schema": DRAFT, "$id": f"{event.ce_dataschema()}:{role}"}


def _open(node: Any) -> Any:
    if isinstance(node, dict):
        return {
            key: _open(value)
            for key, value in node.items()
            if not (key == "additionalProperties" and value is False)
        }
    if isinstance(node, list):
        return [_open(value) for value in node]
    return node


def main() -> int:
    """Export into the directory named on the command line; returns the exit code."""
    if len(sys.argv) != 2:
        print("usage: python -m truestock.contracts.schemas DIRECTORY", file=sys.stderr)
        return 2
    try:
        written = export(Path(sys.argv[1]))
    except SchemaChangedError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{len(written)} schema files written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
