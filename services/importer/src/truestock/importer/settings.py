"""The importer's settings."""

from typing import ClassVar

from pydantic import Field

from truestock.chassis.settings import ServiceSettings
from truestock.marketplaces.registration import REGISTRATIONS, Registrations


class ImporterSettings(ServiceSettings, Registrations):
    """What the importer needs beside what every service needs."""

    service: ClassVar[str] = "importer"
    model_config = ServiceSettings.model_config | REGISTRATIONS

    connector_url: str = Field(description="Base URL of the connector.")
    inventory_url: str = Field(description="Base URL of inventory.")
    read_timeout_s: float = Field(30.0, description="Longest wait for one answer of a marketplace.", gt=0)
    reader_concurrency: int = Field(4, description="Batches that this process reads at once.", ge=1)
    reader_lease_s: float = Field(
        30.0, description="Seconds after which a dead reader's batch is free.", gt=0
    )
    reader_poll_s: float = Field(1.0, description="Seconds between looks at the work queue.", gt=0)
