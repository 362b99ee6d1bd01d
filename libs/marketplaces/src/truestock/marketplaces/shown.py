"""Reading what an answer shows, by declared paths: for evidence, which shares nothing with the mapping."""

from collections.abc import Iterator, Mapping
from typing import Any
from unicodedata import category

from truestock.marketplaces.decoded import objects

_UNREADABLE = ("Cc", "Cs")
_BYTE_ORDER_MARK = "\ufeff"


def at(value: Any, path: str) -> Any:
    """What lies at a dotted path of object keys and list places; None where there is nothing."""
    if type(value) is dict and "." not in path:
        return value.get(path)
    for key in path.split("."):
        if isinstance(value, list) and key.isdigit():
            value = value[int(key)] if int(key) < len(value) else None
        else:
            value = value.get(key) if isinstance(value, Mapping) else None
    return value


def each(value: Any, path: str) -> Iterator[Mapping[str, Any]]:
    """The objects of the list at a path; none where there is no list."""
    return objects(at(value, path))


def text_at(value: Any, path: str) -> str:
    """The text at a path, as it was sent; "" where there is none."""
    found = at(value, path)
    return found if isinstance(found, str) else ""


def is_unreadable(text: str) -> bool:
    """Whether it holds a control character or half a character."""
    return not text.isprintable() and any(category(c) in _UNREADABLE for c in text)


def one_line(text: str) -> str:
    """``text`` as people read it: on one line, without what cannot be read."""
    if text.isprintable():  # no control characters, no marks, no space but " "
        return " ".join(text.split()) if " " in text else text
    kept = (c for c in text if c.isspace() or (category(c) not in _UNREADABLE and c != _BYTE_ORDER_MARK))
    return " ".join("".join(kept).split())
