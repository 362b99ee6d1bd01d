"""The importer's copy of a connection: enough to decide whether a batch may start."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from truestock.contracts.problem import Refusal
from truestock.contracts.values import Marketplace


class ConnectionState(StrEnum):
    """As in the connector."""

    ACTIVE = "active"
    REAUTHORIZATION_REQUIRED = "reauthorization_required"
    DISCONNECTED = "disconnected"


@dataclass(frozen=True, slots=True)
class Connection:
    """A copy of a connection. ``version`` is the connector's; a copy never goes back to a lower one."""

    connection_id: UUID
    workspace_id: UUID
    marketplace: Marketplace
    account_id: str
    account_name: str
    state: ConnectionState
    version: int
    currency: str | None = None
    reason: str | None = None
    traceparent: str | None = None


def check_readable(connection: Connection) -> None:
    """Refuse a batch on a connection whose access is dead."""
    if connection.state is ConnectionState.ACTIVE:
        return
    if connection.state is ConnectionState.REAUTHORIZATION_REQUIRED:
        raise Refusal(
            "reauthorization_required",
            f"Access to {connection.account_name} on {connection.marketplace} is dead: {connection.reason}",
            remedy="Reauthorize the connection with the same account, then start the batch.",
        )
    raise Refusal(
        "disconnected",
        f"{connection.account_name} on {connection.marketplace} is disconnected.",
        remedy="Connect the account again, then start the batch.",
    )
