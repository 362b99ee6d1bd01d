"""A grant: what is known about the tokens of an attempt or a connection (rules 8 and 9)."""

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
    access_expires_at: datetime | None
    """None: it does not expire, and nothing renews it (a store's keys)."""
    refresh_expires_at: datetime | None
    consented_at: datetime
    """When the seller agreed: a refresh does not move it."""
    account_seen: int = 0
    """The token version with which the account behind the access was last seen to be the right one."""
    failures: int = 0
    cooldown_until: datetime | None = None

    @property
    def refresh_at(self) -> datetime | None:
        """When to refresh without being asked; None for what does not expire."""
        if self.access_expires_at is None:
            return None
        return self.access_expires_at - min(REFRESH_AHEAD, (self.access_expires_at - self.obtained_at) / 3)

    def usable(self, now: datetime) -> bool:
        """Whether the access token is worth handing out."""
        if self.access_expires_at is None:
            return True
        life = self.access_expires_at - self.obtained_at
        return now < self.access_expires_at - min(USABLE_FOR, life / 5)

    def alive(self, now: datetime) -> bool:
        """Whether the marketplace should still accept the access token."""
        return self.access_expires_at is None or now < self.access_expires_at

    def renewed(
        self, now: datetime, access_for: timedelta | None, refresh_expires_at: datetime | None
    ) -> "Grant":
        """New tokens: the next version, nothing held against it."""
        return Grant(
            owner_id=self.owner_id,
            workspace_id=self.workspace_id,
            token_version=self.token_version + 1,
            obtained_at=now,
            access_expires_at=now + access_for if access_for else None,
            refresh_expires_at=refresh_expires_at,
            consented_at=self.consented_at,
            account_seen=self.account_seen,
        )

    def recognised(self) -> "Grant":
        """The access leads to the account that it should."""
        return replace(self, account_seen=self.token_version, failures=0, cooldown_until=None)

    def refresh_failed(self, now: datetime) -> "Grant":
        """The marketplace gave no answer: the same tokens, and a pause that doubles."""
        pause = min(FIRST_COOLDOWN * 2 ** min(self.failures, 10), LONGEST_COOLDOWN)
        return replace(self, failures=self.failures + 1, cooldown_until=now + pause)


class Step(StrEnum):
    """What to do when somebody wants an access token."""

    USE = "use"
    REFRESH = "refresh"
    RECOGNISE = "recognise"
    """New tokens: before anybody uses them, look whether they still lead to the same account."""
    COOL_DOWN = "cool_down"
    """The last refresh failed a moment ago and the present token cannot be used."""


def next_step(
    grant: Grant, now: datetime, *, refused_version: int | None = None, ahead: bool = False
) -> Step:
    """Decide. ``refused_version`` is the one that the marketplace refused: only if it is still the current
    one it is replaced. ``ahead`` asks for the proactive refresh."""
    refused = refused_version is not None and refused_version >= grant.token_version
    wanted = ahead and grant.refresh_at is not None and now >= grant.refresh_at
    known = grant.account_seen == grant.token_version
    if grant.usable(now) and not refused and not wanted and known:
        return Step.USE
    if grant.cooldown_until is not None and now < grant.cooldown_until:
        still_good = not refused and grant.alive(now) and known
        return Step.USE if still_good else Step.COOL_DOWN
    return Step.REFRESH if known or refused or not grant.usable(now) else Step.RECOGNISE
