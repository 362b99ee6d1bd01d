"""What every authorization code flow verifies before it sends anything."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from truestock.marketplaces import registry
from truestock.marketplaces.authorization import Application, CallbackRefused, OAuthProfile, lifetime

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
APP = Application(
    client_id="app",
    redirect_uri="https://truestock.test/v1/oauth/x/callback",
    authorize_url="https://x.test/authorize",
    token_url="https://x.test/token",  # an address, not a secret
    api_url="https://x.test",
    client_secret="canary-of-the-application",  # looked for below
)
PROFILE = OAuthProfile(
    authorize_url=APP.authorize_url,
    token_url=APP.token_url,
    required_scopes=("read",),
    pkce=True,
    refresh_lifetime=None,
    issuer="https://x.test",
)


def returned(*query: tuple[str, str], profile: OAuthProfile = PROFILE) -> str:
    return profile.returned(APP, query, store=None, now=NOW).code


def test_the_issuer_is_compared_where_it_is_advertised() -> None:
    assert returned(("code", "c"), ("state", "s"), ("iss", "https://x.test")) == "c"
    for iss in ("https://evil.test", "https://x.test/", ""):
        with pytest.raises(CallbackRefused) as refused:
            returned(("code", "c"), ("state", "s"), ("iss", iss))
        assert refused.value.code == "wrong_issuer"
    with pytest.raises(CallbackRefused):
        returned(("code", "c"), ("state", "s"))
    assert returned(("code", "c"), ("state", "s"), profile=replace(PROFILE, issuer=None)) == "c"


@pytest.mark.parametrize(
    "query",
    [
        (("state", "s"),),
        (("code", ""), ("state", "s")),
        (("code", "a"), ("code", "b"), ("state", "s")),
        (("code", "x" * 5_000), ("state", "s")),
    ],
)
def test_an_answer_without_exactly_one_code_is_refused(query: tuple[tuple[str, str], ...]) -> None:
    with pytest.raises(CallbackRefused):
        returned(*query, profile=replace(PROFILE, issuer=None))


def test_a_state_that_comes_twice_is_nobodys() -> None:
    assert PROFILE.state_of((("state", "a"),)) == "a"
    assert PROFILE.state_of((("state", "a"), ("state", "b"))) is None
    assert PROFILE.state_of(()) is None


@pytest.mark.parametrize("name", registry.available())
def test_no_profile_shows_a_secret(name: str) -> None:
    request = replace(PROFILE, client_authentication="body").exchange(
        APP, code="canary-code", verifier="canary-verifier", store=None
    )
    assert "canary" not in repr(request)
    assert "canary" not in repr(APP)
    assert registry.get(name).oauth.required_scopes is not None


@pytest.mark.parametrize(
    ("seconds", "known"), [(3600, 3600), ("3600", 3600), (True, None), (-1, None), ("x", None)]
)
def test_lifetimes_are_read_as_json_gives_them(seconds: object, known: int | None) -> None:
    assert lifetime(seconds) == (None if known is None else timedelta(seconds=known))
