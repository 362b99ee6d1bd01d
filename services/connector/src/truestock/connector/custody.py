"""Custody of tokens: envelope encryption with AES-256-GCM (rule 10).

Every secret has a data key of its own, wrapped by a key-encryption key that is named by its id. Both layers
are bound to workspace, owner, field and version, so that a row that was moved or rolled back does not open.
"""

import os
from dataclasses import dataclass, replace
from typing import Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from truestock.contracts.problem import Refusal, RefusalKind

KEY_BYTES = 32
NONCE_BYTES = 12
"""The sizes of AES-256 and of GCM's standard nonce (NIST SP 800-38D)."""


class NotOpened(Refusal):
    """A sealed value does not open: its key is unknown here, or it was moved, rolled back or damaged.

    Whoever asked is told so; nothing is concluded about the access, because the keyring may be at fault.
    """

    def __init__(self, detail: str) -> None:
        super().__init__(
            "secret_not_readable",
            detail,
            remedy="Give the connector all its key-encryption keys; if it has them, reauthorize.",
            kind=RefusalKind.UNAVAILABLE,
        )


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


class KeyEncryption(Protocol):
    """Keys that encrypt data keys. Kept in a file here; a cloud's key management service fits as well."""

    @property
    def newest(self) -> str:
        """The id of the key that wraps from now on."""
        ...

    @property
    def known(self) -> tuple[str, ...]:
        """The ids of all keys that unwrap."""
        ...

    async def wrap(self, data_key: bytes, bound: bytes) -> tuple[str, bytes]:
        """The id of the newest key, and ``data_key`` encrypted with it and bound to ``bound``."""
        ...

    async def unwrap(self, key_id: str, wrapped: bytes, bound: bytes) -> bytes:
        """The data key; raises :class:`NotOpened`."""
        ...

    async def refresh(self) -> None:
        """Look whether there are newer keys; a source that does not answer changes nothing."""
        ...


class Custody:
    """Seals and opens secrets with the keys of ``keys``."""

    def __init__(self, keys: KeyEncryption) -> None:
        self.keys = keys

    async def seal(self, secret: str, place: Place) -> Sealed:
        """Encrypt ``secret`` for ``place`` with a new data key."""
        data_key = AESGCM.generate_key(KEY_BYTES * 8)
        key_id, wrapped = await self.keys.wrap(data_key, place.bound())
        return Sealed(key_id, wrapped, encrypt(AESGCM(data_key), secret.encode(), place.bound()))

    async def open(self, sealed: Sealed, place: Place) -> str:
        """Decrypt; raises :class:`NotOpened`."""
        data_key = await self.keys.unwrap(sealed.key_id, sealed.wrapped_key, place.bound())
        return decrypt(AESGCM(data_key), sealed.ciphertext, place.bound()).decode()

    async def rewrap(self, sealed: Sealed, place: Place) -> Sealed:
        """Wrap the data key with the newest key; the ciphertext stays. Raises :class:`NotOpened`."""
        data_key = await self.keys.unwrap(sealed.key_id, sealed.wrapped_key, place.bound())
        key_id, wrapped = await self.keys.wrap(data_key, place.bound())
        return replace(sealed, key_id=key_id, wrapped_key=wrapped)


def encrypt(cipher: AESGCM, plain: bytes, bound: bytes) -> bytes:
    """The nonce, then the ciphertext with its tag."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, plain, bound)


def decrypt(cipher: AESGCM, stored: bytes, bound: bytes) -> bytes:
    """What :func:`encrypt` made; raises :class:`NotOpened`."""
    try:
        return cipher.decrypt(stored[:NONCE_BYTES], stored[NONCE_BYTES:], bound)
    except (InvalidTag, ValueError):
        raise NotOpened("A sealed value does not belong where it was found.") from None
