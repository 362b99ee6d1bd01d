"""The attempt's states, and what a confirmation must repeat."""

from datetime import timedelta

import pytest
from support.connector_values import NOW, attempt, review

from truestock.connector.domain.attempts import (
    Attempt,
    AttemptState,
    ExpectedAccount,
    check_confirmable,
    check_confirmation,
    scopes_missing,
)
from truestock.contracts.problem import Refusal

ANYBODY = ExpectedAccount()


def awaiting(expected: ExpectedAccount = ANYBODY) -> Attempt:
    return attempt(expected=expected).authorized(review(), NOW)


def confirm(
    shown: Attempt, account_id: str = "100", settings_hash: str = "h1", reason: str | None = None
) -> None:
    assert shown.review is not None
    check_confirmation(
        shown, shown.review, account_id=account_id, settings_hash=settings_hash, accept_mismatch_reason=reason
    )


def test_it_waits_fifteen_minutes_and_then_a_day() -> None:
    started = attempt()
    assert started.under_way(NOW + timedelta(minutes=14, seconds=59))
    assert not started.under_way(NOW + timedelta(minutes=15))
    shown = started.authorized(review(), NOW)
    assert shown.under_way(NOW + timedelta(hours=23))
    assert not shown.under_way(NOW + timedelta(hours=24))
    assert shown.revision == started.revision + 1


def test_only_what_awaits_confirmation_can_be_confirmed() -> None:
    assert check_confirmable(awaiting(), NOW).account.id == "100"
    for other in (attempt(), attempt().denied(), awaiting().ended(AttemptState.REJECTED)):
        with pytest.raises(Refusal) as refused:
            check_confirmable(other, NOW)
        assert refused.value.extras["state"] == other.state
    with pytest.raises(Refusal, match="expired"):
        check_confirmable(awaiting(), NOW + timedelta(days=1))


def test_the_account_and_the_settings_are_repeated() -> None:
    confirm(awaiting())
    with pytest.raises(Refusal, match="came back with 100"):
        confirm(awaiting(), account_id="200")
    with pytest.raises(Refusal) as refused:
        confirm(awaiting(), settings_hash="h0")
    assert (refused.value.code, refused.value.extras["settings_hash"]) == ("settings_changed", "h1")


def test_the_expected_id_binds_and_the_name_is_a_hint() -> None:
    assert awaiting().account_matches is None
    assert awaiting(ExpectedAccount(name="Other")).account_matches is None
    confirm(awaiting(ExpectedAccount(name="Other")))
    assert awaiting(ExpectedAccount("100", "Renamed")).account_matches is True
    confirm(awaiting(ExpectedAccount("100", "Renamed")))
    other = awaiting(ExpectedAccount("999", "LinenAndClay"))
    assert other.account_matches is False
    with pytest.raises(Refusal, match="Account 999 was expected"):
        confirm(other)
    confirm(other, reason="the sheet was wrong")


def test_missing_scopes_are_named() -> None:
    failed = attempt().failed(scopes_missing(("listings_r",)), missing_scopes=("listings_r",))
    assert failed.failure is not None
    assert "listings_r" in failed.failure.detail
    assert failed.missing_scopes == ("listings_r",)
