"""Domain objects as response bodies."""

from truestock.connector.api.models import AttemptView, ConnectionView, ExpectedAccountBody, FailureView
from truestock.connector.domain.access import Grant
from truestock.connector.domain.attempts import Attempt
from truestock.connector.domain.connections import Connection, ConnectionState


def shown_attempt(attempt: Attempt, url: str | None) -> AttemptView:
    """An attempt."""
    review, failure = attempt.review, attempt.failure
    return AttemptView(
        attempt_id=attempt.attempt_id,
        marketplace=attempt.marketplace,
        purpose=attempt.purpose,
        connection_id=attempt.connection_id,
        state=attempt.state,
        authorization_url=url,
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


def shown_connection(connection: Connection, grant: Grant | None) -> ConnectionView:
    """A connection; without access there is nothing that expires."""
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
        token_version=grant.token_version if grant else 0,
        sample_approved=connection.sample_approved,
        revision=connection.revision,
        confirmed_at=connection.confirmed_at,
        confirmed_by=connection.confirmed_by,
        reason=connection.reason,
    )
