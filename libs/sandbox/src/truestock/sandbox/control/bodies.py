"""What the control API accepts; anything else is refused with the reason."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from truestock.sandbox.faults import Fault, FaultKind, Where

Quantity = Annotated[int, Field(ge=0, le=1_000_000)]
Price = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2)]
State = Literal["active", "inactive", "sold_out", "draft", "expired"]


class Body(BaseModel):
    """A closed body: an unknown field is a mistake of the caller."""

    model_config = ConfigDict(extra="forbid")


class Edit(Body):
    """A change of one listing; only the fields that are given change something."""

    title: str | None = None
    description: str | None = None
    state: State | None = None
    tags: list[str] | None = None
    delete: bool = False
    variant: str | dict[str, str] | None = None
    quantity: Quantity | None = None
    price: Price | None = None
    sku: str | None = None
    enabled: bool | None = None
    photos: Annotated[int, Field(ge=0, le=10)] | Literal["reverse", "rotate"] | None = None
    break_photos: bool | None = None


class FaultBody(Body):
    """A fault to inject."""

    kind: FaultKind
    marketplace: str | None = None
    account: str | None = None
    times: Annotated[int, Field(ge=1)] | None = 1
    skip: Annotated[int, Field(ge=0)] = 0
    where: Where = Where.API
    path: str | None = None
    seconds: Annotated[float, Field(ge=0, le=600)] = 2.0
    retry_after: Annotated[int, Field(ge=0)] = 1
    status: Annotated[int, Field(ge=500, le=599)] = 503
    drop: Annotated[int, Field(ge=0)] | None = None
    delta: int = 5

    def fault(self, marketplace: str | None, account: str | None) -> Fault:
        """The fault, for the account by its id."""
        return Fault(**{**self.model_dump(), "marketplace": marketplace, "account": account})


class ShopBody(Body):
    """A change of a shop's settings."""

    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None
    shop_name: Annotated[str, Field(min_length=1, max_length=60)] | None = None


class AccountBody(Body):
    """A new seller account: with the products of a CSV export's text, or with generated ones."""

    marketplace: str | None = None
    login: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]
    shop_name: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "USD"
    csv: str | None = None
    generate: Annotated[int, Field(ge=1, le=100_000)] = 20
    seed: int = 7


class SettingsBody(Body):
    """A change of a marketplace's behaviour; lifetimes in seconds, null: tokens never expire.

    Any other field is one of the marketplace's own limits.
    """

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Annotated[float, Field(gt=0, allow_inf_nan=False)]] = Field(init=False)

    access_ttl: Annotated[float, Field(gt=0)] | None = None
    refresh_ttl: Annotated[float, Field(gt=0)] | None = None
    rotate: bool | None = None
    revoke_family_on_reuse: bool | None = None
    reuse_grace: Annotated[float, Field(ge=0)] | None = None
    canary: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{0,40}$")] | None = None


class TokenBody(Body):
    """A token for tests: of a local user, or with any claims."""

    login: str | None = None
    claims: dict[str, Any] = Field(default_factory=dict)
    audience: str = "truestock"
    ttl: float = 3_600.0
    foreign_key: bool = False
