"""The connector's settings."""

from pathlib import Path
from typing import ClassVar

from pydantic import Field, SecretStr

from truestock.chassis.settings import ServiceSettings
from truestock.connector.keyring import Keyring, KeysMissing
from truestock.marketplaces.registration import REGISTRATIONS, Registrations


class ConnectorSettings(ServiceSettings, Registrations):
    """``PUBLIC_URL`` is where marketplaces send sellers back; its callback must be registered there."""

    service: ClassVar[str] = "connector"
    model_config = ServiceSettings.model_config | REGISTRATIONS

    keys: SecretStr | None = Field(
        None, description="Key-encryption keys: id:base64 (32 bytes), newest first, separated by commas."
    )
    keys_file: Path | None = Field(None, description="File with the same, one key a line.")
    sweep_s: float = Field(5.0, description="Seconds between sweeps of what is due.", gt=0)
    refresh_lease_s: float = Field(
        20.0, description="How long a process that stopped keeps others from refreshing.", gt=0
    )
    marketplace_timeout_s: float = Field(
        15.0,
        description="Longest wait for a marketplace's answer; a refresh lease is kept alive meanwhile.",
        gt=0,
    )

    def keyring(self) -> Keyring:
        """The key-encryption keys (a file is read again later); raises :class:`KeysMissing`."""
        if self.keys is not None and self.keys.get_secret_value():
            return Keyring.parse(self.keys.get_secret_value())
        if self.keys_file is None:
            return Keyring.parse("")
        try:
            return Keyring.parse(self._key_file(), self._key_file)
        except (OSError, UnicodeDecodeError) as error:
            raise KeysMissing(
                f"The connector does not start: TRUESTOCK_KEYS_FILE: {type(error).__name__}."
            ) from error

    def _key_file(self) -> str:
        assert self.keys_file is not None  # noqa: S101  # only read where it is set
        return self.keys_file.read_text(encoding="ascii")
