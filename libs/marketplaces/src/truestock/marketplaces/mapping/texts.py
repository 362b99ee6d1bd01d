"""Titles, descriptions and short texts of a listing."""

from typing import Any

from truestock.contracts.listing import NoteCode
from truestock.contracts.values import Severity
from truestock.marketplaces.notes import Notes
from truestock.marketplaces.text import plain_text

LONGEST_TITLE = 255
LONGEST_DESCRIPTION = 200_000
LONGEST_TEXT = 2_000
LONGEST_ID = 255


def title_of(title: str, otherwise: str, notes: Notes) -> str:
    """``title`` (plain text), shortened where it must be; ``otherwise`` where there is none."""
    if not title:
        notes.add(NoteCode.TITLE_MISSING, Severity.WARNING, "title", "The listing has no title.")
        return otherwise
    if len(title) > LONGEST_TITLE:
        notes.add(
            NoteCode.TITLE_SHORTENED,
            Severity.INFO,
            "title",
            f"The title has {len(title)} characters; the first {LONGEST_TITLE} were kept.",
        )
        return title[:LONGEST_TITLE].rstrip()
    return title


def remark_markup(stripped: bool, notes: Notes) -> None:
    """Say that the description is plain text now, where it was not."""
    if stripped:
        notes.add(NoteCode.HTML_STRIPPED, Severity.INFO, "description", "Markup was taken out of the text.")


def short(value: Any) -> str:
    """One line of plain text of a length that can be held; "" for what is no text."""
    return plain_text(value)[:LONGEST_TEXT]
