"""Days on which access ends: what is shown, when somebody is told, and how often."""

from datetime import timedelta

import pytest
from support.connector_values import NOW, grant

from truestock.connector.domain.deadlines import (
    KEYS_LOOK_EVERY,
    LOOK_EVERY,
    Vendor,
    deadlines,
    next_look,
    warnings,
)
from truestock.contracts.events import DeadlineKind

DAY = timedelta(days=1)


def test_the_nearest_deadline_comes_first() -> None:
    vendor = Vendor(consent_lifetime=365 * DAY, secret_expires_at=NOW + 20 * DAY)
    found = deadlines(grant(refresh_expires_at=NOW + 90 * DAY, consented_at=NOW - 300 * DAY), vendor)
    assert [(one.kind, one.days_left(NOW)) for one in found] == [
        ("client_secret", 20),
        ("consent", 65),
        ("refresh_token", 90),
    ]
    assert all(one.remedy for one in found)


def test_a_refresh_moves_its_own_deadline_and_never_the_consents() -> None:
    vendor = Vendor(consent_lifetime=365 * DAY)
    before = grant(refresh_expires_at=NOW + 90 * DAY)
    after = before.renewed(NOW + 10 * DAY, timedelta(hours=1), NOW + 100 * DAY)
    ends = [{one.kind: one.ends_at for one in deadlines(seen, vendor)} for seen in (before, after)]
    assert ends[1][DeadlineKind.REFRESH_TOKEN] - ends[0][DeadlineKind.REFRESH_TOKEN] == 10 * DAY
    assert ends[1][DeadlineKind.CONSENT] == ends[0][DeadlineKind.CONSENT]


def test_access_that_never_ends_has_no_deadline() -> None:
    keys = grant(access_expires_at=None, refresh_expires_at=None)
    assert deadlines(keys, Vendor()) == ()
    assert next_look(keys, NOW) == NOW + KEYS_LOOK_EVERY
    assert next_look(grant(), NOW) == NOW + LOOK_EVERY


@pytest.mark.parametrize(
    ("left", "days"),
    [(31 * DAY, []), (30 * DAY, [30]), (8 * DAY, [30]), (7 * DAY, [7]), (DAY, [1]), (timedelta(0), [])],
)
def test_a_warning_is_due_as_the_day_comes_closer(left: timedelta, days: list[int]) -> None:
    found = deadlines(grant(refresh_expires_at=NOW + left), Vendor())
    assert [one.days for one in warnings(found, NOW)] == days
