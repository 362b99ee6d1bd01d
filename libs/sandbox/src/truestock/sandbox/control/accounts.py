"""Open a further seller account while the sandbox runs."""

from pathlib import Path

from truestock.sandbox.catalog import generate, parse_csv
from truestock.sandbox.control.bodies import AccountBody
from truestock.sandbox.etsy.shop import EtsyShop
from truestock.sandbox.etsy.stocking import stock


class LoginTaken(Exception):
    """Another account has this login."""


def open_account(shops: dict[int, EtsyShop], body: AccountBody) -> EtsyShop:
    """Add a shop with the catalogue that ``body`` names; raises LoginTaken and CatalogError."""
    if any(shop.login == body.login for shop in shops.values()):
        raise LoginTaken(f"there is an account {body.login!r} already; choose another login")
    catalog = generate(body.generate, body.seed) if body.csv is None else parse_csv(Path("csv"), body.csv)
    name = body.shop_name or "".join(part.capitalize() for part in body.login.split("-"))
    number = max(shop.number for shop in shops.values()) + 1
    shop = EtsyShop(number, login=body.login, name=name, currency=body.currency)
    stock(shop, catalog)
    shops[shop.user_id] = shop
    return shop
