"""The operator's access token: where it is kept and when it is renewed."""

import json
import os
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from truestock.client.errors import login_expired

EARLY = timedelta(seconds=20)
"""A token is renewed this long before it expires, so that it outlives the request it is sent with."""


class TokenSource(Protocol):
    """Gives a valid access token, or raises a :class:`Refusal` that says how to log in."""

    async def __call__(self, *, refused: str | None = None) -> str:
        """``refused`` is a token that a service has just answered 401 to: never give it again."""
        ...


@dataclass(frozen=True, slots=True)
class FixedToken:
    """A token that somebody else looks after."""

    value: str

    async def __call__(self, *, refused: str | None = None) -> str:
        """The token; raises :class:`Refusal` once it was refused."""
        if refused == self.value:
            raise login_expired()
        return self.value


@dataclass(frozen=True, slots=True)
class Login:
    """What the issuer granted. ``expires_at`` is the access token's end, UTC."""

    issuer: str
    access_token: str
    expires_at: datetime
    refresh_token: str | None = None

    def __repr__(self) -> str:
        return f"Login(issuer={self.issuer!r}, expires_at={self.expires_at.isoformat()})"

    def valid_at(self, now: datetime) -> bool:
        """Whether the access token still lives long enough to be used."""
        return now + EARLY < self.expires_at

    def expired(self) -> bool:
        """Whether it is no longer valid now."""
        return not self.valid_at(datetime.now(UTC))


class LoginFile:
    """The login of this user: one JSON file, readable by its owner alone (0600)."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self) -> Login | None:
        """The stored login; None when there is none, or when the file is damaged."""
        try:
            values = json.loads(self.path.read_text(encoding="utf-8"))
            return Login(**values | {"expires_at": datetime.fromisoformat(values["expires_at"])})
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def save(self, login: Login) -> None:
        """Replace the stored login in one step; nobody else may read it at any moment."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        values = asdict(login) | {"expires_at": login.expires_at.isoformat()}
        draft = self.path.with_suffix(".new")
        draft.unlink(missing_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(values, file)
        draft.replace(self.path)

    def forget(self) -> bool:
        """Delete the stored login; False when there was none."""
        existed = self.path.is_file()
        self.path.unlink(missing_ok=True)
        return existed


class StoredToken:
    """The token of :class:`LoginFile`, renewed by ``renew`` when it ends and the issuer allows it."""

    def __init__(
        self,
        file: LoginFile,
        renew: Callable[[Login], Awaitable[Login | None]],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._file = file
        self._renew = renew
        self._now = now

    async def __call__(self, *, refused: str | None = None) -> str:
        """As :class:`TokenSource`."""
        login = self._file.load()
        if login is None:
            raise login_expired()
        if login.valid_at(self._now()) and login.access_token != refused:
            return login.access_token
        renewed = await self._renew(login) if login.refresh_token else None
        if renewed is None:
            raise login_expired()
        self._file.save(renewed)
        return renewed.access_token
