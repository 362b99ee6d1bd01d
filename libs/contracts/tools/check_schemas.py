"""Prove that every published version of every event can live beside the current one.

For each old version: every document of the *old writer* is accepted by the *new reader*, and every
document of the *new writer* is accepted by the *old reader*. Subset checks are jsoncompat's.
Also fails when the models no longer match the files of their version, or a file is changed.

usage: check_schemas.py DIRECTORY
"""

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jsoncompat import check_compat

from truestock.contracts.registry import PUBLISHED
from truestock.contracts.schemas import files, reader_schema, writer_schema

DIGESTS = "SHA256SUMS"


def problems(directory: Path) -> Iterator[str]:
    """Every reason why the schemas in ``directory`` and the models do not fit, as sentences."""
    for name, text in files():
        path = directory / name
        if not path.exists():
            yield f"{name} is not exported: run `make schemas`"
        elif path.read_text(encoding="utf-8") != text:
            yield f"{name} differs from the model: raise the event's VERSION and run `make schemas`"
    yield from _changed_files(directory)
    for event in PUBLISHED:
        new_writer, new_reader = writer_schema(event), reader_schema(event)
        for path in sorted((directory / event.__name__).glob("*.writer.json")):
            old_writer = json.loads(path.read_text(encoding="utf-8"))
            if not check_compat(_text(old_writer), _text(new_reader), "deserializer"):
                yield f"{event.__name__}: the reader refuses documents of the writer in {path.name}"
        for path in sorted((directory / event.__name__).glob("*.reader.json")):
            old_reader = json.loads(path.read_text(encoding="utf-8"))
            if not check_compat(_text(old_reader), _text(new_writer), "serializer"):
                yield f"{event.__name__}: the writer's documents are refused by the reader in {path.name}"


def write_digests(directory: Path) -> None:
    """Record the digest of every schema file, so that a changed file is seen."""
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(directory).as_posix()}\n"
        for path in sorted(directory.glob("*/*.json"))
    ]
    (directory / DIGESTS).write_text("".join(lines), encoding="utf-8")


def _changed_files(directory: Path) -> Iterator[str]:
    digests = directory / DIGESTS
    if not digests.exists():
        yield f"{DIGESTS} is missing: run `make schemas`"
        return
    for line in digests.read_text(encoding="utf-8").splitlines():
        digest, name = line.split("  ", 1)
        path = directory / name
        if not path.exists():
            yield f"{name} was published and is gone"
        elif hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            yield f"{name} was published and is changed"


def _text(schema: dict[str, Any]) -> str:
    # jsoncompat resolves local references only, and an $id would make them remote.
    return json.dumps({key: value for key, value in schema.items() if key != "$id"})


def main() -> int:
    """Print what is wrong; 0 when nothing is."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["--record"]:
        write_digests(Path(arguments[1]))
        return 0
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    found = list(problems(Path(arguments[0])))
    for problem in found:
        print(problem, file=sys.stderr)
    if not found:
        print(f"{len(PUBLISHED)} events: every published version is compatible")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
