"""Making text that came from outside safe to store, show and compare."""

import html
import re

import nh3

MARKUP = re.compile(r"</?[a-zA-Z!][^>]*>")
_BREAKS = re.compile(r"<\s*(?:br\s*/?|/p|/li|/div|/h[1-6]|/tr)\s*>", re.IGNORECASE)
# PostgreSQL refuses NUL in text, and JSON encoders refuse lone surrogates; none of them is readable anyway.
_UNSTORABLE = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff]")
_UNESCAPES = 3
"""Marketplaces are seen to escape twice; what is escaped more often is an attempt at something."""


def web_address(value: object, longest: int = 2_000) -> str:
    """``value`` when it can be an http(s) address, else the empty string; never unescaped or repaired."""
    if not isinstance(value, str) or len(value) > longest or not value.startswith(("http://", "https://")):
        return ""
    return "" if re.search(r"\s", value) or _UNSTORABLE.search(value) else value


def identifier(value: object) -> str:
    """``value`` trimmed and without what cannot be stored; otherwise as it was written, never unescaped."""
    return " ".join(_UNSTORABLE.sub("", value).split()) if isinstance(value, str) else ""


def plain_text(value: object) -> str:
    """``value`` as one line of plain text: entities resolved, markup and control characters gone."""
    if isinstance(value, str) and _is_plain(value):
        return " ".join(value.split())
    return " ".join(without_markup(value)[0].split())


def without_markup(value: object) -> tuple[str, bool]:
    """Plain text with its line breaks, and whether any markup was taken out."""
    if not isinstance(value, str):
        return "", False
    if _is_plain(value):
        return value.strip(), False
    text = _UNSTORABLE.sub("", value.replace("\r\n", "\n"))
    stripped = False
    for _ in range(_UNESCAPES):
        before = text
        text = html.unescape(text)
        if MARKUP.search(text):
            stripped = True
            text = html.unescape(nh3.clean(_BREAKS.sub("\n", text), tags=set(), clean_content_tags=_SILENT))
        if text == before:
            break
    if MARKUP.search(text):
        text = text.replace("<", "")
    return _UNSTORABLE.sub("", text).strip(), stripped


def _is_plain(text: str) -> bool:
    """Whether nothing has to be taken out: most texts, and telling so costs a tenth of taking it out."""
    return "&" not in text and "<" not in text and text.isprintable()


_SILENT = {"script", "style"}
"""Elements whose content is not text for people."""
