"""jsonb in and out."""

from typing import Any

import orjson


def as_json(value: Any) -> str:
    """JSON text for a parameter that is cast to jsonb."""
    return orjson.dumps(value).decode()


def from_json(value: Any) -> Any:
    """A jsonb value; plain text queries get it as text."""
    return orjson.loads(value) if isinstance(value, str | bytes) else value
