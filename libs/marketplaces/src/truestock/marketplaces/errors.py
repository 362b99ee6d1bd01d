"""What can go wrong between us and a marketplace, in the words that decide what to do next.

Messages are public: they may be shown, logged and sent to a dead-letter topic, and never hold a token.
"""

from datetime import datetime


class MarketplaceError(Exception):
    """The marketplace did not give what was asked for."""


class AccessExpired(MarketplaceError):
    """The access token was refused; a newer one may work."""


class AccessRevoked(MarketplaceError):
    """The seller's grant is dead: only a person can bring it back, by reauthorizing."""


class MissingScope(MarketplaceError):
    """The grant lacks a permission; ``scopes`` names it where the marketplace does."""

    def __init__(self, message: str, scopes: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.scopes = scopes


class RateLimited(MarketplaceError):
    """Nothing may be sent before ``until`` (UTC)."""

    def __init__(self, message: str, until: datetime) -> None:
        super().__init__(message)
        self.until = until

    def retry_after(self, now: datetime) -> float:
        """Seconds to wait from ``now``, never negative."""
        return max(0.0, (self.until - now).total_seconds())


class Gone(MarketplaceError):
    """The marketplace does not know this object (any more)."""


class Temporary(MarketplaceError):
    """No usable answer (connection, time-out, 5xx); the same request may succeed later."""


class PermanentRefusal(MarketplaceError):
    """The marketplace understood and refused; repeating the request is pointless."""


class PartialRead(MarketplaceError):
    """Fewer objects arrived than were declared; what arrived must not pass for the whole."""
