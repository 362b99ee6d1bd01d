"""What the guard refuses. Texts are for people: they name cause and remedy, and no address behind a name."""

import httpx


class OutboundRefused(httpx.RequestError):
    """Permanent: the same request will be refused again. ``cause`` alone fits into another sentence.

    It is no ``httpx.TransportError``: those pass by themselves, and a caller may try them again.
    """

    def __init__(self, cause: str, remedy: str) -> None:
        super().__init__(f"{cause[:1].upper()}{cause[1:]}. {remedy}")
        self.cause = cause
        self.remedy = remedy


class AddressRefused(OutboundRefused):
    """Nothing is sent to such an address."""


class AnswerRefused(OutboundRefused):
    """The host answered with more than is read, or in a content coding that was not asked for."""


class ExchangeTimeout(httpx.TimeoutException):
    """The whole exchange, from the look-up to the last byte, took longer than the policy allows."""

    def __init__(self) -> None:
        super().__init__("The host did not finish its answer in time.")
