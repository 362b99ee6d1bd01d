"""How a seller's consent becomes tokens: RFC 6749's authorization code, and where marketplaces differ.

Everything here is a value or a pure function: the connector sends the requests and keeps the secrets.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Literal
from urllib.parse import urlencode

from truestock.marketplaces.errors import (
    AccessRevoked,
    MarketplaceError,
    PermanentRefusal,
    RateLimited,
    Temporary,
)

SHORTEST_LIFE = timedelta(seconds=5)
"""A token that is said to live shorter is nonsense, and refreshing it would never end."""
DEFAULT_LIFE = timedelta(hours=1)
LONGEST_CODE = 4_000


class CallbackRefused(Exception):
    """What came back is not what was started; ``code`` is a word for programs. No request was sent for it."""

    def __init__(self, code: str, detail: str, remedy: str = "Start a new attempt.") -> None:
        super().__init__(detail)
        self.code, self.detail, self.remedy = code, detail, remedy


class StoreRefused(ValueError):
    """A shop host or store address that cannot be one; the text names the cause and the remedy."""


@dataclass(frozen=True, slots=True)
class Application:
    """Our registration at one marketplace, and its addresses in this deployment.

    Addresses may hold ``{store}``, which stands for the seller's shop host or store address.
    ``application_id`` is what a consent page wants where that is not ``client_id`` (Amazon).
    """

    client_id: str
    redirect_uri: str
    authorize_url: str
    token_url: str
    api_url: str
    client_secret: str | None = field(default=None, repr=False)
    application_id: str | None = None
    revocation_url: str | None = None
    webhook_token: str | None = field(default=None, repr=False)
    """The verification token of our webhook endpoint, where a marketplace asks for one (eBay)."""
    name: str = "Truestock"

    def api_at(self, store: str | None) -> str:
        """The API's base address for a seller's store."""
        return at_store(self.api_url, store)


def at_store(address: str, store: str | None) -> str:
    """``address`` with the store in its place; PermanentRefusal when it needs one and there is none."""
    if "{store}" not in address:
        return address
    if not store:
        raise PermanentRefusal("Which store to call is not known: the account must be connected again.")
    return address.replace("{store}", store)


@dataclass(frozen=True, slots=True)
class FormRequest:
    """A form to POST to a marketplace. Its repr shows no secret."""

    url: str
    form: Mapping[str, str] = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    method: Literal["POST", "DELETE"] = "POST"


@dataclass(frozen=True, slots=True)
class TokenAnswer:
    """What a token endpoint answered. ``None`` lifetimes: it does not expire. ``scopes`` where it says."""

    access_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    access_for: timedelta | None
    refresh_for: timedelta | None
    scopes: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Returned:
    """What a verified callback brought. ``account_id``: where the marketplace names the account only here."""

    code: str = field(repr=False)
    account_id: str | None = None


@dataclass(frozen=True, slots=True)
class PostedKeys:
    """Keys that a store posted to us instead of a code: for the start that ``state`` names."""

    state: str = field(repr=False)
    answer: TokenAnswer


@dataclass(frozen=True)
class OAuthProfile:
    """A marketplace's authorization code flow; a marketplace that differs more overrides a method.

    ``refresh_lifetime`` is how long an unused refresh token lives, None where it does not expire;
    ``consent_lifetime`` how long a consent lasts whatever is refreshed, None for ever. ``issuer`` is
    compared with the callback's ``iss`` where the marketplace advertises it (RFC 9207).
    """

    authorize_url: str
    token_url: str
    required_scopes: tuple[str, ...]
    pkce: bool
    refresh_lifetime: timedelta | None
    revocation_url: str | None = None
    consent_lifetime: timedelta | None = None
    client_authentication: Literal["none", "basic", "body"] = "none"
    scope_separator: str = " "
    issuer: str | None = None
    needs_store: bool = False
    posts_keys: bool = False
    """Keys are posted to us by the store; the browser only comes back to a page (WooCommerce)."""

    def store(self, given: str | None) -> str | None:
        """The shop host or store address in one spelling; None where there is none. Raises StoreRefused."""
        if given:
            raise StoreRefused("This marketplace has one address for all sellers: leave the store out.")
        return None

    def consent_url(
        self,
        app: Application,
        *,
        state: str,
        challenge: str,
        store: str | None,
        callback_url: str,  # noqa: ARG002  # used where keys are posted
    ) -> str:
        """Where to send the seller (RFC 6749 §4.1.1, with PKCE S256 of RFC 7636 where allowed)."""
        query = {
            "response_type": "code",
            "client_id": app.client_id,
            "redirect_uri": app.redirect_uri,
            "scope": self.scope_separator.join(self.required_scopes),
            "state": state,
        }
        if self.pkce:
            query |= {"code_challenge": challenge, "code_challenge_method": "S256"}
        return f"{at_store(app.authorize_url, store)}?{urlencode(query)}"

    def state_of(self, query: Sequence[tuple[str, str]]) -> str | None:
        """The state that a callback names; None without exactly one."""
        states = [value for name, value in query if name == "state"]
        return states[0] if len(states) == 1 else None

    def returned(
        self,
        app: Application,  # noqa: ARG002  # used where a callback is signed
        query: Sequence[tuple[str, str]],
        *,
        store: str | None,  # noqa: ARG002  # as above
        now: datetime,  # noqa: ARG002  # as above
    ) -> Returned:
        """The code of a callback whose state was recognised; raises CallbackRefused before any request."""
        given = dict(query)
        if self.issuer is not None and given.get("iss") != self.issuer:
            raise CallbackRefused(
                "wrong_issuer",
                "The answer does not come from the authorization server that was asked.",
                "Start a new attempt; if it happens again, somebody may be mixing up authorization servers.",
            )
        code = given.get("code", "")
        if not code or len(code) > LONGEST_CODE or len(given) != len(query):
            raise CallbackRefused(
                "authorization_failed",
                "The marketplace sent no authorization code.",
                "Start a new attempt; if it happens again, check the application's registration.",
            )
        return Returned(code)

    def exchange(self, app: Application, *, code: str, verifier: str, store: str | None) -> FormRequest:
        """The request that turns a code into tokens."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": app.redirect_uri}
        if self.pkce:
            form["code_verifier"] = verifier
        return self._authenticated(app, at_store(app.token_url, store), form)

    def refresh(self, app: Application, *, refresh_token: str, store: str | None) -> FormRequest:
        """The request for new tokens."""
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return self._authenticated(app, at_store(app.token_url, store), form)

    def revocation(
        self,
        app: Application,
        *,
        token: str,
        access_token: str | None,  # noqa: ARG002  # used where the access token authenticates
        store: str | None,
    ) -> FormRequest | None:
        """The request that gives a grant back (RFC 7009); None where there is no endpoint for it."""
        if app.revocation_url is None:
            return None
        return self._authenticated(app, at_store(app.revocation_url, store), {"token": token})

    def tokens(self, body: Mapping[str, Any], *, keep: str | None) -> TokenAnswer:
        """Read a token answer; the refresh token ``keep`` stays where it brings none. PermanentRefusal."""
        access, refresh = body.get("access_token"), body.get("refresh_token") or keep
        if not isinstance(access, str) or not access:
            raise PermanentRefusal("The marketplace's answer holds no tokens.")
        if not isinstance(refresh, str):
            raise PermanentRefusal("The marketplace's answer holds no refresh token.")
        return TokenAnswer(
            access_token=access,
            refresh_token=refresh,
            access_for=max(lifetime(body.get("expires_in")) or DEFAULT_LIFE, SHORTEST_LIFE),
            refresh_for=lifetime(body.get("refresh_token_expires_in")) or self.refresh_lifetime,
        )

    def posted(self, body: Mapping[str, Any]) -> PostedKeys:  # noqa: ARG002  # used where keys are posted
        """Read posted keys; raises CallbackRefused. Only where ``posts_keys``."""
        raise CallbackRefused("wrong_marketplace", "This marketplace posts no keys.")

    def refusal(self, status: int, body: Mapping[str, Any], now: datetime) -> MarketplaceError:
        """The class of a token endpoint's refusal."""
        # The description may quote what was sent, so only the error's own word is passed on.
        code = body.get("error")
        code = code[:60] if isinstance(code, str) else ""
        said = f"The marketplace answered {status}" + (f" ({code})." if code else ".")
        if code == "invalid_grant":
            return AccessRevoked(said)
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            return RateLimited(said, now + timedelta(seconds=1))
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return Temporary(said)
        return PermanentRefusal(said)

    def _authenticated(self, app: Application, url: str, form: dict[str, str]) -> FormRequest:
        """``form`` with the client's authentication (RFC 6749 §2.3.1)."""
        if self.client_authentication == "none":
            return FormRequest(url, {**form, "client_id": app.client_id})
        if app.client_secret is None:
            raise PermanentRefusal(
                "The application's client secret is not set: set it in the connector's settings."
            )
        if self.client_authentication == "body":
            return FormRequest(url, {**form, "client_id": app.client_id, "client_secret": app.client_secret})
        pair = base64.b64encode(f"{app.client_id}:{app.client_secret}".encode()).decode()
        return FormRequest(url, form, {"authorization": f"Basic {pair}"})


def lifetime(seconds: object) -> timedelta | None:
    """Seconds as JSON gives them (a number, or a text of digits); None for anything else."""
    if isinstance(seconds, str) and seconds.isascii() and seconds.isdigit():
        seconds = int(seconds)
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 < seconds < 10**10:
        return None
    return timedelta(seconds=seconds)
