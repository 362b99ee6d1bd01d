"""Attempts: start, look, confirm, reject."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from truestock.chassis.auth.dependencies import IfMatch, Operator, Viewer
from truestock.connector.api.models import (
    AttemptList,
    AttemptView,
    AuditCursor,
    AuditTrail,
    ConfirmBody,
    ConnectionView,
    Limit,
    ReasonBody,
    StartBody,
)
from truestock.connector.api.shown import shown_attempt, shown_connection, shown_trail
from truestock.connector.domain.attempts import AttemptState, ExpectedAccount
from truestock.connector.domain.sequence import Request
from truestock.connector.usecases.decide_attempt import Confirmation, ConfirmAttempt, RejectAttempt
from truestock.connector.usecases.start_attempt import StartAttempt
from truestock.connector.usecases.views import Look


def build_router(
    start: StartAttempt, confirm: ConfirmAttempt, reject: RejectAttempt, look: Look, public_url: str
) -> APIRouter:
    """``/v1/attempts``."""
    router = APIRouter(prefix="/v1/attempts", tags=["attempts"])

    @router.post("", status_code=201)
    async def start_attempt(principal: Operator, body: StartBody, response: Response) -> AttemptView:
        """Start connecting a marketplace; ``authorization_url`` is the link to open as the seller."""
        expected = ExpectedAccount(body.expected_account.id, body.expected_account.name)
        request = Request(
            body.marketplace, principal.subject, body.skip_sequence_reason, body.skip_priority_reason
        )
        attempt, ticket = await start.connect(principal, request, expected, body.store)
        response.headers["ETag"] = f'"{attempt.revision}"'
        response.headers["Location"] = f"/v1/attempts/{attempt.attempt_id}"
        return shown_attempt(attempt, ticket, public_url)

    @router.get("")
    async def list_attempts(
        principal: Viewer, state: Annotated[AttemptState | None, Query()] = None
    ) -> AttemptList:
        """The newest hundred."""
        found = await look.attempts(principal, state.value if state else None)
        return AttemptList(items=[shown_attempt(*one, public_url) for one in found])

    @router.get("/{attempt_id}")
    async def read_attempt(principal: Viewer, attempt_id: UUID, response: Response) -> AttemptView:
        """One attempt with everything that is to be reviewed."""
        attempt, ticket = await look.attempt(principal, attempt_id)
        response.headers["ETag"] = f'"{attempt.revision}"'
        return shown_attempt(attempt, ticket, public_url)

    @router.get("/{attempt_id}/audit")
    async def read_audit(
        principal: Viewer, attempt_id: UUID, limit: Limit = 100, cursor: AuditCursor = 0
    ) -> AuditTrail:
        """Who did what to this attempt, with the reasons for starting it out of turn."""
        return shown_trail(await look.attempt_trail(principal, attempt_id, cursor, limit), limit)

    @router.post("/{attempt_id}/confirm")
    async def confirm_attempt(
        principal: Operator, attempt_id: UUID, revision: IfMatch, body: ConfirmBody, response: Response
    ) -> ConnectionView:
        """Confirm the account and the settings that were shown; the connection begins."""
        confirmation = Confirmation(body.account_id, body.settings_hash, body.accept_mismatch_reason)
        connection = await confirm(principal, attempt_id, revision, confirmation)
        found = await look.connection(principal, connection.connection_id)
        response.headers["ETag"] = f'"{found.connection.revision}"'
        return shown_connection(found)

    @router.post("/{attempt_id}/reject")
    async def reject_attempt(
        principal: Operator, attempt_id: UUID, revision: IfMatch, body: ReasonBody, response: Response
    ) -> AttemptView:
        """Give the attempt up; its tokens are erased."""
        attempt = await reject(principal, attempt_id, revision, body.reason)
        response.headers["ETag"] = f'"{attempt.revision}"'
        return shown_attempt(attempt, None, public_url)

    return router
