"""The audit trail: who did what to which thing, from what to what, and why."""

from typing import Any

import orjson
from sqlalchemy import text

from truestock.chassis.auth.principal import Principal
from truestock.chassis.telemetry.context import current_trace
from truestock.chassis.transaction import Transaction

INSERT = text(
    """
    INSERT INTO audit (workspace_id, who, who_name, action, subject, before, after, reason, trace_id)
    VALUES (:workspace_id, :who, :who_name, :action, :subject,
            CAST(:before AS jsonb), CAST(:after AS jsonb), :reason, :trace_id)
    """
)
LIST = text(
    """
    SELECT audit_id, at, who, who_name, action, subject, before, after, reason, trace_id FROM audit
    WHERE subject = :subject AND audit_id > :after ORDER BY audit_id LIMIT :limit
    """
)


async def record(
    tx: Transaction,
    principal: Principal,
    action: str,
    subject: str,
    *,
    before: Any = None,
    after: Any = None,
    reason: str | None = None,
) -> None:
    """Write one line of the trail in the transaction of the change itself. Never pass a secret."""
    trace_id = (current_trace()[0] or "").split("-")
    await tx.connection.execute(
        INSERT,
        {
            "workspace_id": principal.workspace_id,
            "who": principal.subject,
            "who_name": principal.name,
            "action": action,
            "subject": subject,
            "before": _json(before),
            "after": _json(after),
            "reason": reason,
            "trace_id": trace_id[1] if len(trace_id) > 1 else None,
        },
    )


async def trail(tx: Transaction, subject: str, *, after: int = 0, limit: int = 100) -> list[dict[str, Any]]:
    """Up to ``limit`` lines about ``subject`` that follow line ``after`` (an ``audit_id``), oldest first."""
    rows = await tx.connection.execute(LIST, {"subject": subject, "after": after, "limit": limit})
    return [dict(row) for row in rows.mappings()]


def _json(value: Any) -> str | None:
    return None if value is None else orjson.dumps(value, default=str).decode()
