"""The issuer's authorization server: people by code with PKCE, services by client credentials."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from truestock.sandbox.issuer.people import Person
from truestock.sandbox.issuer.signing import Signer
from truestock.sandbox.oauth.clients import Client
from truestock.sandbox.oauth.server import ClientCredentialsGrant, Code, InvalidRequestError, Server

PEOPLE_CLIENT = "truestock-cli"
PEOPLE_AUDIENCE = "truestock"


SERVICE_TTL_S = 900.0


@dataclass(slots=True)
class IssuerSettings:
    """Lifetimes of tokens in seconds."""

    people_ttl: float = 8 * 3_600.0
    service_ttl: float = SERVICE_TTL_S


class ServiceGrant(ClientCredentialsGrant):  # type: ignore[misc] # Authlib ships no types
    """A service's own token, bound to the one audience that it names."""

    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")

    def generate_token(self, **_: Any) -> dict[str, Any]:
        """Ask the server for the answer."""
        answer: dict[str, Any] = self.server.issue(self.request.client, None, "", self.request)
        return answer


class IssuerServer(Server):
    """``people`` by login; service clients carry their secret."""

    def __init__(
        self,
        signer: Signer,
        people: Iterable[Person],
        services: Iterable[Client],
        settings: IssuerSettings,
        now: Callable[[], float],
    ) -> None:
        self.people = {person.login: person for person in people}
        cli = Client(PEOPLE_CLIENT, grants=("authorization_code",))
        clients = {client.client_id: client for client in (cli, *services)}
        super().__init__(clients, now, self._issue, self._take_back)
        self.register_grant(ServiceGrant)
        self._signer, self._settings = signer, settings

    def _issue(self, client: Client, user: Person | None, scope: str, request: Any) -> dict[str, Any]:
        if user is None:
            audience = request.form.get("audience")
            if not audience or (client.audiences and audience not in client.audiences):
                raise InvalidRequestError("name the audience, one that this client may call")
            claims: dict[str, Any] = {"sub": client.client_id, "name": client.client_id, "roles": ["service"]}
            ttl = self._settings.service_ttl
        else:
            audience, claims, ttl = PEOPLE_AUDIENCE, user.claims(), self._settings.people_ttl
        claims["client_id"] = client.client_id
        token = self._signer.issue(claims, audience=audience, ttl=ttl)
        answer = {"access_token": token, "token_type": "Bearer", "expires_in": int(ttl)}
        if user is not None and "openid" in scope.split():
            identity = user.claims()
            answer["id_token"] = self._signer.issue(identity, audience=client.client_id, ttl=ttl)
        return answer

    def _take_back(self, code: Code) -> None:
        """Signed tokens cannot be taken back; the second use is refused all the same."""
