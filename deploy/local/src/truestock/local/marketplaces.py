"""The sandbox's marketplaces as the services' settings name them."""

from truestock.local.errors import StackError

CLIENT_ID = "truestock-local"
CLIENT_SECRET = "truestock-local-secret"  # noqa: S105  # the sandbox's own application, known to everybody
WEBHOOK_TOKEN = "truestock-local-webhook-verification-token"  # noqa: S105  # as above

ADDRESSES = {
    "ebay": ("/ebay", "/ebay/oauth2/authorize", "/ebay/identity/v1/oauth2/token"),
    "etsy": ("/etsy/v3/application", "/etsy/oauth/connect", "/etsy/v3/public/oauth/token"),
    "shopify": (
        "/shopify/{store}",
        "/shopify/{store}/admin/oauth/authorize",
        "/shopify/{store}/admin/oauth/access_token",
    ),
    "amazon": ("/amazon", "/amazon/apps/authorize/consent", "/amazon/auth/o2/token"),
}
"""API, consent page and token endpoint below the sandbox. A WooCommerce store is its own address."""

SHOPIFY_REVOCATION = "/shopify/{store}/admin/api_permissions/current.json"
NAMES = ("ebay", "etsy", "shopify", "woocommerce", "amazon")
"""In the order in which the demo connects them."""


def marketplace_environment(sandbox: str) -> dict[str, str]:
    """``TRUESTOCK_<MARKETPLACE>_…`` for a sandbox at this address."""
    settings = {"TRUESTOCK_WOOCOMMERCE_CLIENT_ID": "Truestock"}
    for name, (api, authorize, token) in ADDRESSES.items():
        prefix = f"TRUESTOCK_{name.upper()}"
        settings |= {
            f"{prefix}_CLIENT_ID": CLIENT_ID,
            f"{prefix}_CLIENT_SECRET": CLIENT_SECRET,
            f"{prefix}_API_URL": f"{sandbox}{api}",
            f"{prefix}_AUTHORIZE_URL": f"{sandbox}{authorize}",
            f"{prefix}_TOKEN_URL": f"{sandbox}{token}",
        }
    settings["TRUESTOCK_SHOPIFY_REVOCATION_URL"] = f"{sandbox}{SHOPIFY_REVOCATION}"
    settings["TRUESTOCK_AMAZON_APPLICATION_ID"] = CLIENT_ID
    settings["TRUESTOCK_EBAY_WEBHOOK_TOKEN"] = WEBHOOK_TOKEN
    return settings


def callbacks(connector: str) -> tuple[str, ...]:
    """The connector's callback of every marketplace: what the sandbox's applications are registered with."""
    return tuple(f"{connector}/v1/oauth/{name}/callback" for name in NAMES)


def chosen(named: str | None) -> tuple[str, ...]:
    """What ``MARKETPLACE`` means: names separated by commas, ``all``, or without it Etsy. StackError."""
    wanted = tuple(part.strip().lower() for part in (named or "etsy").split(","))
    if wanted == ("all",):
        return NAMES
    unknown = [name for name in wanted if name not in NAMES]
    if unknown or len(set(wanted)) != len(wanted):
        wrong = f"{unknown[0]!r} is no marketplace" if unknown else "a marketplace is named twice"
        raise StackError(
            f"MARKETPLACE={named!r}: {wrong}",
            f"Name one of {', '.join(NAMES)}, several with commas between them, or all",
        )
    return wanted
