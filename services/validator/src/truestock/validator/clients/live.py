"""Listings, read live from their marketplaces, in batches, as independent evidence."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx

from truestock.contracts.listing import Evidence
from truestock.marketplaces import registry
from truestock.marketplaces.errors import (
    AccessExpired,
    AccessRevoked,
    MarketplaceError,
    MissingScope,
    PartialRead,
    RateLimited,
    Temporary,
)
from truestock.marketplaces.interface import Api, MarketplaceAdapter, RawListing
from truestock.marketplaces.limits import Gates
from truestock.marketplaces.registration import Registration
from truestock.validator.clients.leases import Disconnected, Lease, LeasedTokens, Leases
from truestock.validator.clients.limits import LimitsOf
from truestock.validator.clients.spans import reading
from truestock.validator.domain.following import Key
from truestock.validator.domain.model import LiveRead, Unreadable, UnreadableReason
from truestock.validator.usecases.ports import Target

log = logging.getLogger(__name__)

OpenAccount = Callable[[Lease], Api]


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a read is tried: attempts at one request, seconds in all, concurrent requests per account."""

    attempts: int = 4
    seconds: float = 45.0
    concurrency: int = 4
    first_pause: float = 0.2


class LiveReader:
    """Answers for every target: evidence, None where the marketplace knows no such listing, or why not."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        leases: Leases,
        access: Mapping[str, Registration],
        now: Callable[[], datetime],
        *,
        patience: Patience | None = None,
        adapters: Callable[[str], MarketplaceAdapter] = registry.get,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        limits: LimitsOf | None = None,
    ) -> None:
        self._http = http
        self._leases = leases
        self._access = access
        self._now = now
        self._patience = patience or Patience()
        self._adapters = adapters
        self._pause = pause
        self._limits = limits
        # A batch may take several requests: giving up between them would begin it again, and again run dry.
        self._gates = Gates(longest_wait=timedelta(seconds=self._patience.seconds))
        self._slots: dict[UUID, asyncio.Semaphore] = {}

    async def __call__(self, targets: Sequence[Target]) -> Mapping[Key, LiveRead]:
        """Read all targets. Raises Transient when the connector cannot be reached."""
        connections: dict[tuple[UUID, UUID, str, str], list[Target]] = {}
        for target in targets:
            where = (target.key.workspace_id, target.key.connection_id, target.marketplace, target.account_id)
            connections.setdefault(where, []).append(target)
        parts = await asyncio.gather(*(self._connection(group) for group in connections.values()))
        return {key: live for part in parts for key, live in part.items()}

    async def _connection(self, targets: list[Target]) -> dict[Key, LiveRead]:
        first = targets[0]
        access = self._access.get(first.marketplace)
        if access is None:
            return _all(targets, UnreadableReason.NOT_SERVED, f"{first.marketplace} is not served")
        adapter = self._adapters(first.marketplace)
        key = first.key

        def open_account(lease: Lease) -> Api:
            return adapter.api(
                self._http,
                base_url=access.api_at(adapter),
                client_id=access.client_id,
                tokens=LeasedTokens(self._leases, key.workspace_id, key.connection_id),
                account_id=first.account_id,
                store=lease.store,
                gate=self._gates.of(
                    first.marketplace,
                    first.account_id,
                    per_account=adapter.limits_per_account,
                    shared=lambda: (
                        self._limits(key.workspace_id, key.connection_id) if self._limits else None
                    ),
                ),
            )

        size = adapter.batch_size
        chunks = [targets[start : start + size] for start in range(0, len(targets), size)]
        parts = await asyncio.gather(*(self._chunk(adapter, open_account, chunk) for chunk in chunks))
        return {one: live for part in parts for one, live in part.items()}

    async def _chunk(
        self, adapter: MarketplaceAdapter, open_account: OpenAccount, targets: list[Target]
    ) -> dict[Key, LiveRead]:
        connection_id = targets[0].key.connection_id
        slots = self._slots.setdefault(connection_id, asyncio.Semaphore(self._patience.concurrency))
        async with slots:
            with reading(targets) as spans:
                answers = await self._persist(adapter, open_account, targets)
                spans.answered(answers)
                return answers

    async def _persist(
        self, adapter: MarketplaceAdapter, open_account: OpenAccount, targets: list[Target]
    ) -> dict[Key, LiveRead]:
        """Try until it is answered, hopeless, or too long ago."""
        deadline = asyncio.get_running_loop().time() + self._patience.seconds
        attempt = 0
        while True:
            attempt += 1
            try:
                async with asyncio.timeout_at(deadline):
                    return await self._read(adapter, open_account, targets)
            except RateLimited as error:
                why, wait = UnreadableReason.RATE_LIMITED, error.retry_after(self._now())
                attempt -= 1  # waiting as told is no failed attempt
            except (Temporary, PartialRead) as error:
                partial = isinstance(error, PartialRead)
                why = UnreadableReason.PARTIAL_READ if partial else UnreadableReason.UNREACHABLE
                jitter = random.uniform(0.5, 1.5)  # noqa: S311  # no secret
                wait = self._patience.first_pause * 2 ** (attempt - 1) * jitter
                detail = str(error)
            except TimeoutError:
                return _all(targets, UnreadableReason.UNREACHABLE, "the marketplace answers too slowly")
            except MarketplaceError as error:
                return _all(targets, _hopeless(error), str(error))
            if why is UnreadableReason.RATE_LIMITED:
                detail = "the marketplace's rate limit is used up"
            late = asyncio.get_running_loop().time() + wait > deadline
            if late or attempt >= self._patience.attempts:
                return _all(targets, why, detail)
            await self._pause(max(wait, 0.01))

    async def _read(
        self, adapter: MarketplaceAdapter, open_account: OpenAccount, targets: list[Target]
    ) -> dict[Key, LiveRead]:
        key = targets[0].key
        lease = await self._leases.current(key.workspace_id, key.connection_id)
        if lease.account_id != targets[0].account_id:
            return _all(
                targets, UnreadableReason.WRONG_ACCOUNT, "the connection belongs to another account now"
            )
        raws = await adapter.read(open_account(lease), [target.key.listing_id for target in targets])
        return {target.key: _evidence(adapter, raws.get(target.key.listing_id), target) for target in targets}


def _evidence(
    adapter: MarketplaceAdapter, raw: RawListing | None, target: Target
) -> Evidence | Unreadable | None:
    if raw is None:
        return None
    try:
        return adapter.evidence(raw)
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError) as error:
        # One listing in an unknown shape must not keep the others of its batch from their verdicts.
        log.warning(
            "listing %s has an unknown shape (%s)",
            raw.listing_id,
            type(error).__name__,
            extra={"cause": target},  # the listing's own trace, not that of the request for many
        )
        return Unreadable(UnreadableReason.PARTIAL_READ, "the marketplace's answer has an unknown shape")


def _hopeless(error: MarketplaceError) -> UnreadableReason:
    if isinstance(error, Disconnected):
        return UnreadableReason.DISCONNECTED
    if isinstance(error, AccessRevoked | AccessExpired):
        return UnreadableReason.REAUTHORIZATION_REQUIRED
    return UnreadableReason.MISSING_SCOPE if isinstance(error, MissingScope) else UnreadableReason.REFUSED


def _all(targets: list[Target], reason: UnreadableReason, detail: str) -> dict[Key, Any]:
    return {target.key: Unreadable(reason, detail) for target in targets}
