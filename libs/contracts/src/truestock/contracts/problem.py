"""A refusal that people and programs can act on (RFC 9457 problem details, as an exception).

Domain code raises :class:`Refusal`; the HTTP edge turns it into ``application/problem+json``,
the command line into a sentence. ``detail`` names the cause, ``remedy`` what to do next.
"""

from enum import StrEnum
from typing import Any


class RefusalKind(StrEnum):
    """What sort of refusal it is; the HTTP edge derives the status code from it."""

    INVALID = "invalid"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    STALE = "stale"
    UNAVAILABLE = "unavailable"


STATUS = {
    RefusalKind.INVALID: 422,
    RefusalKind.FORBIDDEN: 403,
    RefusalKind.NOT_FOUND: 404,
    RefusalKind.CONFLICT: 409,
    RefusalKind.STALE: 412,
    RefusalKind.UNAVAILABLE: 503,
}


class Refusal(Exception):
    """A command was refused; nothing was changed.

    ``code`` is stable and lower_snake_case, ``extras`` are JSON values that a program may use.
    Never put a secret into any of the fields: they are shown and logged.
    """

    def __init__(
        self, code: str, detail: str, *, remedy: str, kind: RefusalKind = RefusalKind.CONFLICT, **extras: Any
    ) -> None:
        super().__init__(f"{detail} {remedy}")
        self.code = code
        self.detail = detail
        self.remedy = remedy
        self.kind = kind
        self.extras = extras

    @property
    def status(self) -> int:
        """The HTTP status code of this refusal."""
        return STATUS[self.kind]

    def as_problem(self) -> dict[str, Any]:
        """The members of an ``application/problem+json`` body."""
        return {
            "type": f"urn:truestock:problem:{self.code}",
            "title": self.code.replace("_", " "),
            "status": self.status,
            "detail": self.detail,
            "remedy": self.remedy,
            "code": self.code,
            **self.extras,
        }


def not_found(what: str, identifier: object) -> Refusal:
    """An unknown id, or one of another workspace: the two are not told apart."""
    return Refusal(
        "not_found",
        f"There is no {what} {identifier} in this workspace.",
        remedy="Check the id, or list what there is.",
        kind=RefusalKind.NOT_FOUND,
    )


def stale(what: str, seen: int, current: int) -> Refusal:
    """The operator decided on a revision that is no longer current."""
    return Refusal(
        "stale_revision",
        f"You decided on revision {seen} of this {what}; it is at {current} now.",
        remedy="Read it again, look at what changed, and repeat the command with the new revision.",
        kind=RefusalKind.STALE,
        current=current,
    )
