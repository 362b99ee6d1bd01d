"""How a process reaches Kafka: addresses, TLS and SASL, from ``TRUESTOCK_KAFKA_…``."""

from enum import StrEnum
from pathlib import Path

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Protocol(StrEnum):
    """Kafka's security protocols, by Kafka's names."""

    PLAINTEXT = "PLAINTEXT"
    SSL = "SSL"
    SASL_PLAINTEXT = "SASL_PLAINTEXT"
    SASL_SSL = "SASL_SSL"

    @property
    def has_tls(self) -> bool:
        """Whether connections are encrypted and the broker's certificate is checked."""
        return self in (Protocol.SSL, Protocol.SASL_SSL)

    @property
    def has_sasl(self) -> bool:
        """Whether the client gives a user name and password."""
        return self in (Protocol.SASL_PLAINTEXT, Protocol.SASL_SSL)


class Mechanism(StrEnum):
    """SASL mechanisms, by their registered names."""

    PLAIN = "PLAIN"
    SCRAM_SHA_256 = "SCRAM-SHA-256"
    SCRAM_SHA_512 = "SCRAM-SHA-512"


class KafkaSettings(BaseSettings):
    """The brokers and the client's credentials. A combination that would be ignored is refused."""

    model_config = SettingsConfigDict(
        env_prefix="TRUESTOCK_", extra="ignore", hide_input_in_errors=True, frozen=True
    )

    kafka_bootstrap: str = Field(description="host:port[,host:port] of the brokers.")
    kafka_security_protocol: Protocol = Field(
        Protocol.PLAINTEXT, description="PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL."
    )
    kafka_sasl_mechanism: Mechanism = Field(
        Mechanism.SCRAM_SHA_512, description="PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512."
    )
    kafka_username: str = Field("", description="SASL user name.")
    kafka_password: SecretStr | None = Field(None, description="SASL password.")
    kafka_password_file: Path | None = Field(None, description="File that holds the SASL password.")
    kafka_ca_file: Path | None = Field(
        None,
        description="PEM file of the authorities that sign the brokers' certificates; default the system's.",
    )
    kafka_certificate_file: Path | None = Field(
        None, description="PEM certificate of this client (mutual TLS)."
    )
    kafka_key_file: Path | None = Field(None, description="PEM private key that belongs to it.")

    @model_validator(mode="after")
    def _kafka_security_is_whole(self) -> "KafkaSettings":
        protocol = self.kafka_security_protocol
        has_password = self.kafka_password is not None or self.kafka_password_file is not None
        if protocol.has_sasl and not (self.kafka_username and has_password):
            raise ValueError(f"{protocol} needs kafka_username and kafka_password or kafka_password_file")
        if not protocol.has_sasl and (self.kafka_username or has_password):
            raise ValueError(f"a Kafka user name or password is set, but {protocol} sends none")
        files = (self.kafka_ca_file, self.kafka_certificate_file, self.kafka_key_file)
        if not protocol.has_tls and any(files):
            raise ValueError(f"Kafka certificate files are set, but {protocol} uses no TLS")
        if (self.kafka_certificate_file is None) != (self.kafka_key_file is None):
            raise ValueError("kafka_certificate_file and kafka_key_file belong together")
        return self

    def own_kafka_password(self) -> str:
        """The password from the setting or its file, read anew: a mounted secret may have changed."""
        if self.kafka_password is not None:
            return self.kafka_password.get_secret_value()
        if self.kafka_password_file is not None:
            return self.kafka_password_file.read_text(encoding="utf-8").strip()
        raise ValueError("TRUESTOCK_KAFKA_PASSWORD or TRUESTOCK_KAFKA_PASSWORD_FILE is required")
