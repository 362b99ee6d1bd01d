"""Refused requests, before a marketplace words them."""

from collections.abc import Mapping


class Refusal(Exception):
    """A request that is answered with an error: status, code (or message) and perhaps a description."""

    def __init__(
        self,
        status: int,
        error: str,
        description: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(error)
        self.status, self.error, self.description, self.headers = status, error, description, headers
