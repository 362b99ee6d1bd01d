"""The limits under which connections are read, shared with other processes through the connector."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from truestock.chassis.delivery import Transient
from truestock.contracts.problem import Refusal
from truestock.marketplaces.connector_limits import ConnectorLimits
from truestock.marketplaces.sharing import LimitsAway, SharedLimits
from truestock.validator.clients.leases import Connector

LimitsOf = Callable[[UUID, UUID], SharedLimits]
"""The limit of a workspace's connection."""


def limits_through(connector: Connector) -> LimitsOf:
    """One holder of shares: this process."""
    holder = f"validator-{uuid4()}"

    def limits_of(workspace_id: UUID, connection_id: UUID) -> SharedLimits:
        async def ask(body: dict[str, Any]) -> Any:
            path = f"/internal/v1/connections/{connection_id}/share"
            try:
                return await connector.post(path, workspace_id=workspace_id, json=body)
            except (Refusal, Transient) as error:
                raise LimitsAway(str(error)) from error

        return ConnectorLimits(ask, holder)

    return limits_of
