"""Verifies bearer tokens against the issuer's keys: signature, algorithm, issuer, audience, expiry."""

import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

from joserfc import jws, jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jws import JWSRegistry

from truestock.chassis.auth.keys import IssuerKeys
from truestock.chassis.auth.principal import Principal, Role

LEEWAY_S = 10


class InvalidToken(Exception):
    """The token does not prove who is calling; the message says why without quoting it."""


class TokenVerifier:
    """Turns a bearer token into a :class:`Principal`."""

    def __init__(
        self,
        keys: IssuerKeys,
        *,
        issuer: str,
        people_audience: str,
        service_audience: str,
        algorithms: tuple[str, ...],
        now: Callable[[], float] = time.time,
    ) -> None:
        self._keys = keys
        self._issuer = issuer
        self._people = people_audience
        self._services = service_audience
        self._algorithms = list(algorithms)
        self._now = now

    async def person(self, token: str) -> Principal:
        """The person that a token for people names. Raises :class:`InvalidToken`."""
        claims = await self._claims(token, self._people)
        try:
            workspace = UUID(str(claims["workspace_id"]))
        except (KeyError, ValueError):
            raise InvalidToken("The token names no workspace.") from None
        roles = _roles(claims) - {Role.SERVICE}
        return Principal(_subject(claims), str(claims.get("name") or _subject(claims)), roles, workspace)

    async def service(self, token: str, workspace_id: UUID) -> Principal:
        """The service that a token for this service names. Raises :class:`InvalidToken`."""
        claims = await self._claims(token, self._services)
        roles = _roles(claims) & {Role.SERVICE}
        return Principal(_subject(claims), _subject(claims), roles, workspace_id, is_service=True)

    async def _claims(self, token: str, audience: str) -> dict[str, Any]:
        key_id = _key_id(token)
        keys = await self._keys.get(key_id)
        try:
            decoded = jwt.decode(token, keys, registry=JWSRegistry(algorithms=self._algorithms))
            self._registry(audience).validate(decoded.claims)
        except ExpiredTokenError:
            raise InvalidToken("The token has expired.") from None
        except (JoseError, ValueError, TypeError) as error:
            raise InvalidToken(f"The token is not valid here ({type(error).__name__}).") from None
        return dict(decoded.claims)

    def _registry(self, audience: str) -> jwt.JWTClaimsRegistry:
        return jwt.JWTClaimsRegistry(
            now=lambda: int(self._now()),
            leeway=LEEWAY_S,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": audience},
            exp={"essential": True},
            sub={"essential": True},
        )


def _key_id(token: str) -> str | None:
    try:
        header = jws.extract_compact(token.encode()).headers()
    except (JoseError, ValueError):
        raise InvalidToken("The token is not a JSON web token.") from None
    found = header.get("kid")
    return str(found) if found is not None else None


def _subject(claims: dict[str, Any]) -> str:
    return str(claims["sub"])


def _roles(claims: dict[str, Any]) -> frozenset[Role]:
    named = claims.get("roles") or ()
    known = {role.value for role in Role}
    return frozenset(Role(name) for name in named if isinstance(name, str) and name in known)
