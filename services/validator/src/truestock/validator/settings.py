"""The validator's settings."""

from typing import ClassVar

from pydantic import Field

from truestock.chassis.settings import ServiceSettings
from truestock.marketplaces.registration import REGISTRATIONS, Registrations


class Settings(ServiceSettings, Registrations):
    """See :class:`~truestock.chassis.settings.ServiceSettings` for what every service has."""

    service: ClassVar[str] = "validator"
    model_config = ServiceSettings.model_config | REGISTRATIONS

    connector_url: str = Field(description="Base URL of the connector: leases of access tokens.")
    read_seconds: float = Field(
        45.0, description="How long a live read is tried before its listings are unverifiable.", gt=0, le=90
    )
    read_attempts: int = Field(4, description="Attempts at one marketplace request.", ge=1)
    read_concurrency: int = Field(4, description="Concurrent marketplace requests per account.", ge=1)
    photo_concurrency: int = Field(32, description="Concurrent HEAD requests for photos.", ge=1)
    photo_timeout_s: float = Field(3.0, description="Longest wait for one photo.", gt=0)
    photo_budget_s: float = Field(30.0, description="Longest wait for the photos of one batch.", gt=0, le=60)
