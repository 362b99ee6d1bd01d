"""What a marketplace tells us unasked: verified on the raw body, then a plain value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

import httpx

from truestock.marketplaces.authorization import Application


class NoticeRefused(Exception):
    """The notice is not signed by the marketplace, or not readable. Its text may be shown."""


class NoticeKind(StrEnum):
    """What happened to the access."""

    ACCESS_REVOKED = "access_revoked"
    """The seller took the application's access back (uninstalled it, deleted its keys)."""
    ACCOUNT_DELETED = "account_deleted"
    """The seller's account is gone, and with it every right to hold its data."""
    OTHER = "other"
    """Verified, and nothing that changes access."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One verified notice. ``notice_id`` deduplicates; the account is named by its id or by its store."""

    notice_id: str
    kind: NoticeKind
    account_id: str | None = None
    store: str | None = None


class Notices(Protocol):
    """A marketplace's webhooks. Signatures are compared in constant time, over the raw body."""

    def challenge(
        self, app: Application, query: Sequence[tuple[str, str]], endpoint: str
    ) -> Mapping[str, Any] | None:
        """The answer to a marketplace that checks whether the endpoint is ours; None where none is asked."""
        ...

    async def read(
        self, app: Application, http: httpx.AsyncClient, headers: Mapping[str, str], body: bytes
    ) -> Notice:
        """The notice; raises NoticeRefused, and Temporary when a verification key cannot be fetched."""
        ...
