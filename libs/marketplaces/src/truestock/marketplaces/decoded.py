"""Reading decoded JSON of which no shape is certain; a value of another type counts as nothing."""

from collections.abc import Iterator, Mapping
from typing import Any


def as_object(value: Any) -> Mapping[str, Any]:
    """The object, or an empty one."""
    return value if _is_object(value) else {}


def as_list(value: Any) -> list[Any]:
    """The list, or an empty one."""
    return value if isinstance(value, list) else []


def objects(value: Any) -> Iterator[Mapping[str, Any]]:
    """The objects of a list."""
    return filter(_is_object, as_list(value))


def _is_object(value: Any) -> bool:
    # Nearly always a dict, and asking an abstract class costs ten times as much.
    return type(value) is dict or isinstance(value, Mapping)
