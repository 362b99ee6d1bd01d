"""Custody of tokens: envelope encryption with AES-256-GCM (rule 10).

Every secret has a data key of its own, wrapped by a key-encryption key that is named by its id. Both layers
are bound to workspace, owner, field and version, so that a row that was moved or rolled back does not open.
"""

import base64
import binascii
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
"""The sizes of AES-256 and of GCM's standard nonce (NIST SP 800-38D)."""


class KeysMissing(Exception):
    """The service must not start: there is no usable key-encryption key; the message says what is wrong."""


class NotOpened(Exception):
    """A sealed value does not open: its key is unknown here, or it was moved, rolled back or damaged."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a secret belongs; part of what is authenticated."""

    workspace_id: UUID
    owner_id: UUID
    field: str
    version: int

    def bound(self) -> bytes:
        """The associated data."""
        return f"truestock|{self.workspace_id}|{self.owner_id}|{self.field}|{self.version}".encode()


@dataclass(frozen=True, slots=True)
class Sealed:
    """What may be stored."""

    key_id: str
    wrapped_key: bytes
    ciphertext: bytes


class Keyring:
    """Key-encryption keys by id. The first one seals; all of them open."""

    def __init__(self, keys: Sequence[tuple[str, bytes]]) -> None:
        if not keys:
            raise KeysMissing(
                "The connector does not start without a key: set TRUESTOCK_KEYS or TRUESTOCK_KEYS_FILE "
                "to lines of id:base64 (32 bytes each), the newest first."
            )
        self._keys = {key_id: AESGCM(key) for key_id, key in keys}
        self.newest = keys[0][0]
        self.known = tuple(self._keys)

    @classmethod
    def parse(cls, text: str) -> "Keyring":
        """Read ``id:base64`` pairs, separated by white space or commas; raises :class:`KeysMissing`."""
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
        return cls(keys)

    def seal(self, secret: str, place: Place) -> Sealed:
        """Encrypt ``secret`` for ``place`` with a new data key."""
        data_key = AESGCM.generate_key(KEY_BYTES * 8)
        return Sealed(
            key_id=self.newest,
            wrapped_key=_encrypt(self._keys[self.newest], data_key, place),
            ciphertext=_encrypt(AESGCM(data_key), secret.encode(), place),
        )

    def open(self, sealed: Sealed, place: Place) -> str:
        """Decrypt; raises :class:`NotOpened`."""
        return _decrypt(AESGCM(self._unwrap(sealed, place)), sealed.ciphertext, place).decode()

    def rewrap(self, sealed: Sealed, place: Place) -> Sealed:
        """Wrap the data key with the newest key; the ciphertext stays. Raises :class:`NotOpened`."""
        data_key = self._unwrap(sealed, place)
        wrapped = _encrypt(self._keys[self.newest], data_key, place)
        return replace(sealed, key_id=self.newest, wrapped_key=wrapped)

    def _unwrap(self, sealed: Sealed, place: Place) -> bytes:
        if sealed.key_id not in self._keys:
            raise NotOpened(f"The key {sealed.key_id} is not in the keyring.")
        return _decrypt(self._keys[sealed.key_id], sealed.wrapped_key, place)


def _encrypt(cipher: AESGCM, plain: bytes, place: Place) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, plain, place.bound())


def _decrypt(cipher: AESGCM, stored: bytes, place: Place) -> bytes:
    try:
        return cipher.decrypt(stored[:NONCE_BYTES], stored[NONCE_BYTES:], place.bound())
    except InvalidTag:
        raise NotOpened("A sealed value does not belong where it was found.") from None
