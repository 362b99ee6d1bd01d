"""The issuer's discovery document and signing keys, fetched once and again for an unknown key."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import httpx
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from truestock.chassis.delivery import Transient

REFETCH_AFTER_S = 10.0
"""An unknown key id asks the issuer again at most this often."""
MAX_AGE_S = 3600.0


class IssuerKeys:
    """Signing keys by discovery (https://openid.net/specs/openid-connect-discovery-1_0.html)."""

    def __init__(
        self, http: httpx.AsyncClient, issuer: str, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._http = http
        self._issuer = issuer.rstrip("/")
        self._clock = clock
        self._lock = asyncio.Lock()
        self._metadata: dict[str, Any] | None = None
        self._keys = KeySet([])
        self._fetched_at = float("-inf")

    async def metadata(self) -> dict[str, Any]:
        """The discovery document. Raises :class:`Transient` when the issuer does not answer."""
        if self._metadata is None:
            found = await self._get(f"{self._issuer}/.well-known/openid-configuration")
            if str(found.get("issuer", "")).rstrip("/") != self._issuer:
                raise Transient("the issuer's discovery document names another issuer")
            self._metadata = found
        return self._metadata

    async def get(self, key_id: str | None) -> KeySet:
        """The key set, as fresh as is needed to hold ``key_id``."""
        if self._is_current(key_id):
            return self._keys
        async with self._lock:
            if not self._is_current(key_id):
                self._keys = _parse(await self._get(str((await self.metadata())["jwks_uri"])))
                self._fetched_at = self._clock()
        return self._keys

    def _is_current(self, key_id: str | None) -> bool:
        age = self._clock() - self._fetched_at
        if age < REFETCH_AFTER_S:
            return True
        known = key_id is None or any(key.kid == key_id for key in self._keys.keys)
        return known and age < MAX_AGE_S

    async def _get(self, url: str) -> dict[str, Any]:
        try:
            response = await self._http.get(url)
            response.raise_for_status()
            found = response.json()
        except (httpx.HTTPError, ValueError) as error:
            raise Transient(f"the issuer did not answer ({type(error).__name__})") from error
        if not isinstance(found, dict):
            raise Transient("the issuer answered with something else than a JSON object")
        return found


def _parse(document: Any) -> KeySet:
    try:
        return KeySet.import_key_set(document)
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise Transient("the issuer's key set cannot be read") from error
