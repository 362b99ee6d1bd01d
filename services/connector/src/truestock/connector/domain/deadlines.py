"""Days on which a marketplace ends access unless a person acts; their sources: docs/marketplaces.md."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from truestock.connector.domain.access import Grant
from truestock.contracts.events import DeadlineKind

WARN_DAYS = (30, 7, 1)
"""A warning goes out so many days before, each once."""
LOOK_EVERY = timedelta(hours=6)
"""How often a connection is looked after without being asked: settings, deadlines."""
KEYS_LOOK_EVERY = timedelta(minutes=15)
"""The same where deleted keys tell nobody and have to be found out (WooCommerce)."""


@dataclass(frozen=True, slots=True)
class Vendor:
    """What a marketplace and our registration there let end."""

    consent_lifetime: timedelta | None = None
    secret_expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Deadline:
    """What ends when, and what to do about it."""

    kind: DeadlineKind
    ends_at: datetime
    remedy: str

    def days_left(self, now: datetime) -> int:
        """Whole days; negative once it has passed."""
        return (self.ends_at - now) // timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Notification:
    """A deadline that has come within so many days: it is told once."""

    deadline: Deadline
    days: int


def deadlines(grant: Grant, vendor: Vendor) -> tuple[Deadline, ...]:
    """The deadlines of a connection, the nearest first."""
    found = []
    if grant.refresh_expires_at is not None:
        found.append(
            Deadline(
                DeadlineKind.REFRESH_TOKEN,
                grant.refresh_expires_at,
                "Reauthorize the connection before then; each refresh moves the day where tokens rotate.",
            )
        )
    if vendor.consent_lifetime is not None:
        found.append(
            Deadline(
                DeadlineKind.CONSENT,
                grant.consented_at + vendor.consent_lifetime,
                "Reauthorize the connection: the marketplace ends every consent on that day.",
            )
        )
    if vendor.secret_expires_at is not None:
        found.append(
            Deadline(
                DeadlineKind.CLIENT_SECRET,
                vendor.secret_expires_at,
                "Make a new client secret at the marketplace and give it to the connector.",
            )
        )
    return tuple(sorted(found, key=lambda one: one.ends_at))


def warnings(found: Iterable[Deadline], now: datetime) -> tuple[Notification, ...]:
    """The closest warning that is due for each deadline; none for one that has passed."""
    due = []
    for deadline in found:
        reached = [days for days in WARN_DAYS if now >= deadline.ends_at - timedelta(days=days)]
        if reached and now < deadline.ends_at:
            due.append(Notification(deadline, min(reached)))
    return tuple(due)


def next_look(grant: Grant, now: datetime) -> datetime:
    """When to look after a connection again."""
    return now + (KEYS_LOOK_EVERY if grant.access_expires_at is None else LOOK_EVERY)
