"""WooCommerce's application authentication: the store posts API keys to us.

https://woocommerce.github.io/woocommerce-rest-api-docs/#authentication-over-https
The post must be answered with 200 exactly: on anything else the store deletes the keys again.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from truestock.marketplaces.authorization import (
    Application,
    CallbackRefused,
    FormRequest,
    OAuthProfile,
    PostedKeys,
    Returned,
    TokenAnswer,
    at_store,
)
from truestock.marketplaces.errors import PermanentRefusal
from truestock.marketplaces.woocommerce.stores import store_address

SCOPES = {"read": ("read",), "write": ("write",), "read_write": ("read", "write")}
"""What a key's permission opens."""
LONGEST_STATE = 500
_KEY = re.compile(r"ck_[A-Za-z0-9_-]{8,200}")
_SECRET = re.compile(r"cs_[A-Za-z0-9_-]{8,200}")


@dataclass(frozen=True)
class WooCommerceProfile(OAuthProfile):
    """No code, no expiry, no refresh: keys live until somebody deletes them in the store."""

    def store(self, given: str | None) -> str | None:
        """The store's address."""
        return store_address(given) if given else None

    def consent_url(
        self,
        app: Application,
        *,
        state: str,
        challenge: str,  # noqa: ARG002  # the profile's signature; there is no code to protect
        store: str | None,
        callback_url: str,
    ) -> str:
        """The store's page that asks the seller; ``app_name`` is what the seller reads there."""
        query = {
            "app_name": app.client_id,
            "scope": "read",
            "user_id": state,
            "return_url": callback_url,
            "callback_url": keys_address(callback_url),
        }
        return f"{at_store(app.authorize_url, store)}?{urlencode(query)}"

    def state_of(self, query: Sequence[tuple[str, str]]) -> str | None:
        """The store calls it ``user_id``: "User ID in your APP"."""
        states = [value for name, value in query if name == "user_id"]
        return states[0] if len(states) == 1 else None

    def returned(
        self,
        app: Application,  # noqa: ARG002  # the profile's signature
        query: Sequence[tuple[str, str]],
        *,
        store: str | None,  # noqa: ARG002  # as above
        now: datetime,  # noqa: ARG002  # as above
    ) -> Returned:
        """The browser brings no code; ``success=0`` is the seller's no."""
        if [value for name, value in query if name == "success"] != ["1"]:
            raise CallbackRefused("access_denied", "The seller did not let the store make keys for us.")
        return Returned("")

    def posted(self, body: Mapping[str, Any]) -> PostedKeys:
        """The keys as one token ``ck_…:cs_…``; which permission they have is for the caller to compare."""
        state, permission = body.get("user_id"), body.get("key_permissions")
        if isinstance(state, int) and not isinstance(state, bool):
            state = str(state)
        if not isinstance(state, str) or not 0 < len(state) <= LONGEST_STATE:
            raise CallbackRefused("state_missing", "The posted keys do not say for which attempt they are.")
        key, secret = body.get("consumer_key"), body.get("consumer_secret")
        if not _matches(_KEY, key) or not _matches(_SECRET, secret):
            raise CallbackRefused("keys_unreadable", "The store posted no consumer key and secret.")
        if not isinstance(permission, str) or permission not in SCOPES:
            raise CallbackRefused("keys_unreadable", "The store did not say what the posted keys permit.")
        answer = TokenAnswer(
            access_token=f"{key}:{secret}",
            refresh_token=None,
            access_for=None,
            refresh_for=None,
            scopes=SCOPES[permission],
        )
        return PostedKeys(state, answer)

    def _authenticated(self, app: Application, url: str, form: dict[str, str]) -> FormRequest:  # noqa: ARG002  # unused
        raise PermanentRefusal("WooCommerce has no token endpoint: connect the store again for new keys.")


def keys_address(callback_url: str) -> str:
    """Where keys are posted: beside the address that the browser returns to."""
    return f"{callback_url.rpartition('/')[0]}/keys"


def _matches(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None
