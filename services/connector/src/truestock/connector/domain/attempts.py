"""An attempt: one run of a marketplace's authorization flow.

``started → awaiting_confirmation → confirmed``, or denied, failed, expired, rejected, superseded.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from truestock.contracts.listing import Account
from truestock.contracts.problem import Refusal

STARTED_FOR = timedelta(minutes=15)
"""How long a started attempt waits for the marketplace's callback."""
AWAITING_FOR = timedelta(hours=24)
"""How long an operator may take to confirm; then the attempt's tokens are erased."""


class AttemptState(StrEnum):
    """Where an attempt stands."""

    STARTED = "started"
    AWAITING_CONFIRMATION = "awaiting_confirmation"
    CONFIRMED = "confirmed"
    DENIED = "denied"
    FAILED = "failed"
    EXPIRED = "expired"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"


UNDER_WAY = frozenset({AttemptState.STARTED, AttemptState.AWAITING_CONFIRMATION})


class Purpose(StrEnum):
    """What an attempt is for."""

    CONNECT = "connect"
    REAUTHORIZE = "reauthorize"


@dataclass(frozen=True, slots=True)
class ExpectedAccount:
    """What the operator declared before OAuth: the id binds, the name is a hint for people."""

    id: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an attempt ended without a connection, and what to do next."""

    code: str
    detail: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Review:
    """What came back from the marketplace, to be shown before anything happens."""

    account: Account
    granted_scopes: tuple[str, ...]
    settings: Mapping[str, Any]
    settings_hash: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt. ``expires_at`` is the deadline of its present state."""

    attempt_id: UUID
    workspace_id: UUID
    marketplace: str
    purpose: Purpose
    state: AttemptState
    started_by: str
    created_at: datetime
    expires_at: datetime
    revision: int = 1
    connection_id: UUID | None = None
    expected: ExpectedAccount = ExpectedAccount()
    store: str | None = None
    """The shop host or store address, where the marketplace has one per seller."""
    review: Review | None = None
    missing_scopes: tuple[str, ...] = ()
    failure: Failure | None = None

    def under_way(self, now: datetime) -> bool:
        """Whether it still waits for somebody; past its deadline it does not, swept or not."""
        return self.state in UNDER_WAY and now < self.expires_at

    @property
    def account_matches(self) -> bool | None:
        """Whether the expected account came back; None while unknown or when no id was declared."""
        if self.review is None or self.expected.id is None:
            return None
        return self.review.account.id == self.expected.id

    def _to(self, state: AttemptState, **changes: Any) -> "Attempt":
        return replace(self, state=state, revision=self.revision + 1, **changes)

    def authorized(self, review: Review, now: datetime) -> "Attempt":
        """The marketplace answered; people look at the account now."""
        return self._to(AttemptState.AWAITING_CONFIRMATION, review=review, expires_at=now + AWAITING_FOR)

    def showing(self, review: Review) -> "Attempt":
        """The settings changed since they were shown; these are shown from now on."""
        return self._to(self.state, review=review)

    def confirmed(self, connection_id: UUID) -> "Attempt":
        """It led to this connection."""
        return self._to(AttemptState.CONFIRMED, connection_id=connection_id)

    def denied(self) -> "Attempt":
        """The seller said no at the marketplace."""
        return self._to(
            AttemptState.DENIED,
            failure=Failure(
                "access_denied",
                "Access was denied at the marketplace.",
                "Start again when the seller agrees to give access.",
            ),
        )

    def failed(self, failure: Failure, *, missing_scopes: tuple[str, ...] = ()) -> "Attempt":
        """It ended without a connection."""
        return self._to(AttemptState.FAILED, failure=failure, missing_scopes=missing_scopes)

    def ended(self, state: AttemptState) -> "Attempt":
        """It expired, was rejected or superseded."""
        return self._to(state)


def wrong_account(expected_id: str, found: Account) -> Failure:
    """Reauthorization came back with another account."""
    return Failure(
        "wrong_account",
        f"Account {found.id} ({found.name}) was authorized; this connection is of account {expected_id}.",
        "Sign in at the marketplace as the connected account and reauthorize again; nothing was changed.",
    )


def scopes_missing(missing: tuple[str, ...]) -> Failure:
    """The seller did not grant all that is needed."""
    return Failure(
        "missing_scopes",
        f"These permissions were not granted: {', '.join(missing)}.",
        "Start again and leave all requested permissions switched on.",
    )


def check_confirmable(attempt: Attempt, now: datetime) -> Review:
    """What would be confirmed; a Refusal when there is nothing (any more) to confirm."""
    if attempt.state is AttemptState.AWAITING_CONFIRMATION and attempt.review and attempt.under_way(now):
        return attempt.review
    state = (
        AttemptState.EXPIRED if attempt.state in UNDER_WAY and not attempt.under_way(now) else attempt.state
    )
    raise Refusal(
        "attempt_not_awaiting_confirmation",
        f"This attempt is {state.replace('_', ' ')}; only one that awaits confirmation can be decided.",
        remedy="Finish the authorization at the marketplace first."
        if state is AttemptState.STARTED
        else "Start a new attempt.",
        state=state.value,
    )


def check_confirmation(
    attempt: Attempt,
    review: Review,
    *,
    account_id: str,
    settings_hash: str,
    accept_mismatch_reason: str | None,
) -> None:
    """The operator repeats what was shown; a Refusal when it is something else (rules 3 and 4)."""
    if account_id != review.account.id:
        raise Refusal(
            "account_differs",
            f"You confirmed account {account_id}; the attempt came back with {review.account.id} "
            f"({review.account.name}).",
            remedy="Look at the account again. If it is not the intended one, reject the attempt.",
            account_id=review.account.id,
        )
    if settings_hash != review.settings_hash:
        raise settings_changed(review)
    if attempt.account_matches is False and not accept_mismatch_reason:
        raise Refusal(
            "account_mismatch",
            f"Account {attempt.expected.id} was expected; "
            f"{review.account.id} ({review.account.name}) came back.",
            remedy="Reject the attempt and sign in as the expected account, or confirm with a reason "
            "in accept_mismatch_reason.",
            expected_id=attempt.expected.id,
            account_id=review.account.id,
        )


def settings_changed(review: Review) -> Refusal:
    """The settings are no longer those that the operator saw."""
    return Refusal(
        "settings_changed",
        "The account's settings are not the ones that were confirmed; the present ones are shown now.",
        remedy="Review the settings in this answer and confirm again with their settings_hash.",
        settings=dict(review.settings),
        settings_hash=review.settings_hash,
    )
