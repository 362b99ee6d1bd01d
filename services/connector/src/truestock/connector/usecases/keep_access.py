"""Keep access alive: one refresh at a time across all processes, persisted before its first use (rule 9)."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from truestock.chassis.delivery import Transient
from truestock.connector.custody import Place
from truestock.connector.domain.access import Grant, Step, next_step
from truestock.connector.domain.attempts import UNDER_WAY, Failure
from truestock.connector.domain.connections import ConnectionState
from truestock.connector.usecases import facts
from truestock.connector.usecases.ports import (
    Begin,
    Clock,
    Gateway,
    Held,
    Secret,
    Tokens,
    Unit,
    system_principal,
)
from truestock.contracts.problem import Refusal, RefusalKind
from truestock.marketplaces.errors import AccessRevoked, MarketplaceError

log = logging.getLogger(__name__)

WAIT_STEP_S = 0.05
LONGEST_WAIT = timedelta(seconds=45)
PERSIST_ATTEMPTS = 20


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose tokens: an attempt's or a connection's."""

    workspace_id: UUID
    owner_id: UUID
    marketplace: str


@dataclass(frozen=True, slots=True)
class Access:
    """A short-lived access token. Never printed."""

    token: str = field(repr=False)
    version: int
    expires_at: datetime


class KeepAccess:
    """Hands out access tokens and replaces them. Share one per process; ``drain`` it before stopping."""

    def __init__(
        self,
        begin: Begin,
        gateway: Gateway,
        now: Clock,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._begin = begin
        self._gateway = gateway
        self._now = now
        self._pause = pause
        self._renewals: dict[UUID, asyncio.Task[None]] = {}

    async def fresh(self, owner: Owner, *, refused_version: int | None = None, ahead: bool = False) -> Access:
        """A usable access token, refreshed if need be.

        Raises :class:`AccessRevoked` when the grant is dead, a Refusal (unavailable) when the marketplace
        does not answer and the present token cannot be used.
        """
        deadline = self._now() + LONGEST_WAIT
        while self._now() < deadline:
            async with self._begin([owner.workspace_id]) as tx:
                grant = await tx.grant(owner.owner_id)
                token = await tx.unseal(owner.owner_id, Secret.ACCESS) if grant else None
            if grant is None or token is None:
                raise AccessRevoked("There is no access any more.")
            step = next_step(grant, self._now(), refused_version=refused_version, ahead=ahead)
            if step is Step.USE:
                return Access(token, grant.token_version, grant.access_expires_at)
            if step is Step.COOL_DOWN:
                raise _unavailable(grant)
            await self._single_flight(owner, grant)
        raise _unavailable(None)

    async def drain(self) -> None:
        """Wait until refreshes under way are persisted."""
        await asyncio.gather(*self._renewals.values(), return_exceptions=True)

    async def _single_flight(self, owner: Owner, seen: Grant) -> None:
        renewal = self._renewals.get(owner.owner_id)
        if renewal is None:
            renewal = asyncio.create_task(self._renew(owner, seen))
            self._renewals[owner.owner_id] = renewal
            renewal.add_done_callback(lambda _: self._renewals.pop(owner.owner_id, None))
        # Shielded: a caller that gives up must not lose a token that the marketplace has rotated already.
        await asyncio.shield(renewal)

    async def _renew(self, owner: Owner, seen: Grant) -> None:
        """Replace exactly the tokens that were ``seen``, here or by waiting for whoever does it."""
        deadline = self._now() + LONGEST_WAIT
        while self._now() < deadline:
            async with self._begin([owner.workspace_id]) as tx:
                held = await tx.take_lease(owner.owner_id)
                current = await tx.grant(owner.owner_id)
                moved_on = current != seen
                refresh_token = await tx.unseal(owner.owner_id, Secret.REFRESH)
                if held is not None and moved_on:
                    await tx.release_lease(held)
            if moved_on:
                return None
            if held is not None:
                return await self._refresh(owner, seen, refresh_token, held)
            await self._pause(WAIT_STEP_S)
        return None

    async def _refresh(self, owner: Owner, seen: Grant, refresh_token: str | None, held: Held) -> None:
        if refresh_token is None:
            return await self._give_up(owner, seen, "there is no refresh token", held)
        try:
            tokens = await self._gateway.refresh(owner.marketplace, refresh_token)
        except AccessRevoked as error:
            return await self._give_up(owner, seen, str(error), held)
        except MarketplaceError as error:
            log.warning("refresh for %s failed: %s", owner.owner_id, error)
            async with self._begin([owner.workspace_id]) as tx:
                await tx.save_grant(seen.refresh_failed(self._now()), replacing=seen.token_version)
                await tx.release_lease(held)
            return None
        return await self._persist(owner, seen, tokens, held)

    async def _persist(self, owner: Owner, seen: Grant, tokens: Tokens, held: Held) -> None:
        # The marketplace has forgotten the old refresh token: losing this one loses the connection.
        for attempt in range(PERSIST_ATTEMPTS):
            try:
                async with self._begin([owner.workspace_id]) as tx:
                    await store_tokens(
                        tx,
                        seen.renewed(self._now(), tokens.access_for, expiry(self._now(), tokens)),
                        tokens,
                        replacing=seen.token_version,
                    )
                    await tx.release_lease(held)
                return
            except Transient:
                if attempt == PERSIST_ATTEMPTS - 1:
                    raise
                await self._pause(WAIT_STEP_S * (attempt + 1))

    async def _give_up(self, owner: Owner, seen: Grant, reason: str, held: Held) -> None:
        async with self._begin([owner.workspace_id]) as tx:
            await tx.release_lease(held)
            current = await tx.grant(owner.owner_id)
            # Read again: another process may have rotated the tokens while ours were refused.
            if current is None or current.token_version != seen.token_version:
                return
            await declare_dead(tx, owner, reason, self._now())


async def store_tokens(tx: Unit, grant: Grant, tokens: Tokens, *, replacing: int | None) -> bool:
    """Store a grant and its sealed tokens; False when the version to be replaced is not current any more."""
    if not await tx.save_grant(grant, replacing=replacing):
        return False
    for name, secret in ((Secret.ACCESS, tokens.access_token), (Secret.REFRESH, tokens.refresh_token)):
        await tx.seal(Place(grant.workspace_id, grant.owner_id, name, grant.token_version), secret)
    return True


def expiry(now: datetime, tokens: Tokens) -> datetime | None:
    """When the refresh token ends, where that is known."""
    return now + tokens.refresh_for if tokens.refresh_for else None


async def declare_dead(tx: Unit, owner: Owner, reason: str, now: datetime) -> None:
    """Dead access is a state and an event; an attempt that waited for confirmation has failed."""
    await tx.erase(owner.owner_id)
    await tx.retire_grant(owner.owner_id)
    principal = system_principal(owner.workspace_id)
    attempt = await tx.attempt(owner.owner_id, lock=True)
    if attempt is not None and attempt.state in UNDER_WAY:
        failure = Failure("access_revoked", reason, "Start a new attempt.")
        await tx.save_attempt(attempt.failed(failure))
        await tx.audit(principal, "attempt.failed", attempt.attempt_id, reason=reason)
    connection = await tx.connection(owner.owner_id, lock=True)
    if connection is not None and connection.state is ConnectionState.ACTIVE:
        lost = connection.access_lost(reason)
        await tx.save_connection(lost)
        tx.emit(facts.reauthorization_required(lost, now))
        await tx.audit(
            principal,
            "connection.access_lost",
            connection.connection_id,
            before={"state": connection.state},
            after={"state": lost.state},
            reason=reason,
        )


def _unavailable(grant: Grant | None) -> Refusal:
    until = grant.cooldown_until.isoformat() if grant and grant.cooldown_until else None
    return Refusal(
        "marketplace_unavailable",
        "The marketplace did not renew the access, and the present token cannot be used any more.",
        remedy="Try again later; the connector keeps trying.",
        kind=RefusalKind.UNAVAILABLE,
        retry_at=until,
    )
