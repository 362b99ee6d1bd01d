"""Requests to the control API that cannot be done."""


class Refused(Exception):
    """Status, and cause and remedy in words."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail
