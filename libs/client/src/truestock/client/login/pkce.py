"""Proof key for code exchange, method S256 (RFC 7636)."""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Proof:
    """A fresh secret and its challenge; ``state`` ties the redirect to this login."""

    verifier: str
    state: str

    @classmethod
    def fresh(cls) -> Self:
        """Random values; 43 characters is the shortest verifier the RFC admits."""
        return cls(verifier=secrets.token_urlsafe(48), state=secrets.token_urlsafe(24))

    @property
    def challenge(self) -> str:
        """The verifier's SHA-256, base64url without padding."""
        digest = hashlib.sha256(self.verifier.encode("ascii")).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")
