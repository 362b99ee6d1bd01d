"""Start an attempt to connect an account, or to authorize a connected one again."""

import hashlib
import secrets
from uuid import UUID, uuid4

from truestock.chassis.auth.principal import Principal
from truestock.connector.custody import Place
from truestock.connector.domain.attempts import (
    STARTED_FOR,
    Attempt,
    AttemptState,
    ExpectedAccount,
    Purpose,
)
from truestock.connector.domain.connections import ConnectionState, disconnected
from truestock.connector.domain.sequence import Request, check_start
from truestock.connector.usecases.find import connection_at
from truestock.connector.usecases.ports import Begin, Clock, Gateway, Secret, Unit
from truestock.contracts.problem import Refusal, RefusalKind


def one_way(secret: str) -> bytes:
    """What is stored of a state, a ticket or a browser's cookie: enough to recognise it, not to use it."""
    return hashlib.sha256(secret.encode()).digest()


class StartAttempt:
    """Start connecting or reauthorizing; answers the attempt and the ticket of its link."""

    def __init__(self, begin: Begin, gateway: Gateway, now: Clock) -> None:
        self._begin = begin
        self._gateway = gateway
        self._now = now

    async def connect(
        self, principal: Principal, request: Request, expected: ExpectedAccount, store: str | None = None
    ) -> tuple[Attempt, str]:
        """Start an attempt for a new connection; a Refusal when rules 1 or 2 say no."""
        self._check_served(request.marketplace)
        store = self._gateway.store(request.marketplace, store)
        now = self._now()
        async with self._begin([principal.workspace_id]) as tx:
            policy = await tx.lock_workspace(principal.workspace_id)
            under_way = await tx.connecting()
            superseded = check_start(
                request,
                under_way=under_way,
                connections=await tx.connections(),
                priority=policy.priority,
                now=now,
            )
            if under_way is not None:
                state = AttemptState.SUPERSEDED if superseded else AttemptState.EXPIRED
                await self._end(tx, under_way, state, principal)
            attempt = self._new(principal, request.marketplace, Purpose.CONNECT, expected, store=store)
            ticket = await self._open(tx, attempt)
            await tx.audit(
                principal,
                "attempt.started",
                attempt.attempt_id,
                after={
                    "marketplace": attempt.marketplace,
                    "expected_account": expected.id,
                    "store": store,
                    "skip_sequence_reason": request.skip_sequence_reason,
                    "skip_priority_reason": request.skip_priority_reason,
                },
                reason=request.skip_sequence_reason or request.skip_priority_reason,
            )
        return attempt, ticket

    async def reauthorize(self, principal: Principal, connection_id: UUID) -> tuple[Attempt, str]:
        """Start an attempt that must come back with the connection's account (rule 7)."""
        async with self._begin([principal.workspace_id]) as tx:
            connection = await connection_at(tx, connection_id)
            if connection.state is ConnectionState.DISCONNECTED:
                raise disconnected(connection)
            for other in await tx.attempts(None, connection_id):
                if other.under_way(self._now()):
                    await self._end(tx, other, AttemptState.SUPERSEDED, principal)
            expected = ExpectedAccount(connection.account.id, connection.account.name)
            attempt = self._new(
                principal,
                connection.marketplace,
                Purpose.REAUTHORIZE,
                expected,
                connection_id,
                connection.store,
            )
            ticket = await self._open(tx, attempt)
            await tx.audit(
                principal,
                "connection.reauthorization_started",
                connection_id,
                after={"attempt_id": attempt.attempt_id},
            )
        return attempt, ticket

    def _check_served(self, marketplace: str) -> None:
        served = self._gateway.served()
        if marketplace not in served:
            raise Refusal(
                "marketplace_not_served",
                f"There is no connector for {marketplace!r} yet.",
                remedy=f"Connect one of: {', '.join(served)}.",
                kind=RefusalKind.INVALID,
                served=list(served),
            )

    def _new(
        self,
        principal: Principal,
        marketplace: str,
        purpose: Purpose,
        expected: ExpectedAccount,
        connection_id: UUID | None = None,
        store: str | None = None,
    ) -> Attempt:
        now = self._now()
        return Attempt(
            attempt_id=uuid4(),
            workspace_id=principal.workspace_id,
            marketplace=marketplace,
            purpose=purpose,
            state=AttemptState.STARTED,
            started_by=principal.subject,
            created_at=now,
            expires_at=now + STARTED_FOR,
            connection_id=connection_id,
            expected=expected,
            store=store,
        )

    async def _open(self, tx: Unit, attempt: Attempt) -> str:
        made = {
            Secret.STATE: secrets.token_urlsafe(32),
            Secret.VERIFIER: secrets.token_urlsafe(64),
            Secret.TICKET: secrets.token_urlsafe(32),
        }
        await tx.save_attempt(attempt)
        await tx.remember_state(one_way(made[Secret.STATE]), one_way(made[Secret.TICKET]), attempt)
        for name, secret in made.items():
            await tx.seal(Place(attempt.workspace_id, attempt.attempt_id, name, 1), secret)
        return made[Secret.TICKET]

    async def _end(self, tx: Unit, attempt: Attempt, state: AttemptState, principal: Principal) -> None:
        await tx.save_attempt(attempt.ended(state))
        await tx.erase(attempt.attempt_id)
        await tx.retire_grant(attempt.attempt_id)
        await tx.audit(principal, f"attempt.{state}", attempt.attempt_id)
