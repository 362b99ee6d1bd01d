"""Where a service's migrations lie, and which is the newest: without Alembic, which 7 MiB of memory are for.

A serving process compares the database with its release and migrates nothing.
"""

import re
from pathlib import Path

_NAMED = re.compile(r'^(revision|down_revision)(?:: [^=]+)? = (?:None|"([^"]+)")$', re.MULTILINE)


def folder_of(main_file: str) -> Path:
    """Where the migrations of the service lie whose ``main.py`` is ``main_file``.

    A wheel carries them inside the package; in a checkout they stand beside ``src``.
    """
    package = Path(main_file).resolve().parent
    packaged = package / "migrations"
    return packaged if packaged.is_dir() else package.parents[2] / "migrations"


def newest_revision(location: Path) -> str:
    """The revision in ``location`` that no other one follows, as Alembic's head.

    Raises ValueError unless there is exactly one.
    """
    named = [dict(_NAMED.findall(script.read_text())) for script in (location / "versions").glob("[0-9]*.py")]
    newest: set[str] = {one["revision"] for one in named} - {one["down_revision"] for one in named}
    if len(newest) != 1:
        raise ValueError(f"{location} has {len(newest)} newest revisions instead of one: {sorted(newest)}")
    return newest.pop()
