"""Faults that tests and developers inject: each matches requests of one account until it is used up."""

import asyncio
import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from truestock.sandbox.errors import Refusal
from truestock.sandbox.shop import Shop

T = TypeVar("T")


class FaultKind(StrEnum):
    """What goes wrong. The last five happen at once, the others with the next matching requests."""

    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    SLOW = "slow"
    TIMEOUT = "timeout"
    TRUNCATE_PAGE = "truncate_page"
    WRONG_TOTAL = "wrong_total"
    LOST_TOKEN_ANSWER = "lost_token_answer"  # noqa: S105 # the name of a fault
    EXPIRE_ACCESS = "expire_access"
    REVOKE = "revoke"
    RENUMBER_VARIANTS = "renumber_variants"
    UNINSTALL = "uninstall"
    CLOSE_ACCOUNT = "close_account"

    @property
    def immediate(self) -> bool:
        """Whether it changes the account at once instead of waiting for requests."""
        return self in _IMMEDIATE


_IMMEDIATE = frozenset(
    {
        FaultKind.EXPIRE_ACCESS,
        FaultKind.REVOKE,
        FaultKind.RENUMBER_VARIANTS,
        FaultKind.UNINSTALL,
        FaultKind.CLOSE_ACCOUNT,
    }
)


# What a request can meet before it is handled.
BEFORE = frozenset(
    {FaultKind.RATE_LIMITED, FaultKind.SERVER_ERROR, FaultKind.SLOW, FaultKind.TIMEOUT},
)


class Where(StrEnum):
    """Which requests a fault matches."""

    API = "api"
    TOKEN = "token"  # noqa: S105 # the name of a place
    PHOTOS = "photos"
    ANY = "any"


@dataclass(slots=True)
class Fault:
    """One injected fault.

    ``marketplace`` None: every marketplace. ``account`` None: every account. ``times`` None: until deleted.
    ``skip``: this many matching requests pass first. ``path``: only requests whose path contains it.
    ``seconds``: how long slow and timeout take. ``retry_after`` seconds; ``status`` of a server error;
    ``drop``: results missing from a page (None: half); ``delta``: how far a total is off.
    """

    kind: FaultKind
    marketplace: str | None = None
    account: str | None = None
    times: int | None = 1
    skip: int = 0
    where: Where = Where.API
    path: str | None = None
    seconds: float = 2.0
    retry_after: int = 1
    status: int = 503
    drop: int | None = None
    delta: int = 5
    id: int = 0
    used: int = field(default=0)

    def matches(
        self, kinds: Iterable[FaultKind], marketplace: str, account: str | None, where: Where, path: str
    ) -> bool:
        """Whether this fault is meant for such a request."""
        return (
            self.kind in kinds
            and (self.marketplace is None or self.marketplace == marketplace)
            and (self.account is None or self.account == account)
            and self.where in {where, Where.ANY}
            and (self.path is None or self.path in path)
        )


class Disturbed(Refusal):
    """The request meets a fault and gets this answer instead of its own."""

    def __init__(self, status: int, error: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status, error, headers=headers)


async def meet(fault: Fault | None) -> None:
    """Let a request meet its fault before it is handled: wait, or raise Disturbed."""
    match fault:
        case None:
            return
        case Fault(kind=FaultKind.RATE_LIMITED):
            raise Disturbed(429, "Exceeded quota", {"retry-after": str(fault.retry_after)})
        case Fault(kind=FaultKind.SERVER_ERROR):
            raise Disturbed(fault.status, "server_error")
        case Fault(kind=FaultKind.TIMEOUT):
            await asyncio.sleep(fault.seconds)
            raise Disturbed(504, "gateway_timeout")
        case _:
            await asyncio.sleep(fault.seconds)


class Faults:
    """The faults that wait for requests."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._ids = itertools.count(1)

    def add(self, fault: Fault) -> Fault:
        """Let it wait; its id is set."""
        if fault.kind is FaultKind.LOST_TOKEN_ANSWER:
            fault.where = Where.TOKEN
        fault.id = next(self._ids)
        self._waiting.append(fault)
        return fault

    def waiting(self) -> list[Fault]:
        """Those not used up."""
        return list(self._waiting)

    def clear(
        self,
        *,
        marketplace: str | None = None,
        account: str | None = None,
        kind: FaultKind | None = None,
        fault_id: int | None = None,
    ) -> int:
        """Remove the faults that match all given criteria; returns how many."""
        kept = [
            fault
            for fault in self._waiting
            if (marketplace is not None and fault.marketplace != marketplace)
            or (account is not None and fault.account != account)
            or (kind is not None and fault.kind is not kind)
            or (fault_id is not None and fault.id != fault_id)
        ]
        removed = len(self._waiting) - len(kept)
        self._waiting = kept
        return removed

    def take(
        self, kinds: Iterable[FaultKind], marketplace: str, account: str | None, where: Where, path: str
    ) -> Fault | None:
        """The first fault that this request meets, used once; None for an undisturbed request."""
        if not self._waiting:
            return None
        for fault in self._waiting:
            if not fault.matches(kinds, marketplace, account, where, path):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            fault.used += 1
            if fault.times is not None and fault.used >= fault.times:
                self._waiting.remove(fault)
            return fault
        return None

    def of(self, marketplace: str) -> "RoomFaults":
        """What the requests of one marketplace meet."""
        return RoomFaults(self, marketplace)


class RoomFaults:
    """The waiting faults as one marketplace meets them; ``shop`` None: nobody knows whose request it is."""

    def __init__(self, faults: Faults, marketplace: str) -> None:
        self._faults, self._marketplace = faults, marketplace

    def take(
        self, kinds: Iterable[FaultKind], shop: Shop | None, path: str, where: Where = Where.API
    ) -> Fault | None:
        """The first fault that this request meets, used once; None for an undisturbed request."""
        account = shop.account_id if shop else None
        return self._faults.take(kinds, self._marketplace, account, where, path)

    def page(self, items: list[T], shop: Shop | None, path: str) -> list[T]:
        """The results of a page, fewer when the request meets ``truncate_page``."""
        if not items or not (fault := self.take((FaultKind.TRUNCATE_PAGE,), shop, path)):
            return items
        missing = fault.drop if fault.drop is not None else (len(items) + 1) // 2
        return items[: max(0, len(items) - missing)]

    def total(self, count: int, shop: Shop | None, path: str) -> int:
        """A page's total, another one when the request meets ``wrong_total``."""
        fault = self.take((FaultKind.WRONG_TOTAL,), shop, path)
        return max(0, count + fault.delta) if fault else count
