"""Photos and specifics: lists of a listing of which single entries may be odd."""

from collections.abc import Callable, Iterable
from typing import Any

from truestock.contracts.listing import NoteCode, Photo
from truestock.contracts.values import Severity
from truestock.marketplaces.mapping.texts import short
from truestock.marketplaces.notes import Notes
from truestock.marketplaces.text import web_address

MOST_SPECIFICS = 100


def photos_of(addresses: Iterable[Any], notes: Notes, *, distinct: bool = False) -> tuple[Photo, ...]:
    """The photos in this order, ranked from 0; ``distinct``: each once. What is no web address is noted."""
    urls: list[str] = []
    for address in addresses:
        url = web_address(address)
        if url:
            urls.append(url)
        else:
            notes.add(NoteCode.FIELD_DROPPED, Severity.WARNING, "photos", "A photo without a web address.")
    kept = dict.fromkeys(urls) if distinct else urls
    return tuple(Photo(url=url, rank=place) for place, url in enumerate(kept))


def specifics_of(
    named: Iterable[tuple[str, Any]],
    *,
    words: Callable[[Any], str] = short,
    most: int = MOST_SPECIFICS,
) -> dict[str, tuple[str, ...]]:
    """What is said under each name: a value, or up to ``most`` of a list; without what has no ``words``."""
    specifics: dict[str, tuple[str, ...]] = {}
    for name, value in named:
        many = value if isinstance(value, list) else [value]
        texts = tuple(text for one in many[:most] if (text := words(one)))
        if texts and name:
            specifics[name] = texts
    return specifics
