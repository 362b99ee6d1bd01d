"""The issuer's endpoints: discovery, the authorization request, the token exchange."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self
from urllib.parse import urlencode

import httpx

from truestock.client.errors import unreachable, unreadable
from truestock.client.login.pkce import Proof
from truestock.client.tokens import Login
from truestock.contracts.problem import Refusal, RefusalKind

CLIENT_ID = "truestock-cli"
"""The public client that the command line is registered as; it has no secret."""

SCOPE = "openid profile offline_access"


@dataclass(frozen=True, slots=True)
class Issuer:
    """An OpenID Connect issuer, discovered."""

    url: str
    authorization_endpoint: str
    token_endpoint: str

    @classmethod
    async def discover(cls, http: httpx.AsyncClient, url: str) -> Self:
        """Read the discovery document; raises :class:`Refusal` when it cannot be had."""
        try:
            response = await http.get(f"{url}/.well-known/openid-configuration")
            response.raise_for_status()
            found = response.json()
            return cls(url, str(found["authorization_endpoint"]), str(found["token_endpoint"]))
        except httpx.TransportError as error:
            raise unreachable("issuer", url) from error
        except (httpx.HTTPStatusError, ValueError, KeyError, TypeError) as error:
            raise unreadable("issuer", url) from error

    def authorization_url(self, proof: Proof, redirect_uri: str, person: str | None) -> str:
        """Where the person logs in; ``person`` is the login name to suggest."""
        query = {
            "response_type": "code",
            "client_id": CLIENT_ID,
            "redirect_uri": redirect_uri,
            "scope": SCOPE,
            "state": proof.state,
            "code_challenge": proof.challenge,
            "code_challenge_method": "S256",
        } | ({"login_hint": person} if person else {})
        return f"{self.authorization_endpoint}?{urlencode(query)}"

    async def exchange(
        self,
        http: httpx.AsyncClient,
        grant: Mapping[str, str],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> Login:
        """Exchange a code or a refresh token for a login; raises :class:`Refusal`."""
        asked_at = now()
        try:
            response = await http.post(self.token_endpoint, data={"client_id": CLIENT_ID, **grant})
        except httpx.TransportError as error:
            raise unreachable("issuer", self.url) from error
        try:
            answer: Any = response.json()
            if not response.is_success:
                raise refused(
                    str(answer.get("error_description") or answer.get("error") or "no reason given")
                )
            return Login(
                issuer=self.url,
                access_token=str(answer["access_token"]),
                expires_at=asked_at + timedelta(seconds=int(answer.get("expires_in", 300))),
                refresh_token=answer.get("refresh_token") or grant.get("refresh_token"),
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise unreadable("issuer", self.url) from error


def refused(why: str) -> Refusal:
    """The issuer did not log the person in."""
    return Refusal(
        "login_refused",
        f"The issuer refused the login: {why.rstrip('.')}.",
        remedy="Run `truestock login` again, as somebody who may use this workspace.",
        kind=RefusalKind.FORBIDDEN,
    )
