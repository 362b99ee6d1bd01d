"""Dead letters as tables."""

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.text import Text

from truestock.client.models.dead_letters import DeadLetter, DeadLetterInFull
from truestock.client.show.importing import shorten
from truestock.client.show.words import facts, grid, instant, plain, word


def dead_letters(values: Iterable[DeadLetter]) -> RenderableType:
    """One a line, with the reason; the first column is what the other commands take."""
    values = list(values)
    if not values:
        return Text("There are no open dead letters.", style="green")
    table = grid("dead letter", "since", "key", "reason")
    for value in values:
        table.add_row(value.id, instant(value.written_at), plain(value.key), shorten(value.reason, 80))
    return table


def dead_letter(value: DeadLetterInFull) -> RenderableType:
    """One with everything that is known about it, and its content."""
    head = facts(
        ("dead letter", value.id),
        ("state", word(value.state)),
        ("since", instant(value.written_at)),
        ("reason", value.reason),
        ("error", value.exception_class),
        ("attempts", value.attempts),
        ("from", f"{value.original_topic}/{value.original_partition} offset {value.original_offset}"),
        ("key", value.key),
        ("bytes", value.bytes),
        *(("header " + name, text) for name, text in value.headers.items()),
    )
    settled = facts(
        ("settled by", value.settled_by),
        ("settled at", instant(value.settled_at)),
        ("because", value.settled_reason),
    )
    content = value.text if value.text is not None else f"base64: {value.base64 or ''}"
    parts: list[RenderableType] = [head, *([settled] if value.state != "open" else []), Text(content)]
    if not value.is_whole:
        parts.append(Text("(the content is longer; a replay takes all of it)", style="dim"))
    return Group(*parts)
