"""What wires read alike in answers that are no success."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from truestock.marketplaces.decoded import as_object


def error_object(response: httpx.Response) -> Mapping[str, Any]:
    """The JSON object that explains an error; an empty one where the body is anything else."""
    try:
        return as_object(response.json())
    except ValueError:
        return {}


def http_date(value: str) -> datetime | None:
    """The moment (UTC) that a header names (RFC 9110 §5.6.7); None for what is no date."""
    try:
        return parsedate_to_datetime(value).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
