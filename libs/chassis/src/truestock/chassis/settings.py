"""Settings that every service has. Environment variables carry the prefix ``TRUESTOCK_``."""

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import ClassVar

from pydantic import Field, SecretStr, field_validator, model_validator

from truestock.chassis.kafka_settings import KafkaSettings


class ServiceSettings(KafkaSettings):
    """The settings base; a service subclasses it, sets ``service`` and adds its own values."""

    service: ClassVar[str] = "service"
    """The service's short name: it names its consumer groups, roles, client and audience."""

    host: str = Field("127.0.0.1", description="Address that the HTTP server listens on.")
    port: int = Field(description="Port that the HTTP server listens on.", ge=0, le=65535)
    public_url: str = Field("", description="Base URL of this service as the outside sees it.")

    database_url: SecretStr = Field(description="postgresql:// URL of the application role.")
    system_database_url: SecretStr = Field(description="postgresql:// URL of the system role.")
    migration_database_url: SecretStr | None = Field(None, description="URL of the owner role (migrate).")
    database_pool_size: int = Field(10, description="Connections kept per role.", ge=1)

    issuer_url: str = Field(description="OIDC issuer; discovery at /.well-known/openid-configuration.")
    audience: str = Field("truestock", description="Audience of people's tokens.")
    token_algorithms: tuple[str, ...] = Field(
        ("RS256", "ES256", "EdDSA"), description="Signature algorithms that are accepted."
    )
    client_id: str = Field("", description="Client id towards the issuer; default truestock-<service>.")
    client_secret: SecretStr | None = Field(None, description="Client secret towards the issuer.")
    client_secret_file: Path | None = Field(None, description="File that holds the client secret.")

    trace_file: Path | None = Field(None, description="Append finished spans as JSON lines to this file.")
    otlp_endpoint: str | None = Field(None, description="OTLP/HTTP endpoint for spans.")
    trace_ratio: float = Field(1.0, description="Share of traces that are sampled.", ge=0, le=1)
    log_level: str = Field("INFO", description="Lowest level that is logged.")

    failpoint: str | None = Field(None, description="Step at which the process kills itself (fault tests).")

    outbox_batch_rows: int = Field(500, description="Most rows that the relay claims at once.", ge=1)
    outbox_batch_bytes: int = Field(
        800_000, description="Most payload bytes that the relay claims at once (one row always fits).", ge=1
    )
    outbox_sweep_s: float = Field(1.0, description="Seconds between looks at the outbox without a wake-up.")
    outbox_max_message_bytes: int = Field(
        8 * 1024 * 1024, description="A larger row is parked without asking the broker.", ge=1024
    )

    consumer_max_records: int = Field(500, description="Most records in one batch.", ge=1)
    consumer_fetch_wait_ms: int = Field(
        20, description="Longest wait of a fetch for records: latency against idle work.", ge=1
    )
    consumer_attempts: int = Field(3, description="Attempts at one record before a handler bug is given up.")
    consumer_backoff_base_s: float = Field(0.2, description="First pause after a transient failure.", gt=0)
    consumer_backoff_cap_s: float = Field(15.0, description="Longest pause after a transient failure.", gt=0)
    consumer_handler_timeout_s: float = Field(120.0, description="A slower batch counts as failed.", gt=0)
    consumer_max_poll_interval_s: float = Field(300.0, description="Kafka's max.poll.interval.", gt=0)
    consumer_session_timeout_s: float = Field(10.0, description="Kafka's session.timeout.", gt=0)
    stop_timeout_s: float = Field(15.0, description="Longest graceful stop.", gt=0)

    outbound_private_networks: tuple[IPv4Network | IPv6Network, ...] = Field(
        (), description="Networks of a local stack that requests to named hosts may reach, also over http."
    )
    outbound_denied_networks: tuple[IPv4Network | IPv6Network, ...] = Field(
        (), description="Public addresses of the own cluster that no such request may reach."
    )
    outbound_ports: tuple[int, ...] = Field((443,), description="Ports of public hosts that may be asked.")
    outbound_max_bytes: int = Field(
        64 * 1024 * 1024, description="Most bytes of an answer from a named host, decoded.", ge=1024
    )

    inbox_keep_days: int = Field(3, description="Days that the inbox remembers.", ge=1)

    @field_validator("token_algorithms")
    @classmethod
    def _signatures_only(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value or any(name == "none" or name.startswith("HS") for name in value):
            raise ValueError("only asymmetric signature algorithms are accepted")
        return value

    @model_validator(mode="after")
    def _backoff_is_below_poll_interval(self) -> "ServiceSettings":
        if self.consumer_backoff_cap_s + self.consumer_handler_timeout_s >= self.consumer_max_poll_interval_s:
            raise ValueError("back-off and handler time-out together must stay below max.poll.interval")
        return self

    @property
    def own_client_id(self) -> str:
        """The client id, and the audience of tokens that other services present to this one."""
        return self.client_id or f"truestock-{self.service}"

    def own_client_secret(self) -> str:
        """The client secret from the setting or its file; raises ValueError when there is none."""
        if self.client_secret is not None:
            return self.client_secret.get_secret_value()
        if self.client_secret_file is not None:
            return self.client_secret_file.read_text().strip()
        raise ValueError("TRUESTOCK_CLIENT_SECRET or TRUESTOCK_CLIENT_SECRET_FILE is required for this call")
