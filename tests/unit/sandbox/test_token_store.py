"""Tokens under the rules that a marketplace sets."""

import pytest

from truestock.sandbox.buckets import Buckets
from truestock.sandbox.oauth.tokens import Family, Issued, Prefixed, TokenRefused, TokenSettings, TokenStore


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def store(clock: Clock, settings: TokenSettings) -> tuple[TokenStore, Family]:
    made = TokenStore(settings, Prefixed("A|", "R|"), clock)
    return made, made.begin("seller", "app", frozenset({"read", "write"}))


def test_tokens_without_an_end_never_expire() -> None:
    clock = Clock()
    tokens, family = store(clock, TokenSettings(access_ttl=None, refresh_ttl=None))
    issued = tokens.issue(family)
    clock.now += 10**9
    assert tokens.access(issued.access).family is family
    assert tokens.refresh_token(issued.refresh).family is family
    assert "expires_in" not in issued.answer()


def test_a_kept_refresh_token_keeps_its_end() -> None:
    clock = Clock()
    tokens, family = store(clock, TokenSettings(rotate=False, refresh_ttl=100.0))
    first = tokens.issue(family)
    clock.now += 60
    again: Issued = tokens.rotate(first.refresh)
    assert (again.refresh, again.refresh_ttl) == (first.refresh, 40.0)
    assert again.access != first.access
    clock.now += 40
    with pytest.raises(TokenRefused, match="expired"):
        tokens.refresh_token(first.refresh)


def test_a_refresh_narrows_and_never_widens() -> None:
    tokens, family = store(Clock(), TokenSettings())
    first = tokens.issue(family)
    narrow = tokens.rotate(first.refresh, frozenset({"read", "admin"}))
    assert tokens.access(narrow.access).scopes == {"read"}
    assert tokens.access(tokens.rotate(narrow.refresh).access).scopes == {"read", "write"}


def test_reuse_within_the_grace_is_unpunished() -> None:
    clock = Clock()
    tokens, family = store(clock, TokenSettings(reuse_grace=10.0))
    first = tokens.issue(family)
    second = tokens.rotate(first.refresh)
    clock.now += 9
    tokens.refresh_token(first.refresh)
    clock.now += 1
    with pytest.raises(TokenRefused, match="revoked"):
        tokens.refresh_token(first.refresh)
    with pytest.raises(TokenRefused, match="revoked"):
        tokens.refresh_token(second.refresh)


def test_reuse_may_leave_the_family_alone() -> None:
    tokens, family = store(Clock(), TokenSettings(revoke_family_on_reuse=False))
    first = tokens.issue(family)
    second = tokens.rotate(first.refresh)
    with pytest.raises(TokenRefused):
        tokens.refresh_token(first.refresh)
    assert tokens.refresh_token(second.refresh).family is family


def test_owners_are_known_whatever_the_state() -> None:
    tokens, family = store(Clock(), TokenSettings())
    issued = tokens.issue(family)
    tokens.revoke("seller")
    assert (tokens.owner_of_access(issued.access), tokens.owner_of_refresh(issued.refresh)) == ("seller",) * 2
    assert tokens.owner_of_access("A|unknown") is None
    assert tokens.revoke("seller") == 0


def test_a_bucket_allows_its_burst_and_then_its_rate() -> None:
    clock = Clock()
    buckets = Buckets(clock)

    def take(key: str = "a", cost: float = 1.0) -> tuple[bool, float, float]:
        taken = buckets.take(key, rate=0.5, burst=2, cost=cost)
        return taken.allowed, taken.left, taken.wait

    assert [take(), take(), take()] == [(True, 1.0, 0.0), (True, 0.0, 0.0), (False, 0.0, 2.0)]
    assert take("b") == (True, 1.0, 0.0)
    clock.now += 2
    assert take() == (True, 0.0, 0.0)
    clock.now += 1_000
    assert take(cost=2.0) == (True, 0.0, 0.0)
    assert buckets.give_back("a", 1.5, burst=2) == 1.5
    assert buckets.give_back("a", 1.5, burst=2) == 2
    assert buckets.give_back("unknown", 1, burst=2) == 2
