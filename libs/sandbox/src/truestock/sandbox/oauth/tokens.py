"""Access and refresh tokens of one marketplace: lifetimes, rotation and revocation are settings of it."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


@dataclass(slots=True)
class TokenSettings:
    """Lifetimes in seconds and how refresh tokens behave; the defaults are Etsy's (one hour, 90 days).

    ``access_ttl`` or ``refresh_ttl`` None: never expires. ``rotate``: a refresh token works once and its
    successor comes with the answer. ``reuse_grace``: for so many seconds a used one may be used again
    unpunished. ``canary`` is written into every new token, to be looked for where no token may be.
    """

    access_ttl: float | None = 3_600.0
    refresh_ttl: float | None = 90 * 24 * 3_600.0
    rotate: bool = True
    revoke_family_on_reuse: bool = True
    reuse_grace: float = 0.0
    canary: str = ""


@dataclass(slots=True)
class Family:
    """Everything that came from one consent of one person (``user_id``)."""

    id: str
    user_id: str
    client_id: str
    scopes: frozenset[str]
    revoked: bool = False


@dataclass(slots=True)
class Access:
    """One access token's state; ``scopes`` may be fewer than were granted. ``expires_at`` None: never."""

    family: Family
    expires_at: float | None
    scopes: frozenset[str]


@dataclass(slots=True)
class Refresh:
    """One refresh token's state; also Authlib's ``TokenMixin`` protocol. ``expires_at`` None: never."""

    family: Family
    expires_at: float | None
    used_at: float | None = None

    def check_client(self, client: object) -> bool:
        """Whether it was given to this application."""
        return getattr(client, "client_id", None) == self.family.client_id

    def get_scope(self) -> str:
        """The scopes that were granted; a refresh never widens them."""
        return " ".join(sorted(self.family.scopes))


class TokenFormat(Protocol):
    """How a marketplace's tokens look; ``opaque`` is random and holds the canary."""

    def access(self, family: Family, opaque: str) -> str:
        """An access token."""
        ...

    def refresh(self, family: Family, opaque: str) -> str:
        """A refresh token."""
        ...


@dataclass(frozen=True, slots=True)
class Prefixed:
    """Tokens that begin with a fixed text (``Atza|…``, ``shpat_…``)."""

    access_prefix: str = ""
    refresh_prefix: str = ""

    def access(self, _: Family, opaque: str) -> str:
        """An access token."""
        return self.access_prefix + opaque

    def refresh(self, _: Family, opaque: str) -> str:
        """A refresh token."""
        return self.refresh_prefix + opaque


@dataclass(frozen=True, slots=True)
class Issued:
    """A pair of new tokens (``refresh`` may be the old one). Lifetimes in seconds, None: never expires."""

    family: Family
    scopes: frozenset[str]
    access: str
    access_ttl: float | None
    refresh: str
    refresh_ttl: float | None

    def answer(self) -> dict[str, object]:
        """The answer of RFC 6749 §5.1, without the optional scope."""
        shown: dict[str, object] = {"access_token": self.access, "token_type": "Bearer"}
        if self.access_ttl is not None:
            shown["expires_in"] = int(self.access_ttl)
        return {**shown, "refresh_token": self.refresh}


class TokenRefused(Exception):
    """Why a token is not accepted."""


class TokenStore:
    """All tokens that one marketplace gave out; ``now`` in seconds."""

    def __init__(self, settings: TokenSettings, form: TokenFormat, now: Callable[[], float]) -> None:
        self.settings, self._form, self._now = settings, form, now
        self._families: dict[str, Family] = {}
        self._access: dict[str, Access] = {}
        self._refresh: dict[str, Refresh] = {}

    def begin(self, user_id: str, client_id: str, scopes: frozenset[str]) -> Family:
        """A new consent."""
        family = Family(secrets.token_hex(8), user_id, client_id, scopes)
        self._families[family.id] = family
        return family

    def issue(
        self, family: Family, *, keep_refresh: str | None = None, scopes: frozenset[str] | None = None
    ) -> Issued:
        """A new access token, and a new refresh token unless one is kept; ``scopes`` may narrow the first."""
        settings, granted = self.settings, family.scopes if scopes is None else scopes & family.scopes
        access = self._form.access(family, self._opaque(40))
        self._access[access] = Access(family, self._end(settings.access_ttl), granted)
        refresh, refresh_ttl = keep_refresh, settings.refresh_ttl
        if refresh is None:
            refresh = self._form.refresh(family, self._opaque(60))
            self._refresh[refresh] = Refresh(family, self._end(refresh_ttl))
        elif (end := self._refresh[refresh].expires_at) is not None:
            refresh_ttl = end - self._now()
        return Issued(family, granted, access, settings.access_ttl, refresh, refresh_ttl)

    def _opaque(self, size: int) -> str:
        return f"{self.settings.canary}{secrets.token_urlsafe(size)}"

    def _end(self, ttl: float | None) -> float | None:
        return None if ttl is None else self._now() + ttl

    def _over(self, end: float | None) -> bool:
        return end is not None and end <= self._now()

    def access(self, token: str) -> Access:
        """What this access token may do, and for whom. Raises TokenRefused."""
        found = self._access.get(token)
        if found is None or found.family.revoked:
            raise TokenRefused("access token is invalid")
        if self._over(found.expires_at):
            raise TokenRefused("access token is expired")
        return found

    def refresh_token(self, token: str) -> Refresh:
        """The refresh token, if it may be used now. Raises TokenRefused; re-use revokes the family."""
        found = self._refresh.get(token)
        if found is None:
            raise TokenRefused("refresh_token is invalid")
        if found.family.revoked:
            raise TokenRefused("refresh_token is revoked")
        if self._over(found.expires_at):
            raise TokenRefused("refresh_token is expired")
        if found.used_at is not None and self._now() - found.used_at >= self.settings.reuse_grace:
            if self.settings.revoke_family_on_reuse:
                found.family.revoked = True
            raise TokenRefused("refresh_token is revoked")
        return found

    def rotate(self, token: str, scopes: frozenset[str] | None = None) -> Issued:
        """Use a refresh token that :meth:`refresh_token` accepted."""
        found = self._refresh[token]
        if not self.settings.rotate:
            return self.issue(found.family, keep_refresh=token, scopes=scopes)
        found.used_at = self._now() if found.used_at is None else found.used_at
        return self.issue(found.family, scopes=scopes)

    def owner_of_access(self, token: str) -> str | None:
        """Whose access token this is, whatever its state."""
        found = self._access.get(token)
        return found.family.user_id if found else None

    def owner_of_refresh(self, token: str) -> str | None:
        """Whose refresh token this is, whatever its state."""
        found = self._refresh.get(token)
        return found.family.user_id if found else None

    def expire_access(self, user_id: str) -> int:
        """All access tokens of a user are expired from now on; returns how many were not before."""
        count = 0
        for access in self._access.values():
            if access.family.user_id == user_id and not self._over(access.expires_at):
                access.expires_at, count = self._now(), count + 1
        return count

    def revoke(self, user_id: str) -> int:
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
