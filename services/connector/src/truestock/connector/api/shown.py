"""Domain objects as response bodies."""

from collections.abc import Sequence
from typing import Any

from truestock.connector.api.models import (
    AttemptView,
    AuditLine,
    AuditTrail,
    ConnectionView,
    DeadlineView,
    ExpectedAccountBody,
    FailureView,
)
from truestock.connector.domain.attempts import Attempt
from truestock.connector.domain.connections import ConnectionState
from truestock.connector.store.values import from_json
from truestock.connector.usecases.views import SeenConnection


def shown_attempt(attempt: Attempt, ticket: str | None, public_url: str) -> AttemptView:
    """An attempt; ``ticket`` makes the link to open, on the connector's public address."""
    base = f"{public_url.rstrip('/')}/v1/oauth/{attempt.marketplace}"
    review, failure = attempt.review, attempt.failure
    return AttemptView(
        attempt_id=attempt.attempt_id,
        marketplace=attempt.marketplace,
        purpose=attempt.purpose,
        connection_id=attempt.connection_id,
        state=attempt.state,
        store=attempt.store,
        authorization_url=f"{base}/start?ticket={ticket}" if ticket else None,
        started_by=attempt.started_by,
        created_at=attempt.created_at,
        expires_at=attempt.expires_at,
        expected_account=ExpectedAccountBody(id=attempt.expected.id, name=attempt.expected.name),
        account=review.account if review else None,
        account_matches=attempt.account_matches,
        granted_scopes=review.granted_scopes if review else (),
        missing_scopes=attempt.missing_scopes,
        settings=dict(review.settings) if review else None,
        settings_hash=review.settings_hash if review else None,
        failure=FailureView(code=failure.code, detail=failure.detail, remedy=failure.remedy)
        if failure
        else None,
        revision=attempt.revision,
    )


def shown_connection(seen: SeenConnection) -> ConnectionView:
    """A connection; without access there is nothing that expires."""
    connection, grant = seen.connection, seen.grant
    live = grant if connection.state is ConnectionState.ACTIVE else None
    return ConnectionView(
        connection_id=connection.connection_id,
        marketplace=connection.marketplace,
        account=connection.account,
        state=connection.state,
        granted_scopes=connection.granted_scopes,
        settings=dict(connection.settings),
        settings_hash=connection.settings_hash,
        access_expires_at=live.access_expires_at if live else None,
        refresh_expires_at=live.refresh_expires_at if live else None,
        deadlines=tuple(
            DeadlineView(kind=one.kind, ends_at=one.ends_at, days_left=days, remedy=one.remedy)
            for one, days in seen.deadlines
        ),
        token_version=grant.token_version if grant else 0,
        sample_approved=connection.sample_approved,
        revision=connection.revision,
        confirmed_at=connection.confirmed_at,
        confirmed_by=connection.confirmed_by,
        reason=connection.reason,
    )


def shown_trail(lines: Sequence[dict[str, Any]], limit: int) -> AuditTrail:
    """A page of the audit; a full one says where the next begins."""
    return AuditTrail(
        items=[
            AuditLine(**{**line, "before": from_json(line["before"]), "after": from_json(line["after"])})
            for line in lines
        ],
        next_cursor=str(lines[-1]["audit_id"]) if len(lines) == limit else None,
    )
