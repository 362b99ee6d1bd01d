"""The connector: authorize marketplaces, confirm accounts, end connections."""

from collections.abc import AsyncIterator, Sequence

from truestock.client.http import Service
from truestock.client.models.connector import (
    Attempt,
    AuditEntry,
    CheckedConnection,
    Connection,
    ConnectorPolicies,
)


class Connector:
    """The connector's public API. ``revision`` is always the one that the operator saw."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def policies(self) -> ConnectorPolicies:
        """The priority order of this workspace's marketplaces."""
        return await self._service.get(ConnectorPolicies, "/v1/policies")

    async def set_priority(self, priority: Sequence[str], *, revision: int) -> ConnectorPolicies:
        """Replace the priority order, highest first."""
        return await self._service.command(
            ConnectorPolicies, "/v1/policies", {"priority": list(priority)}, revision=revision, method="PUT"
        )

    async def start(
        self,
        marketplace: str,
        *,
        expected_id: str | None = None,
        expected_name: str | None = None,
        store: str | None = None,
        skip_sequence_reason: str | None = None,
        skip_priority_reason: str | None = None,
    ) -> Attempt:
        """Start an attempt to connect; the answer holds the link that the seller must open.

        ``store``: the shop host (Shopify) or store address (WooCommerce).
        """
        expected = {"id": expected_id, "name": expected_name}
        body = {
            "marketplace": marketplace,
            "expected_account": {k: v for k, v in expected.items() if v} or None,
            "store": store,
            "skip_sequence_reason": skip_sequence_reason,
            "skip_priority_reason": skip_priority_reason,
        }
        given = {name: value for name, value in body.items() if value is not None}
        return await self._service.command(Attempt, "/v1/attempts", given)

    async def attempt(self, attempt_id: str) -> Attempt:
        """One attempt as it stands."""
        return await self._service.get(Attempt, f"/v1/attempts/{attempt_id}")

    def attempts(self, *, state: str | None = None) -> AsyncIterator[Attempt]:
        """The attempts of this workspace, newest first."""
        return self._service.pages(Attempt, "/v1/attempts", state=state)

    async def confirm(
        self,
        attempt_id: str,
        *,
        account_id: str,
        settings_hash: str,
        revision: int,
        accept_mismatch_reason: str | None = None,
    ) -> Connection:
        """Confirm the account and the settings that were shown, by repeating both."""
        body = {"account_id": account_id, "settings_hash": settings_hash}
        if accept_mismatch_reason:
            body["accept_mismatch_reason"] = accept_mismatch_reason
        path = f"/v1/attempts/{attempt_id}/confirm"
        return await self._service.command(Connection, path, body, revision=revision)

    async def reject(self, attempt_id: str, *, reason: str, revision: int) -> Attempt:
        """Refuse the account; its tokens are erased."""
        path = f"/v1/attempts/{attempt_id}/reject"
        return await self._service.command(Attempt, path, {"reason": reason}, revision=revision)

    def attempt_audit(self, attempt_id: str) -> AsyncIterator[AuditEntry]:
        """Who did what to this attempt; ``reason`` says why it was started out of turn."""
        return self._service.pages(AuditEntry, f"/v1/attempts/{attempt_id}/audit")

    def connections(self) -> AsyncIterator[Connection]:
        """All connections of this workspace."""
        return self._service.pages(Connection, "/v1/connections")

    async def connection(self, connection_id: str) -> Connection:
        """One connection."""
        return await self._service.get(Connection, f"/v1/connections/{connection_id}")

    async def reauthorize(self, connection_id: str) -> Attempt:
        """Start an attempt that must come back with the same account."""
        return await self._service.command(Attempt, f"/v1/connections/{connection_id}/reauthorize")

    async def check(self, connection_id: str) -> CheckedConnection:
        """Try every required scope with a live read; a Refusal (``missing_scopes``) when one is closed."""
        return await self._service.command(CheckedConnection, f"/v1/connections/{connection_id}/check")

    async def disconnect(
        self, connection_id: str, *, reason: str, withdraw: bool, revision: int
    ) -> Connection:
        """Revoke and erase access; ``withdraw`` also archives items that nobody touched."""
        path = f"/v1/connections/{connection_id}/disconnect"
        body = {"reason": reason, "withdraw": withdraw}
        return await self._service.command(Connection, path, body, revision=revision)

    def audit(self, connection_id: str) -> AsyncIterator[AuditEntry]:
        """Who did what to this connection."""
        return self._service.pages(AuditEntry, f"/v1/connections/{connection_id}/audit")
