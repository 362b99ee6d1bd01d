"""May this attempt to connect start: one at a time, in sequence, highest priority first (rules 1 and 2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from truestock.connector.domain.attempts import Attempt
from truestock.connector.domain.connections import Connection, ConnectionState
from truestock.contracts.problem import Refusal


@dataclass(frozen=True, slots=True)
class Request:
    """An operator wants to connect a marketplace."""

    marketplace: str
    operator: str
    skip_sequence_reason: str | None = None
    skip_priority_reason: str | None = None


def next_marketplace(priority: Sequence[str], connections: Sequence[Connection]) -> str | None:
    """The first marketplace of the order that is not connected; None when all are."""
    connected = {one.marketplace for one in connections if one.state is not ConnectionState.DISCONNECTED}
    return next((marketplace for marketplace in priority if marketplace not in connected), None)


def check_start(
    request: Request,
    *,
    under_way: Attempt | None,
    connections: Sequence[Connection],
    priority: Sequence[str],
    now: datetime,
) -> Attempt | None:
    """The attempt that this one supersedes, if any; a Refusal when it must not start.

    ``under_way`` is the workspace's unfinished attempt to connect; ``connections`` are all of the workspace.
    """
    superseded = _check_one_at_a_time(request, under_way, now)
    _check_sequence(request, connections)
    _check_priority(request, connections, priority)
    return superseded


def _check_one_at_a_time(request: Request, under_way: Attempt | None, now: datetime) -> Attempt | None:
    if under_way is None or not under_way.under_way(now):
        return None
    if (under_way.started_by, under_way.marketplace) == (request.operator, request.marketplace):
        return under_way
    raise Refusal(
        "attempt_under_way",
        f"An attempt to connect {under_way.marketplace} by {under_way.started_by} is "
        f"{under_way.state.replace('_', ' ')}; one is made at a time.",
        remedy="Confirm or reject that attempt first, or wait until it expires.",
        attempt_id=str(under_way.attempt_id),
        marketplace=under_way.marketplace,
        state=under_way.state.value,
        expires_at=under_way.expires_at.isoformat(),
    )


def _check_sequence(request: Request, connections: Sequence[Connection]) -> None:
    waiting = [
        one
        for one in connections
        if one.state is not ConnectionState.DISCONNECTED and not one.sample_approved
    ]
    if not waiting or request.skip_sequence_reason:
        return
    previous = max(waiting, key=lambda one: one.confirmed_at)
    raise Refusal(
        "sample_not_approved",
        f"{previous.account.name} on {previous.marketplace} has no approved sample yet.",
        remedy="Import and approve a sample of that connection first, or give a skip_sequence_reason.",
        connection_id=str(previous.connection_id),
        marketplace=previous.marketplace,
    )


def _check_priority(request: Request, connections: Sequence[Connection], priority: Sequence[str]) -> None:
    rank = priority.index(request.marketplace) if request.marketplace in priority else len(priority)
    first = next_marketplace(priority[:rank], connections)
    if first is None or request.skip_priority_reason:
        return
    raise Refusal(
        "priority_order",
        f"{first} comes before {request.marketplace} in the priority order and is not connected.",
        remedy=f"Connect {first} first, change the order, or give a skip_priority_reason.",
        next=first,
    )
