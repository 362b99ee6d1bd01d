"""An operator confirms or rejects what an attempt shows."""

from dataclasses import dataclass
from uuid import UUID

from truestock.chassis.auth.principal import Principal
from truestock.connector.domain.attempts import (
    Attempt,
    AttemptState,
    Review,
    check_confirmable,
    check_confirmation,
    settings_changed,
)
from truestock.connector.domain.connections import Connection
from truestock.connector.usecases.find import attempt_at, connection_at
from truestock.connector.usecases.keep_access import KeepAccess
from truestock.connector.usecases.ports import Begin, Clock, Gateway, Owner, Seller
from truestock.connector.usecases.settle import settle
from truestock.contracts.problem import Refusal, RefusalKind
from truestock.marketplaces.errors import AccessExpired, AccessRevoked, MarketplaceError


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What the operator repeats: the account and the settings that were shown (rule 4)."""

    account_id: str
    settings_hash: str
    accept_mismatch_reason: str | None = None


class ConfirmAttempt:
    """Confirm: everything downstream begins here."""

    def __init__(self, begin: Begin, gateway: Gateway, access: KeepAccess, now: Clock) -> None:
        self._begin = begin
        self._gateway = gateway
        self._access = access
        self._now = now

    async def __call__(
        self, principal: Principal, attempt_id: UUID, revision: int, confirmation: Confirmation
    ) -> Connection:
        """The connection; a Refusal when it is not what was shown, or not any more.

        Confirming the revision of an attempt that is confirmed already answers its connection again.
        """
        async with self._begin([principal.workspace_id]) as tx:
            attempt = await attempt_at(tx, attempt_id, revision)
            if attempt.state is AttemptState.CONFIRMED and attempt.review and attempt.connection_id:
                self._check(attempt, attempt.review, confirmation)
                return await connection_at(tx, attempt.connection_id)
            shown = check_confirmable(attempt, self._now())
            self._check(attempt, shown, confirmation)
        live = await self._look_again(attempt, shown)
        async with self._begin([principal.workspace_id]) as tx:
            await tx.lock_workspace(principal.workspace_id)
            attempt = await attempt_at(tx, attempt_id, revision)
            check_confirmable(attempt, self._now())
            if live.settings_hash == shown.settings_hash:
                reason = confirmation.accept_mismatch_reason
                return await settle(tx, attempt, live, principal, reason, self._now())
            await tx.save_attempt(attempt.showing(live))
        raise settings_changed(live)

    def _check(self, attempt: Attempt, shown: Review, confirmation: Confirmation) -> None:
        check_confirmation(
            attempt,
            shown,
            account_id=confirmation.account_id,
            settings_hash=confirmation.settings_hash,
            accept_mismatch_reason=confirmation.accept_mismatch_reason,
        )

    async def _look_again(self, attempt: Attempt, shown: Review) -> Review:
        """Account and settings as they are at this moment."""
        seller = Seller(attempt.marketplace, attempt.store, shown.account.id)
        owner = Owner(attempt.workspace_id, attempt.attempt_id, seller)
        try:
            access = await self._access.fresh(owner)
            try:
                live = await self._gateway.review(seller, access.token, shown.granted_scopes)
            except AccessExpired:
                access = await self._access.fresh(owner, refused_version=access.version)
                live = await self._gateway.review(seller, access.token, shown.granted_scopes)
        except AccessRevoked as error:
            raise Refusal(
                "access_revoked", f"The access is gone: {error}", remedy="Start a new attempt."
            ) from error
        except MarketplaceError as error:
            raise Refusal(
                "marketplace_unavailable",
                f"The account could not be read again before confirming: {error}",
                remedy="Repeat the confirmation in a moment.",
                kind=RefusalKind.UNAVAILABLE,
            ) from error
        if live.account.id != shown.account.id:
            raise Refusal(
                "account_changed",
                "The access now leads to another account than the one that was shown.",
                remedy="Reject this attempt and start a new one.",
            )
        return live


class RejectAttempt:
    """Give an attempt up and erase what it brought."""

    def __init__(self, begin: Begin, now: Clock) -> None:
        self._begin = begin
        self._now = now

    async def __call__(self, principal: Principal, attempt_id: UUID, revision: int, reason: str) -> Attempt:
        """The rejected attempt. One that was only started can be rejected too: it frees the way."""
        async with self._begin([principal.workspace_id]) as tx:
            attempt = await attempt_at(tx, attempt_id, revision)
            if not (attempt.state is AttemptState.STARTED and attempt.under_way(self._now())):
                check_confirmable(attempt, self._now())
            rejected = attempt.ended(AttemptState.REJECTED)
            await tx.save_attempt(rejected)
            await tx.erase(attempt_id)
            await tx.retire_grant(attempt_id)
            await tx.audit(
                principal,
                "attempt.rejected",
                attempt_id,
                before={"state": attempt.state},
                after={"state": rejected.state},
                reason=reason,
            )
        return rejected
