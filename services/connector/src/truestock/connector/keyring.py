"""Key-encryption keys from a mounted file or the environment."""

import base64
import binascii
import logging
from collections.abc import Callable, Sequence

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from truestock.connector.custody import KEY_BYTES, NotOpened, decrypt, encrypt

log = logging.getLogger(__name__)


class KeysMissing(Exception):
    """The service must not start: there is no usable key-encryption key; the message says what is wrong."""


class Keyring:
    """Key-encryption keys by id: see :class:`truestock.connector.custody.KeyEncryption`.

    The first one seals; all of them open. ``read`` gives the keys as text again: a mounted file changes
    while the service runs, and another process may seal with a key that this one has not read yet.
    """

    def __init__(self, keys: Sequence[tuple[str, bytes]], read: Callable[[], str] | None = None) -> None:
        self._read = read
        self._take(keys)

    @classmethod
    def parse(cls, text: str, read: Callable[[], str] | None = None) -> "Keyring":
        """Read ``id:base64`` pairs, separated by white space or commas; raises :class:`KeysMissing`."""
        return cls(_pairs(text), read)

    @property
    def newest(self) -> str:
        """The id of the key that wraps from now on."""
        return self._newest

    @property
    def known(self) -> tuple[str, ...]:
        """The ids of all keys."""
        return tuple(self._keys)

    async def wrap(self, data_key: bytes, bound: bytes) -> tuple[str, bytes]:
        """Encrypt a data key with the newest key.

        The source is read first: what is wrapped with a key that was replaced a moment ago would be lost
        when that key is deleted. Secrets are written a few times an hour, so this costs nothing.
        """
        await self.refresh()
        return self._newest, encrypt(self._keys[self._newest], data_key, bound)

    async def unwrap(self, key_id: str, wrapped: bytes, bound: bytes) -> bytes:
        """Decrypt a data key; a key that is not known is looked for in the source first."""
        if key_id not in self._keys:
            await self.refresh()
        if key_id not in self._keys:
            raise NotOpened(f"The key {key_id} is not in the keyring.")
        return decrypt(self._keys[key_id], wrapped, bound)

    async def refresh(self) -> None:
        """Read the source again; a damaged or missing one changes nothing and is logged."""
        if self._read is None:
            return
        try:
            self._take(_pairs(self._read()))
        except (OSError, UnicodeDecodeError, KeysMissing) as error:
            log.warning("the key file cannot be used; the keys of before stay: %s", type(error).__name__)

    def _take(self, keys: Sequence[tuple[str, bytes]]) -> None:
        if not keys:
            raise KeysMissing(
                "The connector does not start without a key: set TRUESTOCK_KEYS or TRUESTOCK_KEYS_FILE "
                "to lines of id:base64 (32 bytes each), the newest first."
            )
        self._keys = {key_id: AESGCM(key) for key_id, key in keys}
        self._newest = keys[0][0]


def _pairs(text: str) -> list[tuple[str, bytes]]:
    keys: list[tuple[str, bytes]] = []
    for entry in text.replace(",", " ").split():
        key_id, _, encoded = entry.partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            key = b""
        if not key_id or len(key) != KEY_BYTES:
            raise KeysMissing(
                f"Key number {len(keys) + 1} is not id:base64 of {KEY_BYTES} bytes; "
                "the connector does not start with a damaged keyring."
            )
        if key_id in (known for known, _ in keys):
            raise KeysMissing(f"Key id {key_id} is given twice.")
        keys.append((key_id, key))
    return keys
