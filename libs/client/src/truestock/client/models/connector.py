"""Attempts, connections and the order of marketplaces."""

from datetime import datetime
from typing import Any

from truestock.client.models.common import Answer


class AccountSeen(Answer):
    """The seller account as the marketplace names it; ``id`` is immutable and is what is compared."""

    marketplace: str = ""
    id: str
    name: str = ""
    url: str | None = None


class ExpectedAccount(Answer):
    """What the operator declared beforehand: the id binds, the name is a hint."""

    id: str | None = None
    name: str | None = None


class Failure(Answer):
    """Why an attempt did not succeed."""

    code: str
    detail: str
    remedy: str = ""


class Attempt(Answer):
    """One run of a marketplace's authorization flow."""

    attempt_id: str
    marketplace: str
    purpose: str = "connect"
    store: str | None = None
    connection_id: str | None = None
    state: str
    authorization_url: str | None = None
    expires_at: datetime | None = None
    expected_account: ExpectedAccount | None = None
    account: AccountSeen | None = None
    account_matches: bool | None = None
    granted_scopes: tuple[str, ...] = ()
    missing_scopes: tuple[str, ...] = ()
    settings: dict[str, Any] | None = None
    settings_hash: str | None = None
    failure: Failure | None = None
    revision: int


class Deadline(Answer):
    """A day on which access ends unless a person acts; ``days_left`` is negative once it has passed."""

    kind: str
    ends_at: datetime
    days_left: int
    remedy: str = ""


class Connection(Answer):
    """A confirmed seller account of this workspace. ``deadlines``: the nearest first."""

    connection_id: str
    marketplace: str
    account: AccountSeen
    state: str
    granted_scopes: tuple[str, ...] = ()
    settings: dict[str, Any] | None = None
    settings_hash: str | None = None
    access_expires_at: datetime | None = None
    refresh_expires_at: datetime | None = None
    deadlines: tuple[Deadline, ...] = ()
    token_version: int | None = None
    sample_approved: bool = False
    confirmed_at: datetime | None = None
    confirmed_by: str | None = None
    reason: str | None = None
    revision: int


class ScopeChecked(Answer):
    """Whether a required scope opened what it should when it was tried."""

    scope: str
    works: bool
    detail: str = ""


class CheckedConnection(Connection):
    """A connection, with what each of its scopes opened a moment ago."""

    checks: tuple[ScopeChecked, ...] = ()


class ConnectorPolicies(Answer):
    """The workspace's marketplaces, highest priority first."""

    priority: tuple[str, ...] = ()
    revision: int


class AuditEntry(Answer):
    """Who did what, when and why."""

    at: datetime | None = None
    who: str = ""
    who_name: str = ""
    action: str = ""
    reason: str | None = None
