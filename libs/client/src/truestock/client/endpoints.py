"""Where the services of one installation answer, and how a command finds that out."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Self

from truestock.contracts.problem import Refusal, RefusalKind

LOCAL_FILE = Path(".local") / "endpoints.json"
"""Where the local stack writes the addresses of what it started."""

OPTIONAL = frozenset({"sandbox"})


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Base URLs without a trailing slash. ``sandbox`` is None outside development."""

    connector: str
    importer: str
    inventory: str
    validator: str
    issuer: str
    sandbox: str | None = None

    @classmethod
    def of(cls, values: Mapping[str, object], *, source: str) -> Self:
        """From a mapping with one URL per service; raises :class:`Refusal` that names what is missing."""
        found = {
            field.name: str(values[field.name]).rstrip("/") for field in fields(cls) if values.get(field.name)
        }
        missing = [field.name for field in fields(cls) if field.name not in found | dict.fromkeys(OPTIONAL)]
        wrong = [name for name, url in found.items() if not url.startswith(("http://", "https://"))]
        if missing or wrong:
            problem = (
                f"no address of {', '.join(missing)}" if missing else f"no http address: {', '.join(wrong)}"
            )
            raise Refusal(
                "endpoints_incomplete",
                f"{source} has {problem}.",
                remedy="Give the base URL of each service, for example http://127.0.0.1:8001.",
                kind=RefusalKind.INVALID,
            )
        return cls(**found)

    @classmethod
    def read(cls, path: Path) -> Self:
        """From a JSON file such as the local stack writes; raises :class:`Refusal`."""
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise Refusal(
                "endpoints_unreadable",
                f"The endpoints file {path} cannot be read: {error}.",
                remedy="Start the local stack with `make run`, or name another file with --endpoints.",
                kind=RefusalKind.INVALID,
            ) from None
        if not isinstance(values, dict):
            values = {}
        return cls.of(values, source=f"The endpoints file {path}")

    def write(self, path: Path) -> None:
        """Remember these addresses, whole or not at all; the parent folder is made if needed."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        text = json.dumps({name: url for name, url in asdict(self).items() if url}, indent=2)
        draft = path.with_suffix(".new")
        draft.write_text(text + "\n", encoding="utf-8")
        draft.replace(path)  # who reads meanwhile reads the old file or the new one, never half of one


def config_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """The folder for this user's login and settings (XDG base directory specification)."""
    base = environ.get("XDG_CONFIG_HOME") or str(Path(environ.get("HOME", "~")).expanduser() / ".config")
    return Path(base) / "truestock"


def find(
    chosen: Path | None = None, environ: Mapping[str, str] = os.environ, start: Path | None = None
) -> Endpoints:
    """The installation to talk to: named file, environment, local stack above ``start``, last login.

    Environment: ``TRUESTOCK_ENDPOINTS`` (a file) or ``TRUESTOCK_<SERVICE>_URL`` for each service.
    Raises :class:`Refusal` when none of them says.
    """
    if chosen is not None:
        return Endpoints.read(chosen)
    if environ.get("TRUESTOCK_ENDPOINTS"):
        return Endpoints.read(Path(environ["TRUESTOCK_ENDPOINTS"]))
    named = {field.name: environ.get(f"TRUESTOCK_{field.name.upper()}_URL") for field in fields(Endpoints)}
    if any(named.values()):
        return Endpoints.of(named, source="The environment (TRUESTOCK_…_URL)")
    here = (start or Path.cwd()).resolve()
    candidates = [folder / LOCAL_FILE for folder in (here, *here.parents)]
    for path in (*candidates, config_folder(environ) / "endpoints.json"):
        if path.is_file():
            return Endpoints.read(path)
    raise Refusal(
        "endpoints_unknown",
        "It is not known where Truestock runs.",
        remedy="Start the local stack with `make run`, or name a file with --endpoints.",
        kind=RefusalKind.UNAVAILABLE,
    )
