"""The importer's settings."""

from typing import ClassVar

from pydantic import Field

from truestock.chassis.settings import ServiceSettings


class ImporterSettings(ServiceSettings):
    """What the importer needs beside what every service needs."""

    service: ClassVar[str] = "importer"

    connector_url: str = Field(description="Base URL of the connector.")
    inventory_url: str = Field(description="Base URL of inventory.")
    etsy_api_url: str = Field("https://api.etsy.com/v3/application", description="Base URL of Etsy's API.")
    etsy_client_id: str = Field("", description="This application's id at Etsy (x-api-key).")
    read_timeout_s: float = Field(30.0, description="Longest wait for one answer of a marketplace.", gt=0)
    reader_concurrency: int = Field(4, description="Batches that this process reads at once.", ge=1)
    reader_lease_s: float = Field(
        30.0, description="Seconds after which a dead reader's batch is free.", gt=0
    )
    reader_poll_s: float = Field(1.0, description="Seconds between looks at the work queue.", gt=0)
