"""Keep access alive: one refresh at a time across all processes, persisted before its first use (rule 9)."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from truestock.chassis.delivery import Transient
from truestock.connector.custody import NotOpened
from truestock.connector.domain.access import Grant, Step, next_step
from truestock.connector.usecases.grants import declare_dead, expiry, is_wanted, store_tokens
from truestock.connector.usecases.ports import Begin, Clock, Gateway, Held, Owner, Secret
from truestock.contracts.problem import Refusal, RefusalKind
from truestock.marketplaces.authorization import TokenAnswer
from truestock.marketplaces.errors import AccessExpired, AccessRevoked, MarketplaceError

log = logging.getLogger(__name__)

WAIT_STEP_S = 0.05
LONGEST_WAIT = timedelta(seconds=45)
PERSIST_ATTEMPTS = 20
REFUSALS = 3
"""So often new access may be refused, with growing pauses, before a person has to look."""


@dataclass(frozen=True, slots=True)
class Access:
    """A short-lived access token. Never printed."""

    token: str = field(repr=False)
    version: int
    expires_at: datetime | None


class KeepAccess:
    """Hands out access tokens and replaces them. Share one per process; ``drain`` it before stopping."""

    def __init__(
        self,
        begin: Begin,
        gateway: Gateway,
        now: Clock,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        heartbeat_s: float = 5.0,
    ) -> None:
        self._begin = begin
        self._gateway = gateway
        self._now = now
        self._pause = pause
        self._heartbeat_s = heartbeat_s
        self._renewals: dict[UUID, asyncio.Task[None]] = {}

    async def fresh(self, owner: Owner, *, refused_version: int | None = None, ahead: bool = False) -> Access:
        """A usable access token, refreshed if need be.

        Raises :class:`AccessRevoked` when the grant is dead, a Refusal (unavailable) when the marketplace
        does not answer and the present token cannot be used, or when it does not open.
        """
        try:
            return await self._fresh(owner, refused_version, ahead=ahead)
        except NotOpened as error:
            log.error("a token of %s does not open: %s", owner.owner_id, error.detail)
            raise

    async def _fresh(self, owner: Owner, refused_version: int | None, *, ahead: bool) -> Access:
        deadline = self._now() + LONGEST_WAIT
        while self._now() < deadline:
            async with self._begin([owner.workspace_id]) as tx:
                grant = await tx.grant(owner.owner_id)
                if grant is None:
                    raise AccessRevoked("There is no access any more.")
                try:
                    token = await tx.unseal(owner.owner_id, Secret.ACCESS, grant.token_version)
                except NotOpened:
                    if await tx.grant(owner.owner_id) == grant:
                        raise
                    continue  # it was replaced between the two reads
            if token is None:
                raise AccessRevoked("There is no access any more.")
            step = next_step(grant, self._now(), refused_version=refused_version, ahead=ahead)
            if step is Step.USE:
                return Access(token, grant.token_version, grant.access_expires_at)
            if step is Step.COOL_DOWN:
                raise _unavailable(grant)
            await self._single_flight(owner, grant, step)
        raise _unavailable(None)

    async def drain(self) -> None:
        """Wait until refreshes under way are persisted."""
        await asyncio.gather(*self._renewals.values(), return_exceptions=True)

    async def _single_flight(self, owner: Owner, seen: Grant, step: Step) -> None:
        renewal = self._renewals.get(owner.owner_id)
        if renewal is None:
            renewal = asyncio.create_task(self._renew(owner, seen, step))
            self._renewals[owner.owner_id] = renewal
            renewal.add_done_callback(lambda _: self._renewals.pop(owner.owner_id, None))
        # Shielded: a caller that gives up must not lose a token that the marketplace has rotated already.
        await asyncio.shield(renewal)

    async def _renew(self, owner: Owner, seen: Grant, step: Step) -> None:
        """Do the step for exactly the tokens that were ``seen``, here or by waiting for whoever does it."""
        deadline = self._now() + LONGEST_WAIT
        while self._now() < deadline:
            async with self._begin([owner.workspace_id]) as tx:
                held = await tx.take_lease(owner.owner_id)
                current = await tx.grant(owner.owner_id)
                moved_on = current != seen
                if held is not None and moved_on:
                    await tx.release_lease(held)
                elif held is not None:
                    access_token = await tx.unseal(owner.owner_id, Secret.ACCESS, seen.token_version)
                    refresh_token = await tx.unseal(owner.owner_id, Secret.REFRESH, seen.token_version)
            if moved_on:
                return
            if held is not None:
                async with self._holding(owner, held):
                    if step is Step.RECOGNISE and access_token is not None:
                        await self._recognise(owner, seen, access_token, held)
                    else:
                        await self._refresh(owner, seen, refresh_token, held)
                return
            await self._pause(WAIT_STEP_S)

    @asynccontextmanager
    async def _holding(self, owner: Owner, held: Held) -> AsyncIterator[None]:
        """Prolong the lease while a slow marketplace is waited for: nobody else may ask meanwhile."""

        async def prolong() -> None:
            while True:
                await asyncio.sleep(self._heartbeat_s)
                try:
                    async with self._begin([owner.workspace_id]) as tx:
                        await tx.renew_lease(held)
                except Transient as error:
                    # The next beat may still be in time; giving up would hand the lease to somebody else.
                    log.warning("the lease of %s was not prolonged: %s", owner.owner_id, error)

        heartbeat = asyncio.create_task(prolong())
        try:
            yield
        finally:
            heartbeat.cancel()
            await asyncio.gather(heartbeat, return_exceptions=True)

    async def _recognise(self, owner: Owner, seen: Grant, access_token: str, held: Held) -> None:
        """Same account, or nothing is handed out (rules 4 and 7)."""
        wanted = owner.seller.account_id
        try:
            found = await self._gateway.account(owner.seller, access_token)
        except AccessRevoked as error:
            return await self._give_up(owner, seen, str(error), held)
        except AccessExpired:
            refused = "the marketplace refuses the access that it has just given"
            if seen.failures >= REFUSALS:
                return await self._give_up(owner, seen, refused, held)
            return await self._fail(owner, seen, refused, held)
        except MarketplaceError as error:
            return await self._fail(owner, seen, str(error), held)
        if wanted is not None and found.id != wanted:
            reason = f"the access leads to account {found.id} ({found.name}) now, not to {wanted}"
            return await self._give_up(owner, seen, reason, held)
        async with self._begin([owner.workspace_id]) as tx:
            if await is_wanted(tx, owner):
                await tx.save_grant(seen.recognised(), replacing=seen.token_version)
            await tx.release_lease(held)
        return None

    async def _refresh(self, owner: Owner, seen: Grant, refresh_token: str | None, held: Held) -> None:
        if refresh_token is None:
            reason = "the marketplace refused the access, and there is nothing to renew it with"
            return await self._give_up(owner, seen, reason, held)
        try:
            tokens = await self._gateway.refresh(owner.seller, refresh_token)
        except AccessRevoked as error:
            return await self._give_up(owner, seen, str(error), held)
        except MarketplaceError as error:
            return await self._fail(owner, seen, str(error), held)
        ends = expiry(self._now(), tokens)
        if tokens.refresh_token == refresh_token and seen.refresh_expires_at is not None:
            # Only the access is new: the same refresh token does not live longer for having been used.
            ends = min(seen.refresh_expires_at, ends or seen.refresh_expires_at)
        return await self._persist(owner, seen, tokens, ends, held)

    async def _fail(self, owner: Owner, seen: Grant, why: str, held: Held) -> None:
        log.warning("renewing the access of %s failed: %s", owner.owner_id, why)
        async with self._begin([owner.workspace_id]) as tx:
            if await is_wanted(tx, owner):
                await tx.save_grant(seen.refresh_failed(self._now()), replacing=seen.token_version)
            await tx.release_lease(held)

    async def _persist(
        self, owner: Owner, seen: Grant, tokens: TokenAnswer, refresh_ends: datetime | None, held: Held
    ) -> None:
        # The marketplace has forgotten the old refresh token: losing this one loses the connection.
        renewed = seen.renewed(self._now(), tokens.access_for, refresh_ends)
        for attempt in range(PERSIST_ATTEMPTS):
            try:
                async with self._begin([owner.workspace_id]) as tx:
                    if await is_wanted(tx, owner):
                        await store_tokens(tx, renewed, tokens, replacing=seen.token_version)
                    await tx.release_lease(held)
                return
            except Transient:
                if attempt == PERSIST_ATTEMPTS - 1:
                    raise
                await self._pause(WAIT_STEP_S * (attempt + 1))

    async def _give_up(self, owner: Owner, seen: Grant, reason: str, held: Held) -> None:
        async with self._begin([owner.workspace_id]) as tx:
            wanted = await is_wanted(tx, owner)
            current = await tx.grant(owner.owner_id)
            # Read again: a person or another process may have brought new tokens while ours were refused.
            if wanted and current is not None and current.token_version == seen.token_version:
                await declare_dead(tx, owner, reason, self._now())
            await tx.release_lease(held)


def _unavailable(grant: Grant | None) -> Refusal:
    until = grant.cooldown_until.isoformat() if grant and grant.cooldown_until else None
    return Refusal(
        "marketplace_unavailable",
        "The marketplace did not renew the access, and the present token cannot be used any more.",
        remedy="Try again later; the connector keeps trying.",
        kind=RefusalKind.UNAVAILABLE,
        retry_at=until,
    )
