"""The revisions that were last shown to this user, so that decisions are made on what was seen."""

import json
from pathlib import Path

from truestock.contracts.problem import Refusal, RefusalKind

KEPT = 500
"""How many resources are remembered; the oldest are forgotten first."""


class Seen:
    """A small JSON file: resource → revision."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def note(self, kind: str, identifier: str, revision: int) -> None:
        """This revision of this resource has just been shown."""
        values = self._load()
        values.pop(f"{kind}:{identifier}", None)
        values[f"{kind}:{identifier}"] = revision
        kept = dict(list(values.items())[-KEPT:])
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = self._path.with_suffix(".new")
        draft.write_text(json.dumps(kept), encoding="utf-8")
        draft.replace(self._path)

    def revision(self, kind: str, identifier: str, given: int | None, *, look: str) -> int:
        """The revision to decide on; raises :class:`Refusal` when it was never shown.

        ``look`` is the command that shows the resource.
        """
        if given is not None:
            return given
        found = self._load().get(f"{kind}:{identifier}")
        if found is None:
            raise Refusal(
                "not_seen",
                f"You have not looked at this {kind} yet ({identifier}).",
                remedy=f"Run `{look}` first, or give --revision.",
                kind=RefusalKind.STALE,
            )
        return found

    def _load(self) -> dict[str, int]:
        try:
            values = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        if not isinstance(values, dict):
            return {}
        return {key: value for key, value in values.items() if isinstance(value, int)}
