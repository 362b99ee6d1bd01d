"""Request and response bodies."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, field_serializer

from truestock.connector.api.examples import ATTEMPT, AUDIT_LINE, CONNECTION, LEASE
from truestock.contracts.listing import Account
from truestock.contracts.values import ExternalId, Marketplace

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=1_000)]
"""Why, in words: it goes into the audit."""


class Body(BaseModel):
    """A request body: unknown fields are refused, so that a typo is not silently ignored."""

    model_config = ConfigDict(extra="forbid")


class ExpectedAccountBody(Body):
    """The account that the operator expects: the id binds, the name is a hint."""

    id: ExternalId | None = None
    name: ExternalId | None = None


class StartBody(Body):
    """Start connecting a marketplace."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"marketplace": "etsy", "expected_account": {"id": "10000001"}}]},
    )
    marketplace: Annotated[str, StringConstraints(max_length=50)]
    expected_account: ExpectedAccountBody = ExpectedAccountBody()
    store: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] | None = Field(
        None, description="Shopify: the shop's host; WooCommerce: the store's address; else left out."
    )
    skip_sequence_reason: Reason | None = None
    skip_priority_reason: Reason | None = None


class ConfirmBody(Body):
    """Repeat what was shown."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"account_id": "10000001", "settings_hash": "0f343b0931126a20"}]},
    )
    account_id: ExternalId
    settings_hash: ExternalId
    accept_mismatch_reason: Reason | None = None


class ReasonBody(Body):
    """Why."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"reason": "this is the wholesale shop"}]}
    )
    reason: Reason


class DisconnectBody(Body):
    """Why, and whether items that nobody touched since seeding are archived."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"reason": "shop was sold", "withdraw": False}]}
    )
    reason: Reason
    withdraw: bool = False


class FailureView(BaseModel):
    """Why an attempt ended, and what to do next."""

    code: str
    detail: str
    remedy: str


class AttemptView(BaseModel):
    """An attempt, as shown for review."""

    model_config = ConfigDict(json_schema_extra={"examples": [ATTEMPT]})

    attempt_id: UUID
    marketplace: str
    purpose: str
    connection_id: UUID | None
    state: str
    store: str | None
    authorization_url: str | None = Field(
        description="The link to open in a browser, while started; it leads to the marketplace."
    )
    started_by: str
    created_at: datetime
    expires_at: datetime
    expected_account: ExpectedAccountBody
    account: Account | None
    account_matches: bool | None
    granted_scopes: tuple[str, ...]
    missing_scopes: tuple[str, ...]
    settings: dict[str, Any] | None
    settings_hash: str | None
    failure: FailureView | None
    revision: int


class AttemptList(BaseModel):
    """Attempts, newest first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [ATTEMPT], "next_cursor": None}]})
    items: list[AttemptView]
    next_cursor: str | None = None


class DeadlineView(BaseModel):
    """A day on which access ends unless a person acts."""

    kind: str
    ends_at: datetime
    days_left: int
    remedy: str


class ConnectionView(BaseModel):
    """A connection. Times are when its tokens end; the tokens themselves are never shown."""

    model_config = ConfigDict(json_schema_extra={"examples": [CONNECTION]})

    connection_id: UUID
    marketplace: str
    account: Account
    state: str
    granted_scopes: tuple[str, ...]
    settings: dict[str, Any]
    settings_hash: str
    access_expires_at: datetime | None
    refresh_expires_at: datetime | None
    deadlines: tuple[DeadlineView, ...] = ()
    token_version: int
    sample_approved: bool
    revision: int
    confirmed_at: datetime
    confirmed_by: str
    reason: str | None


class ScopeCheckView(BaseModel):
    """Whether a required scope opened what it should when it was tried."""

    scope: str
    works: bool
    detail: str


class CheckView(ConnectionView):
    """A connection, with what each of its scopes opened a moment ago."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{**CONNECTION, "checks": [{"scope": "shops_r", "works": True, "detail": "works"}]}]
        }
    )
    checks: tuple[ScopeCheckView, ...]


class ConnectionList(BaseModel):
    """Connections, oldest first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [CONNECTION], "next_cursor": None}]})
    items: list[ConnectionView]
    next_cursor: str | None = None


class AuditLine(BaseModel):
    """Who did what, when, from, to, why."""

    at: datetime
    who: str
    who_name: str
    action: str
    subject: str
    before: Any
    after: Any
    reason: str | None
    trace_id: str | None


Limit = Annotated[int, Query(ge=1, le=500)]
AuditCursor = Annotated[int, Query(ge=0, le=2**63 - 1, description="next_cursor of the previous page.")]


class AuditTrail(BaseModel):
    """A part of the trail, oldest first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [AUDIT_LINE], "next_cursor": None}]})
    items: list[AuditLine]
    next_cursor: str | None = None


class PoliciesBody(Body):
    """The order in which marketplaces are connected, the most important first."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"priority": ["etsy", "ebay"]}]}
    )
    priority: Annotated[list[Marketplace], Field(min_length=1, max_length=10)]


class PoliciesView(BaseModel):
    """The policies in force; revision 0: nobody has set an order yet, so none is enforced."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"priority": ["etsy"], "revision": 0}]})
    priority: tuple[str, ...]
    revision: int


class MarketplaceView(BaseModel):
    """A marketplace that can be connected."""

    marketplace: str
    required_scopes: tuple[str, ...]
    connections: int
    is_next: bool


class MarketplaceList(BaseModel):
    """Marketplaces in the workspace's order of priority."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [
                        {
                            "marketplace": "etsy",
                            "required_scopes": ["listings_r", "shops_r"],
                            "connections": 0,
                            "is_next": True,
                        }
                    ],
                    "next_cursor": None,
                }
            ]
        }
    )
    items: list[MarketplaceView]
    next_cursor: str | None = None


class LeaseView(BaseModel):
    """A short-lived access token for another service; keep it in memory only."""

    model_config = ConfigDict(json_schema_extra={"examples": [LEASE]})
    access_token: SecretStr
    token_version: int
    expires_at: datetime
    marketplace: str
    account_id: str
    settings: dict[str, Any]

    @field_serializer("access_token", when_used="json")
    def _reveal(self, value: SecretStr) -> str:
        return value.get_secret_value()


class RefusedBody(Body):
    """The version of the token that the marketplace refused."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"token_version": 3}]})
    token_version: Annotated[int, Field(ge=1)]
