"""Times as marketplaces write them."""

from datetime import UTC, datetime, timedelta


def with_milliseconds(seconds: float, more: int = 0) -> str:
    """Seconds since 1970, and ``more`` milliseconds, in ISO 8601: ``2026-01-31T12:00:00.000Z``."""
    moment = datetime.fromtimestamp(seconds, UTC) + timedelta(milliseconds=more)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
