"""Faults that tests and developers inject: each matches requests of one account until it is used up."""

import asyncio
import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class FaultKind(StrEnum):
    """What goes wrong. The last three happen at once, the others with the next matching requests."""

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

    @property
    def immediate(self) -> bool:
        """Whether it changes the account at once instead of waiting for requests."""
        return self in {FaultKind.EXPIRE_ACCESS, FaultKind.REVOKE, FaultKind.RENUMBER_VARIANTS}


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

    ``account`` None: every account. ``times`` None: until deleted. ``skip``: this many matching requests pass
    first. ``path``: only requests whose path contains it. ``seconds``: how long slow and timeout take.
    ``retry_after`` seconds; ``status`` of a server error; ``drop``: results missing from a page (None: half);
    ``delta``: how far a total is off.
    """

    kind: FaultKind
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

    def matches(self, kinds: Iterable[FaultKind], account: str | None, where: Where, path: str) -> bool:
        """Whether this fault is meant for such a request."""
        return (
            self.kind in kinds
            and (self.account is None or self.account == account)
            and self.where in {where, Where.ANY}
            and (self.path is None or self.path in path)
        )


class Disturbed(Exception):
    """The request meets a fault and gets this answer instead of its own."""

    def __init__(self, status: int, error: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(error)
        self.status, self.error, self.headers = status, error, headers


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
        self, *, account: str | None = None, kind: FaultKind | None = None, fault_id: int | None = None
    ) -> int:
        """Remove the faults that match all given criteria; returns how many."""
        kept = [
            fault
            for fault in self._waiting
            if (account is not None and fault.account != account)
            or (kind is not None and fault.kind is not kind)
            or (fault_id is not None and fault.id != fault_id)
        ]
        removed = len(self._waiting) - len(kept)
        self._waiting = kept
        return removed

    def take(self, kinds: Iterable[FaultKind], account: str | None, where: Where, path: str) -> Fault | None:
        """The first fault that this request meets, used once; None for an undisturbed request."""
        if not self._waiting:
            return None
        for fault in self._waiting:
            if not fault.matches(kinds, account, where, path):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            fault.used += 1
            if fault.times is not None and fault.used >= fault.times:
                self._waiting.remove(fault)
            return fault
        return None
