"""Values every event shares: identifiers, UTC instants, money, open enumerations."""

import re
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Any, Self, cast
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainSerializer,
    PlainValidator,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import CoreSchema

AMOUNT_PATTERN = r"^-?[0-9]{1,15}(\.[0-9]{1,6})?$"


class _Storable:
    """A pattern, looked for by pydantic's core: a function of Python would be called for each text.

    It is no part of the published schemas, where it would tell readers nothing.
    """

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema: dict[str, Any] = {**handler(source)}
        if schema["type"] != "str":
            raise TypeError("only text can be Storable")
        return cast(CoreSchema, schema | {"pattern": r"^[^\x00]*$"})

    def __get_pydantic_json_schema__(
        self, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {name: value for name, value in handler(core_schema).items() if name != "pattern"}


Storable = _Storable()
"""For text of events: PostgreSQL has no place for U+0000, so an event with one is refused by its first
reader, not by whoever happens to store it first."""

ExternalId = Annotated[str, StringConstraints(min_length=1, max_length=255), Storable]
"""An identifier that a marketplace issued: always a string, never interpreted."""


@lru_cache(maxsize=4_096)
def _uuid(text: str) -> UUID:
    return UUID(text)


def _one_object(value: Any) -> Any:
    try:
        return _uuid(value) if type(value) is str else value
    except ValueError:
        return value  # pydantic says what is wrong with it


SharedId = Annotated[UUID, BeforeValidator(_one_object)]
"""An id that many events have in common (a workspace's, a connection's, a batch's): read as one object, since
batches are sorted and grouped by them, and two equal objects are compared in Python."""


def _to_utc(value: datetime) -> datetime:
    return value.astimezone(UTC)


UtcDatetime = Annotated[AwareDatetime, AfterValidator(_to_utc)]
"""An instant. Naive datetimes are refused, others are converted to UTC."""


_PLAIN_AMOUNT = re.compile(AMOUNT_PATTERN.removesuffix("$")).fullmatch


@lru_cache(maxsize=4_096)  # an event says one price several times, and a catalogue has few of them
def _plain(text: str) -> Decimal | None:
    """The amount, where it is written as every event writes it."""
    return Decimal(text) if _PLAIN_AMOUNT(text) else None


def _to_decimal(value: Any) -> Decimal:
    if type(value) is str:
        plain = _plain(value)
        if plain is not None:
            return plain
    if isinstance(value, float | bool):
        raise ValueError("an amount is a decimal string, never a float")
    try:
        amount = Decimal(value)
    except (InvalidOperation, TypeError, ValueError):
        raise ValueError("an amount is a decimal string such as '12.50'") from None
    if not amount.is_finite():
        raise ValueError("an amount is finite")
    if abs(amount) >= Decimal(10) ** 15:
        raise ValueError("an amount has at most 15 digits before the point")
    return round(amount, 6) if -int(amount.as_tuple().exponent) > 6 else amount


def _amount_text(value: Decimal) -> str:
    return format(value, "f")


# pydantic's own Decimal schema admits JSON numbers; a float would lose cents on the way.
Amount = Annotated[
    Decimal,
    PlainValidator(_to_decimal),
    PlainSerializer(_amount_text, return_type=str),
    WithJsonSchema({"type": "string", "pattern": AMOUNT_PATTERN}),
]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
"""An ISO 4217 code."""


class Model(BaseModel):
    """A frozen value. Constructing one with an unknown field is an error (closed writers)."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_serialization_defaults_required=True)


class Money(Model):
    """An amount in a currency. Amounts of different currencies are never compared as numbers."""

    amount: Amount
    currency: Currency

    def __str__(self) -> str:
        return f"{self.amount:f} {self.currency}"


class OpenEnum(StrEnum):
    """An enumeration that a later version may extend: readers map what they do not know to ``unknown``.

    In the JSON Schema of readers it is therefore a plain string; writers list their values.
    Every subclass defines ``UNKNOWN = "unknown"``.
    """

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        return cls("unknown") if isinstance(value, str) and value != "unknown" else None

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        if handler.mode == "validation":
            return {"type": "string"}
        return {"type": "string", "enum": [member.value for member in cls]}


class Marketplace(OpenEnum):
    """The marketplaces, named as in URLs and configuration."""

    EBAY = "ebay"
    ETSY = "etsy"
    SHOPIFY = "shopify"
    WOOCOMMERCE = "woocommerce"
    AMAZON = "amazon"
    UNKNOWN = "unknown"


class Severity(OpenEnum):
    """How much a note or finding matters: a blocker must be decided before going on."""

    BLOCKER = "blocker"
    WARNING = "warning"
    INFO = "info"
    UNKNOWN = "unknown"
