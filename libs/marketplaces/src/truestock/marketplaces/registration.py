"""Our registration at one marketplace, as a deployment's settings say it."""

from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, SecretStr
from pydantic_settings import SettingsConfigDict

from truestock.marketplaces.authorization import Application
from truestock.marketplaces.interface import MarketplaceAdapter

REGISTRATIONS = SettingsConfigDict(env_nested_delimiter="_", env_nested_max_split=1)
"""``TRUESTOCK_ETSY_CLIENT_ID`` fills ``client_id`` of the field ``etsy``, and so on."""


class RegistrationIncomplete(Exception):
    """A setting is missing or unreadable; the text names it."""


class Registration(BaseModel):
    """Settings of one marketplace (``TRUESTOCK_<MARKETPLACE>_…``). Without CLIENT_ID it is not served.

    Addresses default to the marketplace's own; ``{store}`` in them stands for the seller's store.
    """

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    client_id: str = Field(
        "", description="The application's id (WooCommerce: the name shown to the seller)."
    )
    client_secret: SecretStr | None = Field(None, description="The application's secret, where there is one.")
    client_secret_file: Path | None = Field(None, description="File that holds the secret.")
    application_id: str | None = Field(None, description="Amazon: the id that the consent page wants.")
    redirect_uri: str | None = Field(None, description="eBay: the RuName. Default: the connector's callback.")
    webhook_token: SecretStr | None = Field(None, description="eBay: the endpoint's verification token.")
    client_secret_expires_at: AwareDatetime | None = Field(
        None,
        description="When the secret ends (ISO 8601 with its offset); Amazon: 180 days after it was made.",
    )
    api_url: str | None = Field(None, description="The API; default: the marketplace's own.")
    authorize_url: str | None = Field(None, description="The consent page; default: the marketplace's own.")
    token_url: str | None = Field(None, description="The token endpoint; default: the marketplace's own.")
    revocation_url: str | None = Field(
        None, description="The revocation endpoint; default: the marketplace's."
    )

    @property
    def served(self) -> bool:
        """Whether this deployment is registered there."""
        return bool(self.client_id)

    def secret(self) -> str | None:
        """The application's secret; raises RegistrationIncomplete when its file cannot be read."""
        if self.client_secret is not None:
            return self.client_secret.get_secret_value()
        if self.client_secret_file is None:
            return None
        try:
            return self.client_secret_file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise RegistrationIncomplete(
                f"{self.client_secret_file}: the client secret cannot be read ({type(error).__name__})."
            ) from error

    def application(self, adapter: MarketplaceAdapter, callback: str) -> Application:
        """What the OAuth profile works with; ``callback`` is the connector's own address for it."""
        token = self.webhook_token
        return Application(
            client_id=self.client_id,
            redirect_uri=self.redirect_uri or callback,
            authorize_url=self.authorize_url or adapter.oauth.authorize_url,
            token_url=self.token_url or adapter.oauth.token_url,
            api_url=self.api_at(adapter),
            client_secret=self.secret(),
            application_id=self.application_id,
            revocation_url=self.revocation_url or adapter.oauth.revocation_url,
            webhook_token=token.get_secret_value() if token else None,
        )

    def api_at(self, adapter: MarketplaceAdapter) -> str:
        """The API's base address in this deployment."""
        return self.api_url or adapter.api_url


class Registrations(BaseModel):
    """The part of a service's settings that names our registrations; mix it into them."""

    ebay: Registration = Field(default_factory=Registration, description="Our application at eBay.")
    etsy: Registration = Field(default_factory=Registration, description="Our application at Etsy.")
    shopify: Registration = Field(default_factory=Registration, description="Our application at Shopify.")
    woocommerce: Registration = Field(
        default_factory=Registration, description="WooCommerce: CLIENT_ID is the name that sellers are shown."
    )
    amazon: Registration = Field(default_factory=Registration, description="Our application at Amazon.")

    def registrations(self) -> dict[str, Registration]:
        """The marketplaces that this deployment is registered with, by name."""
        found = {name: getattr(self, name) for name in Registrations.model_fields}
        return {name: one for name, one in found.items() if one.served}
