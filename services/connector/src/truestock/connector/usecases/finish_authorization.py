"""The marketplace sends the seller back: exchange the code, look at the account, show it for review."""

from dataclasses import dataclass

from truestock.connector.domain.access import Grant
from truestock.connector.domain.attempts import (
    Attempt,
    AttemptState,
    Failure,
    Purpose,
    Review,
    scopes_missing,
    wrong_account,
)
from truestock.connector.domain.connections import ConnectionState
from truestock.connector.usecases.keep_access import expiry, store_tokens
from truestock.connector.usecases.ports import (
    Begin,
    Clock,
    Gateway,
    Secret,
    SystemStore,
    Tokens,
    Unit,
    system_principal,
)
from truestock.connector.usecases.settle import settle
from truestock.connector.usecases.start_attempt import state_hash
from truestock.marketplaces.errors import MarketplaceError, MissingScope


@dataclass(frozen=True, slots=True)
class Callback:
    """What the marketplace appended to our address. None of it is trusted."""

    marketplace: str
    state: str | None
    code: str | None
    error: str | None


class FinishAuthorization:
    """Answers the attempt as it stands afterwards; None when the state is unknown or was used before."""

    def __init__(self, begin: Begin, system: SystemStore, gateway: Gateway, now: Clock) -> None:
        self._begin = begin
        self._system = system
        self._gateway = gateway
        self._now = now

    async def __call__(self, callback: Callback) -> Attempt | None:
        """Use the state up, then do what the callback says with its attempt."""
        if not callback.state:
            return None
        bound = await self._system.take_state(state_hash(callback.state))
        if bound is None:
            return None
        async with self._begin([bound.workspace_id]) as tx:
            attempt = await tx.attempt(bound.attempt_id, lock=True)
            verifier = await tx.unseal(bound.attempt_id, Secret.VERIFIER)
            if attempt is None or attempt.state is not AttemptState.STARTED or verifier is None:
                return attempt
            ended = self._without_code(attempt, callback, bound.marketplace)
            if ended is not None:
                await self._end(tx, ended)
                return ended
        try:
            return await self._authorize(attempt, callback.code or "", verifier)
        except MissingScope as error:
            needed = self._gateway.required_scopes(attempt.marketplace)
            missing = error.scopes or needed
            return await self._fail(attempt, scopes_missing(missing), missing)
        except MarketplaceError as error:
            return await self._fail(
                attempt, Failure("authorization_failed", str(error), "Start a new attempt."), ()
            )

    def _without_code(self, attempt: Attempt, callback: Callback, marketplace: str) -> Attempt | None:
        """The attempt's end when there is no code to exchange."""
        if not attempt.under_way(self._now()):
            return attempt.ended(AttemptState.EXPIRED)
        if callback.marketplace != marketplace:
            return attempt.failed(
                Failure(
                    "wrong_marketplace",
                    f"The answer came for {callback.marketplace}, the attempt is for {marketplace}.",
                    "Start a new attempt; if it happens again, check the application's redirect address.",
                )
            )
        if callback.error == "access_denied":
            return attempt.denied()
        if callback.error or not callback.code:
            return attempt.failed(
                Failure(
                    "authorization_failed",
                    "The marketplace sent no authorization code.",
                    "Start a new attempt; if it happens again, check the application's registration.",
                )
            )
        return None

    async def _authorize(self, attempt: Attempt, code: str, verifier: str) -> Attempt:
        marketplace = attempt.marketplace
        tokens = await self._gateway.exchange(marketplace, code=code, verifier=verifier)
        granted = await self._gateway.granted_scopes(marketplace, tokens.access_token)
        missing = self._gateway.missing_scopes(marketplace, granted)
        if missing:
            return await self._fail(attempt, scopes_missing(missing), missing)
        review = await self._gateway.review(marketplace, tokens.access_token, granted)
        if attempt.purpose is Purpose.REAUTHORIZE and review.account.id != attempt.expected.id:
            failure = wrong_account(attempt.expected.id or "", review.account)
            return await self._fail(attempt, failure, ())
        return await self._show(attempt, review, tokens)

    async def _show(self, before: Attempt, review: Review, tokens: Tokens) -> Attempt:
        now = self._now()
        async with self._begin([before.workspace_id]) as tx:
            current = await tx.attempt(before.attempt_id, lock=True)
            if current is None or current.revision != before.revision:
                return current or before
            attempt = current.authorized(review, now)
            await tx.erase(attempt.attempt_id)
            await tx.save_attempt(attempt)
            grant = Grant(
                owner_id=attempt.attempt_id,
                workspace_id=attempt.workspace_id,
                token_version=1,
                obtained_at=now,
                access_expires_at=now + tokens.access_for,
                refresh_expires_at=expiry(now, tokens),
            )
            await store_tokens(tx, grant, tokens, replacing=None)
            if await self._needs_no_review(tx, attempt, review):
                # The same account with the settings that were confirmed before: there is nothing to decide.
                principal = system_principal(attempt.workspace_id)
                connection = await settle(tx, attempt, review, principal, None, now)
                return attempt.confirmed(connection.connection_id)
        return attempt

    async def _needs_no_review(self, tx: Unit, attempt: Attempt, review: Review) -> bool:
        if attempt.purpose is not Purpose.REAUTHORIZE or attempt.connection_id is None:
            return False
        connection = await tx.connection(attempt.connection_id, lock=True)
        return (
            connection is not None
            and connection.state is not ConnectionState.DISCONNECTED
            and connection.settings_hash == review.settings_hash
        )

    async def _fail(self, before: Attempt, failure: Failure, missing: tuple[str, ...]) -> Attempt:
        async with self._begin([before.workspace_id]) as tx:
            current = await tx.attempt(before.attempt_id, lock=True)
            if current is None or current.revision != before.revision:
                return current or before
            attempt = current.failed(failure, missing_scopes=missing)
            await self._end(tx, attempt)
        return attempt

    async def _end(self, tx: Unit, attempt: Attempt) -> None:
        await tx.save_attempt(attempt)
        await tx.erase(attempt.attempt_id)
        await tx.audit(
            system_principal(attempt.workspace_id),
            f"attempt.{attempt.state}",
            attempt.attempt_id,
            reason=attempt.failure.detail if attempt.failure else None,
        )
