"""A connection: a confirmed seller account in a workspace.

``active ⇄ reauthorization_required``, either ``→ disconnected``; the same account revives it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from truestock.connector.domain.attempts import Review
from truestock.contracts.listing import Account
from truestock.contracts.problem import Refusal


class ConnectionState(StrEnum):
    """Where a connection stands."""

    ACTIVE = "active"
    REAUTHORIZATION_REQUIRED = "reauthorization_required"
    DISCONNECTED = "disconnected"


@dataclass(frozen=True, slots=True)
class Connection:
    """Its identity is (workspace, marketplace, account id), for ever. ``revision`` is the events' version."""

    connection_id: UUID
    workspace_id: UUID
    account: Account
    state: ConnectionState
    granted_scopes: tuple[str, ...]
    settings: Mapping[str, Any]
    settings_hash: str
    confirmed_at: datetime
    confirmed_by: str
    revision: int = 1
    sample_approved: bool = False
    reason: str | None = None

    @property
    def marketplace(self) -> str:
        """The marketplace's name."""
        return self.account.marketplace.value

    @property
    def store(self) -> str | None:
        """The shop host or store address, where the marketplace has one per seller."""
        store: str | None = self.settings.get("store")
        return store

    @property
    def currency(self) -> str | None:
        """The account's currency, ISO 4217."""
        currency: str | None = self.settings.get("currency")
        return currency

    def _with(self, **changes: Any) -> "Connection":
        return replace(self, revision=self.revision + 1, **changes)

    def authorized(self, review: Review) -> "Connection":
        """Access works (again), with what the marketplace says now."""
        return self._with(
            state=ConnectionState.ACTIVE,
            account=review.account,
            granted_scopes=review.granted_scopes,
            settings=review.settings,
            settings_hash=review.settings_hash,
            reason=None,
        )

    def confirmed(self, review: Review, operator: str, now: datetime) -> "Connection":
        """A person looked at the account and its settings, and wants it (again)."""
        return replace(self.authorized(review), confirmed_at=now, confirmed_by=operator)

    def access_lost(self, reason: str) -> "Connection":
        """Only a person can bring access back."""
        return self._with(state=ConnectionState.REAUTHORIZATION_REQUIRED, reason=reason)

    def disconnected(self, reason: str) -> "Connection":
        """Access was given up."""
        return self._with(state=ConnectionState.DISCONNECTED, reason=reason)

    def sample(self, *, approved: bool) -> "Connection":
        """The newest decision about a sample of this connection."""
        return self._with(sample_approved=approved)

    def with_settings(self, settings: Mapping[str, Any], settings_hash: str) -> "Connection":
        """The account's settings were read again."""
        return self._with(settings=settings, settings_hash=settings_hash)


def new_connection(
    connection_id: UUID, workspace_id: UUID, review: Review, operator: str, now: datetime
) -> Connection:
    """A connection that did not exist before."""
    return Connection(
        connection_id=connection_id,
        workspace_id=workspace_id,
        account=review.account,
        state=ConnectionState.ACTIVE,
        granted_scopes=review.granted_scopes,
        settings=review.settings,
        settings_hash=review.settings_hash,
        confirmed_at=now,
        confirmed_by=operator,
    )


def check_leasable(connection: Connection) -> None:
    """A Refusal when there is no access to lease."""
    if connection.state is ConnectionState.REAUTHORIZATION_REQUIRED:
        raise reauthorization_required(connection)
    if connection.state is ConnectionState.DISCONNECTED:
        raise disconnected(connection)


def reauthorization_required(connection: Connection) -> Refusal:
    """Access is dead; what needs it waits."""
    return Refusal(
        "reauthorization_required",
        f"Access to {connection.account.name} is gone: {connection.reason or 'it was refused'}.",
        remedy="Reauthorize the connection with the same account; what waits goes on by itself.",
        connection_id=str(connection.connection_id),
    )


def disconnected(connection: Connection) -> Refusal:
    """Access was given up on purpose."""
    return Refusal(
        "disconnected",
        f"{connection.account.name} is disconnected: {connection.reason or 'by an operator'}.",
        remedy="Connect the account again; it revives this connection.",
        connection_id=str(connection.connection_id),
    )


def already_connected(connection: Connection) -> Refusal:
    """The account is active in this workspace already (rule 5)."""
    return Refusal(
        "already_connected",
        f"Account {connection.account.id} ({connection.account.name}) is connected here already.",
        remedy="Reject this attempt; to renew the access, reauthorize the existing connection.",
        connection_id=str(connection.connection_id),
    )


def owned_elsewhere(account: Account) -> Refusal:
    """The account is active in another workspace (rule 5); which one is nobody's business here."""
    return Refusal(
        "account_owned_elsewhere",
        f"Account {account.id} ({account.name}) is connected in another workspace.",
        remedy="Disconnect it there first, or reject this attempt and connect another account.",
    )
