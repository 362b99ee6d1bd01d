"""Shares of rate limits, as services ask for them."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from truestock.connector.api.models import Body

MOST_CLOSED_MS = 2 * 86_400_000
"""Longer than any marketplace's quota takes to be renewed."""


class ShareBody(Body):
    """What a process that sends under a limit tells: what it wants, and what the marketplace told it."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"holder": "importer-1", "per_second": 10}]}
    )
    holder: Annotated[str, StringConstraints(min_length=1, max_length=100)] = Field(
        description="The process, by a name that no other one has."
    )
    wanted: Annotated[int, Field(ge=1, le=1_000_000)] | None = Field(
        None, description="Requests (or cost points) a second; without it as many as is fair."
    )
    per_second: Annotated[int, Field(ge=1, le=1_000_000)] | None = Field(
        None, description="The limit that the marketplace told last, where it tells one."
    )
    bursts: bool = Field(False, description="Whether what a second leaves over is kept for later.")
    closed_for_ms: Annotated[int, Field(ge=0, le=MOST_CLOSED_MS)] | None = Field(
        None, description="Milliseconds from now in which the marketplace accepts nothing."
    )


class ShareView(BaseModel):
    """What a process may send. Times count from the answer: two machines' clocks need not agree."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"per_second": 4, "valid_for_ms": 1500, "closed_for_ms": None}]}
    )
    per_second: int | None = Field(description="Requests (or cost points) a second; null: no rate is known.")
    valid_for_ms: int
    closed_for_ms: int | None
