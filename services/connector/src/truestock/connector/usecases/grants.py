"""Storing a grant with its tokens, and declaring one dead."""

from datetime import datetime

from truestock.connector.custody import Place
from truestock.connector.domain.access import Grant
from truestock.connector.domain.attempts import UNDER_WAY, Failure
from truestock.connector.domain.connections import ConnectionState
from truestock.connector.usecases import facts
from truestock.connector.usecases.ports import Owner, Secret, Unit, system_principal
from truestock.marketplaces.authorization import TokenAnswer


async def store_tokens(tx: Unit, grant: Grant, tokens: TokenAnswer, *, replacing: int | None) -> bool:
    """Store a grant and its sealed tokens; False when the version to be replaced is not current any more."""
    if not await tx.save_grant(grant, replacing=replacing):
        return False
    if tokens.refresh_token is None:
        await tx.erase(grant.owner_id)  # a former refresh token would be of another version
    for name, secret in ((Secret.ACCESS, tokens.access_token), (Secret.REFRESH, tokens.refresh_token)):
        if secret is None:
            continue  # a store's keys are access without refreshing
        await tx.seal(Place(grant.workspace_id, grant.owner_id, name, grant.token_version), secret)
    return True


def expiry(now: datetime, tokens: TokenAnswer) -> datetime | None:
    """When the refresh token ends, where that is known."""
    return now + tokens.refresh_for if tokens.refresh_for else None


async def is_wanted(tx: Unit, owner: Owner) -> bool:
    """Whether the access is still somebody's. Its row stays locked: nobody gives it up or replaces it now.

    What was disconnected or lost while the marketplace was asked must not get tokens back.
    """
    connection = await tx.connection(owner.owner_id, lock=True)
    if connection is not None:
        return connection.state is ConnectionState.ACTIVE
    attempt = await tx.attempt(owner.owner_id, lock=True)
    return attempt is not None and attempt.state in UNDER_WAY


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
