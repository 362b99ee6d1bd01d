"""Etsy's tokens: ``<user id>.<opaque>``, refresh tokens rotated on every use, families revoked on re-use."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(slots=True)
class TokenSettings:
    """Lifetimes in seconds (Etsy: one hour, 90 days) and how refresh tokens behave.

    ``reuse_grace``: for so many seconds a used refresh token may be used again unpunished (Etsy: 0).
    ``canary`` is written into every new token, so that a test can look for it where no token may be.
    """

    access_ttl: float = 3_600.0
    refresh_ttl: float = 90 * 24 * 3_600.0
    rotate: bool = True
    revoke_family_on_reuse: bool = True
    reuse_grace: float = 0.0
    canary: str = ""


@dataclass(slots=True)
class Family:
    """Everything that came from one consent."""

    id: str
    user_id: int
    client_id: str
    scopes: frozenset[str]
    revoked: bool = False


@dataclass(slots=True)
class Access:
    """One access token's state."""

    family: Family
    expires_at: float


@dataclass(slots=True)
class Refresh:
    """One refresh token's state; also Authlib's ``TokenMixin`` protocol."""

    family: Family
    expires_at: float
    used_at: float | None = None

    def check_client(self, client: object) -> bool:
        """Whether it was given to this application."""
        return getattr(client, "client_id", None) == self.family.client_id

    def get_scope(self) -> str:
        """The scopes that were granted; a refresh never widens them."""
        return " ".join(sorted(self.family.scopes))


class TokenRefused(Exception):
    """Why a token is not accepted, in Etsy's words."""


class TokenStore:
    """All tokens that the sandbox's Etsy gave out; ``now`` in seconds."""

    def __init__(self, settings: TokenSettings, now: Callable[[], float]) -> None:
        self.settings, self._now = settings, now
        self._families: dict[str, Family] = {}
        self._access: dict[str, Access] = {}
        self._refresh: dict[str, Refresh] = {}

    def begin(self, user_id: int, client_id: str, scopes: frozenset[str]) -> Family:
        """A new consent."""
        family = Family(secrets.token_hex(8), user_id, client_id, scopes)
        self._families[family.id] = family
        return family

    def issue(self, family: Family, keep_refresh: str | None = None) -> dict[str, object]:
        """Etsy's token answer with a new access token, and a new refresh token unless one is kept."""
        access = self._secret(family, 40)
        self._access[access] = Access(family, self._now() + self.settings.access_ttl)
        refresh = keep_refresh
        if refresh is None:
            refresh = self._secret(family, 60)
            self._refresh[refresh] = Refresh(family, self._now() + self.settings.refresh_ttl)
        return {
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": int(self.settings.access_ttl),
            "refresh_token": refresh,
        }

    def _secret(self, family: Family, size: int) -> str:
        return f"{family.user_id}.{self.settings.canary}{secrets.token_urlsafe(size)}"

    def family_of_access(self, token: str) -> Family:
        """Who may act with this access token. Raises TokenRefused."""
        found = self._access.get(token)
        if found is None or found.family.revoked:
            raise TokenRefused("access token is invalid")
        if found.expires_at <= self._now():
            raise TokenRefused("access token is expired")
        return found.family

    def refresh_token(self, token: str) -> Refresh:
        """The refresh token, if it may be used now. Raises TokenRefused; re-use revokes the family."""
        found = self._refresh.get(token)
        if found is None:
            raise TokenRefused("refresh_token is invalid")
        if found.family.revoked:
            raise TokenRefused("refresh_token is revoked")
        if found.expires_at <= self._now():
            raise TokenRefused("refresh_token is expired")
        if found.used_at is not None and self._now() - found.used_at >= self.settings.reuse_grace:
            if self.settings.revoke_family_on_reuse:
                found.family.revoked = True
            raise TokenRefused("refresh_token is revoked")
        return found

    def rotate(self, token: str) -> dict[str, object]:
        """Use a refresh token that :meth:`refresh_token` accepted."""
        found = self._refresh[token]
        if not self.settings.rotate:
            return self.issue(found.family, keep_refresh=token)
        found.used_at = self._now() if found.used_at is None else found.used_at
        return self.issue(found.family)

    def owner_of_refresh(self, token: str) -> int | None:
        """Whose refresh token this is, whatever its state."""
        found = self._refresh.get(token)
        return found.family.user_id if found else None

    def expire_access(self, user_id: int) -> int:
        """All access tokens of a user are expired from now on; returns how many were not before."""
        now, count = self._now(), 0
        for access in self._access.values():
            if access.family.user_id == user_id and access.expires_at > now:
                access.expires_at, count = now, count + 1
        return count

    def revoke(self, user_id: int) -> int:
        """Revoke everything a user ever granted (a changed password does that); returns how many consents."""
        count = 0
        for family in self._families.values():
            if family.user_id == user_id and not family.revoked:
                family.revoked, count = True, count + 1
        return count

    def revoke_family(self, family_id: str) -> None:
        """Take back one consent."""
        if family := self._families.get(family_id):
            family.revoked = True
