"""The marketplace sends the seller back: exchange the code, look at the account, show it for review."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

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
from truestock.connector.usecases.grants import expiry, store_tokens
from truestock.connector.usecases.ports import (
    Begin,
    Clock,
    Gateway,
    Secret,
    Seller,
    SystemStore,
    Unit,
    system_principal,
)
from truestock.connector.usecases.settle import settle
from truestock.connector.usecases.start_attempt import one_way
from truestock.marketplaces.authorization import CallbackRefused, TokenAnswer
from truestock.marketplaces.errors import MarketplaceError, MissingScope


@dataclass(frozen=True, slots=True)
class Callback:
    """What the marketplace appended to our address, and the browser's cookie. None of it is trusted."""

    marketplace: str
    query: tuple[tuple[str, str], ...]
    browser: str | None


class FinishAuthorization:
    """Answers the attempt as it stands afterwards; None when the callback is nobody's, used or another's.

    Nothing is sent to the marketplace before state, browser, marketplace, issuer and signature are verified.
    """

    def __init__(self, begin: Begin, system: SystemStore, gateway: Gateway, now: Clock) -> None:
        self._begin = begin
        self._system = system
        self._gateway = gateway
        self._now = now

    async def __call__(self, callback: Callback) -> Attempt | None:
        """Use the state up, then do what the callback says with its attempt."""
        state = self._gateway.state_of(callback.marketplace, callback.query)
        if not state or not callback.browser:
            return None
        browser = one_way(callback.browser)
        if self._gateway.posts_keys(callback.marketplace):
            return await self._came_back(callback, state, browser)
        bound = await self._system.take_state(
            one_way(state), marketplace=callback.marketplace, browser_hash=browser
        )
        if bound is None:
            return None
        async with self._begin([bound.workspace_id]) as tx:
            attempt = await tx.attempt(bound.attempt_id, lock=True)
            verifier = await tx.unseal(bound.attempt_id, Secret.VERIFIER)
            if attempt is None or attempt.state is not AttemptState.STARTED or verifier is None:
                return attempt
            seller = Seller(attempt.marketplace, attempt.store)
            ended = self._without_code(attempt, callback)
            if ended is None:
                try:
                    returned = self._gateway.returned(seller, callback.query, self._now())
                except CallbackRefused as refused:
                    ended = attempt.failed(Failure(refused.code, refused.detail, refused.remedy))
            if ended is not None:
                await self._end(tx, ended)
                return ended
        seller = Seller(attempt.marketplace, attempt.store, returned.account_id)
        return await self._reporting(
            attempt,
            seller,
            lambda: self._gateway.exchange(seller, code=returned.code, verifier=verifier),
        )

    async def keys(self, marketplace: str, body: Mapping[str, Any]) -> bool:
        """A store posted its keys; True when they were for a pending start that a browser had opened."""
        posted = self._gateway.posted(marketplace, body)
        bound = await self._system.take_state(
            one_way(posted.state), marketplace=marketplace, browser_hash=None
        )
        if bound is None:
            return False
        async with self._begin([bound.workspace_id]) as tx:
            attempt = await tx.attempt(bound.attempt_id, lock=True)
            if attempt is None or attempt.state is not AttemptState.STARTED:
                return False
            if not attempt.under_way(self._now()):
                await self._end(tx, attempt.ended(AttemptState.EXPIRED))
                return False

        async def answer() -> TokenAnswer:
            return posted.answer

        await self._reporting(attempt, Seller(marketplace, attempt.store), answer)
        return True

    async def _came_back(self, callback: Callback, state: str, browser: bytes) -> Attempt | None:
        """The browser's return where keys travel on their own way: it only decides whether that was a no."""
        bound = await self._system.state(one_way(state), browser)
        if bound is None or bound.marketplace != callback.marketplace:
            return None
        async with self._begin([bound.workspace_id]) as tx:
            attempt = await tx.attempt(bound.attempt_id, lock=True)
            if attempt is None or attempt.state is not AttemptState.STARTED:
                return attempt
            if dict(callback.query).get("success") == "0":
                attempt = attempt.denied()
                await self._end(tx, attempt)
        return attempt

    def _without_code(self, attempt: Attempt, callback: Callback) -> Attempt | None:
        """The attempt's end when there is no code to exchange."""
        if not attempt.under_way(self._now()):
            return attempt.ended(AttemptState.EXPIRED)
        if dict(callback.query).get("error") == "access_denied":
            return attempt.denied()
        return None

    async def _reporting(
        self, attempt: Attempt, seller: Seller, obtain: Callable[[], Awaitable[TokenAnswer]]
    ) -> Attempt:
        try:
            return await self._authorize(attempt, seller, await obtain())
        except MissingScope as error:
            needed = self._gateway.required_scopes(attempt.marketplace)
            missing = error.scopes or needed
            return await self._fail(attempt, scopes_missing(missing), missing)
        except MarketplaceError as error:
            return await self._fail(
                attempt, Failure("authorization_failed", str(error), "Start a new attempt."), ()
            )

    async def _authorize(self, attempt: Attempt, seller: Seller, tokens: TokenAnswer) -> Attempt:
        granted = await self._gateway.granted_scopes(seller, tokens)
        missing = self._gateway.missing_scopes(seller.marketplace, granted)
        if missing:
            return await self._fail(attempt, scopes_missing(missing), missing)
        review = await self._gateway.review(seller, tokens.access_token, granted)
        if attempt.purpose is Purpose.REAUTHORIZE and review.account.id != attempt.expected.id:
            failure = wrong_account(attempt.expected.id or "", review.account)
            return await self._fail(attempt, failure, ())
        return await self._show(attempt, review, tokens)

    async def _show(self, before: Attempt, review: Review, tokens: TokenAnswer) -> Attempt:
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
                access_expires_at=now + tokens.access_for if tokens.access_for else None,
                refresh_expires_at=expiry(now, tokens),
                consented_at=now,
                account_seen=1,
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
