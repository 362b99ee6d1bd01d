"""Plain values of the connector's domain for tests."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from truestock.connector.domain.access import Grant
from truestock.connector.domain.attempts import Attempt, AttemptState, Purpose, Review
from truestock.connector.domain.connections import Connection, ConnectionState
from truestock.contracts.listing import Account
from truestock.contracts.values import Marketplace

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
WORKSPACE = UUID("0a000000-0000-4000-8000-000000000001")


def account(identifier: str = "100", name: str = "LinenAndClay", marketplace: str = "etsy") -> Account:
    """A seller account."""
    return Account(marketplace=Marketplace(marketplace), id=identifier, name=name)


def review(identifier: str = "100", settings_hash: str = "h1", **settings: Any) -> Review:
    """What came back."""
    return Review(
        account(identifier), ("listings_r", "shops_r"), settings or {"currency": "EUR"}, settings_hash
    )


def attempt(**changes: Any) -> Attempt:
    """A started attempt of olga."""
    values: dict[str, Any] = {
        "attempt_id": uuid4(),
        "workspace_id": WORKSPACE,
        "marketplace": "etsy",
        "purpose": Purpose.CONNECT,
        "state": AttemptState.STARTED,
        "started_by": "olga",
        "created_at": NOW,
        "expires_at": NOW + timedelta(minutes=15),
    }
    return Attempt(**{**values, **changes})


def connection(**changes: Any) -> Connection:
    """An active connection without an approved sample."""
    values: dict[str, Any] = {
        "connection_id": uuid4(),
        "workspace_id": WORKSPACE,
        "account": account(),
        "state": ConnectionState.ACTIVE,
        "granted_scopes": ("listings_r", "shops_r"),
        "settings": {"currency": "EUR"},
        "settings_hash": "h1",
        "confirmed_at": NOW,
        "confirmed_by": "olga",
    }
    return Connection(**{**values, **changes})


def grant(owner_id: UUID | None = None, *, lives: timedelta = timedelta(hours=1), **changes: Any) -> Grant:
    """A grant obtained at NOW."""
    values: dict[str, Any] = {
        "owner_id": owner_id or uuid4(),
        "workspace_id": WORKSPACE,
        "token_version": 1,
        "obtained_at": NOW,
        "access_expires_at": NOW + lives,
        "refresh_expires_at": NOW + timedelta(days=90),
        "consented_at": NOW,
        **changes,
    }
    return Grant(**{"account_seen": values["token_version"], **values})
