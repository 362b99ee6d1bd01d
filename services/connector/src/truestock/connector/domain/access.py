"""A grant: what is known about the tokens of an attempt or a connection; when to refresh them (rule 9)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

USABLE_FOR = timedelta(seconds=60)
"""A leased token should live at least this long; less where its whole life is short."""
REFRESH_AHEAD = timedelta(minutes=10)
"""The proactive refresh comes this long before expiry; less where the whole life is short."""
FIRST_COOLDOWN = timedelta(seconds=5)
LONGEST_COOLDOWN = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Grant:
    """``owner_id`` is an attempt's or a connection's id; the tokens themselves are sealed elsewhere."""

    owner_id: UUID
    workspace_id: UUID
    token_version: int
    obtained_at: datetime
    access_expires_at: datetime
    refresh_expires_at: datetime | None
    failures: int = 0
    cooldown_until: datetime | None = None

    @property
    def _life(self) -> timedelta:
        return self.access_expires_at - self.obtained_at

    @property
    def refresh_at(self) -> datetime:
        """When to refresh without being asked."""
        return self.access_expires_at - min(REFRESH_AHEAD, self._life / 3)

    def usable(self, now: datetime) -> bool:
        """Whether the access token is worth handing out."""
        return now < self.access_expires_at - min(USABLE_FOR, self._life / 5)

    def renewed(self, now: datetime, access_for: timedelta, refresh_expires_at: datetime | None) -> "Grant":
        """New tokens: the next version, nothing held against it."""
        return Grant(
            owner_id=self.owner_id,
            workspace_id=self.workspace_id,
            token_version=self.token_version + 1,
            obtained_at=now,
            access_expires_at=now + access_for,
            refresh_expires_at=refresh_expires_at,
        )

    def refresh_failed(self, now: datetime) -> "Grant":
        """The marketplace gave no answer: the same tokens, and a pause that doubles."""
        pause = min(FIRST_COOLDOWN * 2 ** min(self.failures, 10), LONGEST_COOLDOWN)
        return replace(self, failures=self.failures + 1, cooldown_until=now + pause)


class Step(StrEnum):
    """What to do when somebody wants an access token."""

    USE = "use"
    REFRESH = "refresh"
    COOL_DOWN = "cool_down"
    """The last refresh failed a moment ago and the present token cannot be used."""


def next_step(
    grant: Grant, now: datetime, *, refused_version: int | None = None, ahead: bool = False
) -> Step:
    """Decide. ``refused_version`` is the one that the marketplace refused: only if it is still the current
    one it is replaced. ``ahead`` asks for the proactive refresh."""
    refused = refused_version is not None and refused_version >= grant.token_version
    wanted = ahead and now >= grant.refresh_at
    if grant.usable(now) and not refused and not wanted:
        return Step.USE
    if grant.cooldown_until is not None and now < grant.cooldown_until:
        still_good = not refused and now < grant.access_expires_at
        return Step.USE if still_good else Step.COOL_DOWN
    return Step.REFRESH
