"""Request bodies."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from truestock.contracts.values import ExternalId
from truestock.importer.domain.batch import DEFAULT_SAMPLE, DEFAULT_SEED, MAX_SAMPLE

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]


class Body(BaseModel):
    """A closed request body: an unknown field is an error."""

    model_config = ConfigDict(extra="forbid")


class StartBatchBody(Body):
    """Start a sample or a bulk. ``size`` and ``seed`` are a sample's."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "connection_id": "6f1c0c9e-8f6f-4b6e-9a53-0b8f0a1d2c3e",
                    "kind": "sample",
                    "size": 8,
                    "seed": 1,
                }
            ]
        },
    )

    connection_id: UUID
    kind: Literal["sample", "bulk"]
    size: Annotated[int, Field(ge=1, le=MAX_SAMPLE)] = DEFAULT_SAMPLE
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = DEFAULT_SEED
    exclude: Annotated[list[ExternalId], Field(max_length=10_000)] = []


class CommandBody(Body):
    """Why, in the operator's words."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"reason": "looks as on the marketplace"}]}
    )

    reason: Reason | None = None


class RejectBody(CommandBody):
    """``undo`` also undoes the sample."""

    undo: bool = False


class ReasonBody(Body):
    """Why, in the operator's words; this command needs it."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "a test listing"}]})

    reason: Reason


class ExcludeBody(ReasonBody):
    """Several listings at once."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"listing_ids": ["1001", "1002"], "reason": "test listings"}]},
    )

    listing_ids: Annotated[list[ExternalId], Field(min_length=1, max_length=1_000)]


class WaiveBody(ReasonBody):
    """Which blocker is accepted, and why."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"code": "sku_duplicate", "reason": "sold as one product"}]},
    )

    code: Annotated[str, StringConstraints(min_length=1, max_length=100)]
