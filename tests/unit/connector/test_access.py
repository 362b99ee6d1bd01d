"""When a token is used, refreshed, or left alone for a while."""

from datetime import timedelta

import pytest
from support.connector_values import NOW, grant

from truestock.connector.domain.access import Step, next_step

MINUTE = timedelta(minutes=1)


def test_a_token_with_life_in_it_is_used() -> None:
    assert next_step(grant(), NOW + 58 * MINUTE) is Step.USE
    assert next_step(grant(), NOW + 59 * MINUTE + timedelta(seconds=1)) is Step.REFRESH


def test_ahead_of_expiry_only_who_asks_for_it_refreshes() -> None:
    assert next_step(grant(), NOW + 49 * MINUTE, ahead=True) is Step.USE
    assert next_step(grant(), NOW + 50 * MINUTE, ahead=True) is Step.REFRESH
    assert next_step(grant(), NOW + 50 * MINUTE) is Step.USE


def test_only_the_current_version_can_be_refused() -> None:
    assert next_step(grant(token_version=2), NOW, refused_version=1) is Step.USE
    assert next_step(grant(token_version=2), NOW, refused_version=2) is Step.REFRESH


def test_a_short_life_is_not_refreshed_all_the_time() -> None:
    short = grant(lives=timedelta(seconds=6))
    assert next_step(short, NOW) is Step.USE
    assert next_step(short, NOW, ahead=True) is Step.USE
    assert next_step(short, NOW + timedelta(seconds=5)) is Step.REFRESH


def test_failures_back_off_and_the_present_token_goes_on() -> None:
    failed = grant().refresh_failed(NOW)
    assert failed.cooldown_until == NOW + timedelta(seconds=5)
    assert next_step(failed, NOW, refused_version=1) is Step.COOL_DOWN
    assert next_step(failed, NOW + timedelta(seconds=5), refused_version=1) is Step.REFRESH
    late = grant().refresh_failed(NOW + 59.5 * MINUTE)
    assert next_step(late, NOW + 59.5 * MINUTE) is Step.USE, "it lives for another half minute"
    assert next_step(late, NOW + 60 * MINUTE) is Step.REFRESH


@pytest.mark.parametrize(("failures", "seconds"), [(0, 5), (1, 10), (3, 40), (30, 900)])
def test_the_pause_doubles_up_to_a_quarter_of_an_hour(failures: int, seconds: int) -> None:
    assert grant(failures=failures).refresh_failed(NOW).cooldown_until == NOW + timedelta(seconds=seconds)


def test_new_tokens_are_the_next_version_with_nothing_held_against_them() -> None:
    renewed = grant(failures=3, cooldown_until=NOW).renewed(NOW, timedelta(hours=1), None)
    assert (renewed.token_version, renewed.failures, renewed.cooldown_until) == (2, 0, None)
