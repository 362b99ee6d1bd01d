"""Events of the connector: a seller account's connection and its access."""

from typing import ClassVar
from uuid import UUID

from truestock.contracts.events.base import Event
from truestock.contracts.listing import Account, ShortText
from truestock.contracts.values import Currency, OpenEnum, UtcDatetime


class ConnectionEvent(Event):
    """What all connection events carry. ``version`` grows with every change of the connection."""

    TOPIC: ClassVar[str] = "connector.connection.v1"
    PRODUCER: ClassVar[str] = "connector"

    connection_id: UUID
    account: Account
    version: int

    def key(self) -> str:
        """Events of one connection keep their order."""
        return str(self.connection_id)


class ConnectionConfirmed(ConnectionEvent):
    """An operator confirmed the account and settings that were shown (also when it is connected again)."""

    granted_scopes: tuple[ShortText, ...]
    currency: Currency | None
    settings_hash: ShortText
    confirmed_by: ShortText
    reconnected: bool = False


class ConnectionReauthorizationRequired(ConnectionEvent):
    """Access is dead until a person authorizes again; reads wait, nothing loops."""

    reason: ShortText


class ConnectionRestored(ConnectionEvent):
    """The same account was authorized again; what waited goes on."""

    granted_scopes: tuple[ShortText, ...]
    currency: Currency | None
    settings_hash: ShortText


class ConnectionDisconnected(ConnectionEvent):
    """Access was revoked and erased. ``withdraw`` also archives items nobody touched since seeding."""

    reason: ShortText
    withdraw: bool = False


class DeadlineKind(OpenEnum):
    """What a marketplace lets end."""

    REFRESH_TOKEN = "refresh_token"  # noqa: S105  # the name of a deadline
    CONSENT = "consent"
    CLIENT_SECRET = "client_secret"  # noqa: S105  # as above
    UNKNOWN = "unknown"


class ConnectionDeadlineApproaching(ConnectionEvent):
    """Access will end at ``ends_at`` unless a person acts; told again as the day comes closer."""

    kind: DeadlineKind
    ends_at: UtcDatetime
    remedy: ShortText
