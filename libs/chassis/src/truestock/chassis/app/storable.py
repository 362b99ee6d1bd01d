"""Text that no table can hold is refused at the edge, before a command has done half of its work."""

import re

from fastapi import Request

from truestock.chassis.problems import HttpProblem

_ESCAPED_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""In JSON the character can only stand as this escape, which an even number of backslashes does not make."""


async def refuse_nul(request: Request) -> None:
    """Refuse U+0000 in path, query or body: PostgreSQL's text and jsonb have no place for it (422)."""
    for place, holds in (
        ("path", "\0" in request.scope["path"]),
        ("query", any("\0" in value for value in request.query_params.values())),
        ("body", _ESCAPED_NUL.search(await request.body()) is not None),
    ):
        if holds:
            raise HttpProblem(
                422,
                "invalid_text",
                f"The {place} holds the character U+0000, which cannot be stored.",
                remedy="Leave the character out and repeat the command.",
            )
