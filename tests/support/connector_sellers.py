"""Sellers of all marketplaces, each a new account of the sandbox with one listing."""

import base64
import hashlib
import itertools
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from support.connector_world import KEY, Operator

from truestock.connector.custody import Custody
from truestock.connector.keyring import Keyring
from truestock.local.marketplaces import CLIENT_ID

SECRET_ENDS = datetime.now(UTC).replace(microsecond=0) + timedelta(days=100)
"""When Amazon's client secret ends, as the connectors of these tests are told."""
_numbers = itertools.count(1)


@dataclass(frozen=True)
class SellerAccount:
    """An account of a marketplace; ``store`` where connecting it needs one."""

    marketplace: str
    login: str
    account: str
    store: str | None

    @property
    def name(self) -> str:
        """As the sandbox's control API knows it."""
        return f"{self.marketplace}:{self.login}"

    def asked(self) -> dict[str, Any]:
        """What starting to connect it says."""
        return {"marketplace": self.marketplace, **({"store": self.store} if self.store else {})}


async def new_seller(olga: Operator, marketplace: str) -> SellerAccount:
    """An account that nobody has connected."""
    login = f"case-{next(_numbers)}"
    body = {"login": login, "marketplace": marketplace, "generate": 1}
    answer = await olga.http.post(f"{olga.sandbox}/control/accounts", json=body)
    shown = answer.raise_for_status().json()
    return SellerAccount(marketplace, login, str(shown["account"]), shown.get("store"))


async def connected(olga: Operator, marketplace: str) -> tuple[SellerAccount, str]:
    """A new account and the id of its connection in olga's workspace, out of sequence if need be."""
    seller = await new_seller(olga, marketplace)
    asked = {**seller.asked(), "skip_sequence_reason": "the tests connect one after the other"}
    connection = await olga.connect(seller.login, **asked)
    assert connection["account"]["id"] == seller.account
    return seller, str(connection["connection_id"])


def custody() -> Custody:
    """The connector's, with its key: for tests that let a marketplace behave as the sandbox does not."""
    return Custody(Keyring.parse(f"test-1:{KEY}"))


async def etsy_tokens(olga: Operator, seller: SellerAccount, scopes: str) -> dict[str, Any]:
    """Tokens that this seller granted with these scopes, past the connector."""
    verifier, back = secrets.token_urlsafe(48), "http://127.0.0.1:9/back"
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
    asked = {
        "response_type": "code",
        "client_id": CLIENT_ID,
        "redirect_uri": back,
        "scope": scopes,
        "state": "none",
        "code_challenge": challenge.decode(),
        "code_challenge_method": "S256",
        "login": seller.login,
    }
    consent = await olga.http.get(f"{olga.sandbox}/etsy/oauth/connect", params=asked)
    form = {
        "grant_type": "authorization_code",
        "client_id": CLIENT_ID,
        "redirect_uri": back,
        "code": httpx.URL(consent.headers["location"]).params["code"],
        "code_verifier": verifier,
    }
    answer = await olga.http.post(f"{olga.sandbox}/etsy/v3/public/oauth/token", data=form)
    tokens: dict[str, Any] = answer.raise_for_status().json()
    return tokens
