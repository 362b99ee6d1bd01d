"""The connector's settings."""

from pathlib import Path
from typing import ClassVar

from pydantic import Field, SecretStr

from truestock.chassis.settings import ServiceSettings
from truestock.connector.custody import Keyring, KeysMissing


class ConnectorSettings(ServiceSettings):
    """``PUBLIC_URL`` is where marketplaces send sellers back; its callback must be registered there."""

    service: ClassVar[str] = "connector"

    keys: SecretStr | None = Field(
        None, description="Key-encryption keys: id:base64 (32 bytes), newest first, separated by commas."
    )
    keys_file: Path | None = Field(None, description="File with the same, one key a line.")
    sweep_s: float = Field(5.0, description="Seconds between sweeps of what is due.", gt=0)
    marketplace_timeout_s: float = Field(
        15.0, description="Longest wait for a marketplace's answer; far below a refresh lease.", gt=0, le=20
    )

    etsy_client_id: str = Field(description="The Etsy application's keystring.")
    etsy_authorize_url: str | None = Field(None, description="Etsy's consent page; default: Etsy's own.")
    etsy_token_url: str | None = Field(None, description="Etsy's token endpoint; default: Etsy's own.")
    etsy_api_url: str | None = Field(None, description="Etsy's API; default: Etsy's own.")

    def keyring(self) -> Keyring:
        """The key-encryption keys; raises :class:`KeysMissing` with what to do."""
        text = self.keys.get_secret_value() if self.keys is not None else ""
        if not text and self.keys_file is not None:
            try:
                text = self.keys_file.read_text(encoding="ascii")
            except (OSError, UnicodeDecodeError) as error:
                raise KeysMissing(
                    f"The connector does not start: TRUESTOCK_KEYS_FILE: {type(error).__name__}."
                ) from error
        return Keyring.parse(text)
