"""What was asked of the sandbox lately: for tests and people; never a token, code or key."""

import time
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

# Query parameters that are written down; anything else might be secret.
_SAFE = frozenset(
    (
        "after", "fields", "include", "includedData", "includes", "limit", "listing_ids", "login",
        "marketplaceIds", "offset", "order", "orderby", "page", "pageSize", "per_page", "response_type",
        "scope", "sku", "state", "status",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One answered request. ``at`` in seconds since 1970; ``fault`` names the injected one that it met."""

    at: float
    marketplace: str
    method: str
    path: str
    query: dict[str, str]
    status: int
    account: str | None = None
    app: str | None = None
    fault: str | None = None
    detail: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


class RequestLog:
    """The last requests, and counters that never forget."""

    def __init__(self, keep: int = 5_000) -> None:
        self._entries: deque[Entry] = deque(maxlen=keep)
        self.tokens: Counter[tuple[str, str, str, str]] = Counter()
        self.total = 0

    def record(self, entry: Entry) -> None:
        """Append one entry."""
        self.total += 1
        self._entries.append(entry)

    def count_token(self, marketplace: str, account: str | None, grant: str, outcome: str) -> None:
        """Count one request to a token endpoint; ``outcome`` is ``ok`` or the error code."""
        self.tokens[marketplace, account or "unknown", grant, outcome] += 1

    def entries(
        self,
        *,
        marketplace: str | None = None,
        account: str | None = None,
        path: str | None = None,
        limit: int = 200,
    ) -> list[Entry]:
        """The newest first."""
        found = (
            entry
            for entry in reversed(self._entries)
            if (marketplace is None or entry.marketplace == marketplace)
            and (account is None or entry.account == account)
            and (path is None or path in entry.path)
        )
        return [entry for entry, _ in zip(found, range(limit), strict=False)]

    def clear(self) -> None:
        """Forget entries and counters."""
        self._entries.clear()
        self.tokens.clear()
        self.total = 0


def safe_query(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The parameters that may be written down."""
    return {name: value[:500] for name, value in pairs if name in _SAFE}


def now() -> float:
    """Seconds since 1970."""
    return time.time()
