"""Signing keys made at start, and the tokens that they sign."""

import secrets
from collections.abc import Callable, Mapping
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

ALGORITHM = "ES256"


class Signer:
    """Issues JWTs in the name of ``issuer``; ``now`` in seconds since 1970."""

    def __init__(self, issuer: str, now: Callable[[], float]) -> None:
        self.issuer, self._now = issuer, now
        self._key = _new_key()
        self._foreign = _new_key()

    def jwks(self) -> dict[str, Any]:
        """The public keys."""
        return dict(KeySet([self._key]).as_dict(private=False))

    def rotate(self) -> None:
        """Sign with a new key from now on; the old one is gone and its tokens no longer verify."""
        self._key = _new_key()

    def issue(
        self, claims: Mapping[str, Any], *, audience: str, ttl: float, foreign_key: bool = False
    ) -> str:
        """A signed token; ``ttl`` in seconds, negative for one that has expired.

        ``foreign_key`` signs with a key that is not published, under the published key's id.
        """
        now = int(self._now())
        body = {
            "iss": self.issuer,
            "aud": audience,
            "iat": min(now, int(now + ttl)),
            "exp": int(now + ttl),
            "jti": secrets.token_hex(8),
            **claims,
        }
        header = {"alg": ALGORITHM, "kid": self._key.kid, "typ": "JWT"}
        return jwt.encode(header, body, self._foreign if foreign_key else self._key, algorithms=[ALGORITHM])


def _new_key() -> ECKey:
    key = ECKey.generate_key("P-256", parameters={"use": "sig", "alg": ALGORITHM})
    key.ensure_kid()
    return key
