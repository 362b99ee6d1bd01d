"""Turn a reviewed attempt into access: a new connection, a revived one, or a renewed grant."""

from datetime import datetime
from uuid import UUID, uuid4

from truestock.chassis.auth.principal import Principal
from truestock.connector.domain.access import Grant
from truestock.connector.domain.attempts import Attempt, Purpose, Review
from truestock.connector.domain.connections import (
    Connection,
    ConnectionState,
    already_connected,
    disconnected,
    new_connection,
    owned_elsewhere,
)
from truestock.connector.usecases import facts
from truestock.connector.usecases.find import connection_at
from truestock.connector.usecases.grants import store_tokens
from truestock.connector.usecases.ports import Secret, Unit
from truestock.contracts.problem import Refusal, RefusalKind
from truestock.marketplaces.authorization import TokenAnswer


async def settle(
    tx: Unit, attempt: Attempt, review: Review, principal: Principal, reason: str | None, now: datetime
) -> Connection:
    """Make the attempt's grant the connection's, tell everybody, and close the attempt."""
    connection = (
        await _renew(tx, attempt, review)
        if attempt.purpose is Purpose.REAUTHORIZE
        else await _connect(tx, attempt, review, principal.name, now)
    )
    await _move_grant(tx, attempt.attempt_id, connection)
    await tx.save_attempt(attempt.confirmed(connection.connection_id))
    await tx.erase(attempt.attempt_id)
    await tx.retire_grant(attempt.attempt_id)
    reconnected = connection.revision > 1
    if attempt.purpose is Purpose.REAUTHORIZE:
        tx.emit(facts.restored(connection, now, attempt.attempt_id))
    else:
        tx.emit(facts.confirmed(connection, now, attempt.attempt_id, reconnected=reconnected))
    for subject in (attempt.attempt_id, connection.connection_id):
        await tx.audit(
            principal,
            "connection.reauthorized" if attempt.purpose is Purpose.REAUTHORIZE else "connection.confirmed",
            subject,
            after={
                "account_id": connection.account.id,
                "settings_hash": connection.settings_hash,
                "reconnected": reconnected,
            },
            reason=reason,
        )
    return connection


async def _renew(tx: Unit, attempt: Attempt, review: Review) -> Connection:
    assert attempt.connection_id is not None  # noqa: S101  # a reauthorization always names its connection
    connection = await connection_at(tx, attempt.connection_id)
    if connection.state is ConnectionState.DISCONNECTED:
        raise disconnected(connection)
    connection = connection.authorized(review)
    await tx.save_connection(connection)
    return connection


async def _connect(tx: Unit, attempt: Attempt, review: Review, operator: str, now: datetime) -> Connection:
    known = await tx.connection_of(attempt.marketplace, review.account.id)
    if known is not None and known.state is not ConnectionState.DISCONNECTED:
        raise already_connected(known)
    connection = (
        known.confirmed(review, operator, now)
        if known is not None
        else new_connection(uuid4(), attempt.workspace_id, review, operator, now)
    )
    await tx.save_connection(connection)
    if not await tx.claim_account(connection):
        raise owned_elsewhere(review.account)
    return connection


async def _move_grant(tx: Unit, attempt_id: UUID, connection: Connection) -> None:
    held = await tx.take_lease(attempt_id)
    if held is None:
        # Its tokens are being rotated at this moment: moving the old ones would lose the new ones.
        raise Refusal(
            "refresh_under_way",
            "The attempt's access is being renewed right now.",
            remedy="Repeat the confirmation in a moment.",
            kind=RefusalKind.UNAVAILABLE,
        )
    grant = await tx.grant(attempt_id)
    if grant is None:
        raise RuntimeError("an attempt that awaits confirmation has lost its grant")
    access = await tx.unseal(attempt_id, Secret.ACCESS, grant.token_version)
    refresh = await tx.unseal(attempt_id, Secret.REFRESH, grant.token_version)
    if access is None:
        raise RuntimeError("an attempt that awaits confirmation has lost its tokens")
    before = await tx.grant(connection.connection_id)
    version = before.token_version + 1 if before else 1
    moved = Grant(
        owner_id=connection.connection_id,
        workspace_id=connection.workspace_id,
        token_version=version,
        obtained_at=grant.obtained_at,
        access_expires_at=grant.access_expires_at,
        refresh_expires_at=grant.refresh_expires_at,
        consented_at=grant.consented_at,
        account_seen=version,
    )
    tokens = TokenAnswer(access, refresh, access_for=None, refresh_for=None)
    # Whoever writes a connection's grant has locked its row, as we have: nobody comes between.
    if not await store_tokens(tx, moved, tokens, replacing=before.token_version if before else None):
        raise RuntimeError("the connection's grant changed although its row is locked")
    await tx.release_lease(held)
