"""Seller accounts of all marketplaces: find one, open a further one while the sandbox runs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from truestock.sandbox.catalog import generate, parse_csv
from truestock.sandbox.control.bodies import AccountBody
from truestock.sandbox.control.refused import Refused
from truestock.sandbox.marketplace import Marketplace
from truestock.sandbox.shop import Shop

_DEFAULT = "etsy"


@dataclass(frozen=True, slots=True)
class Account:
    """A shop with its marketplace."""

    marketplace: Marketplace
    shop: Shop


class Accounts:
    """The accounts of all marketplaces; ``marketplaces`` by name, at least one."""

    def __init__(self, marketplaces: Mapping[str, Marketplace]) -> None:
        self._marketplaces = marketplaces

    def marketplace(self, name: str | None) -> Marketplace:
        """By name; None is Etsy, or the first one of a sandbox without it. Raises Refused."""
        if name is None:
            first = next(iter(self._marketplaces.values()))
            return self._marketplaces.get(_DEFAULT, first)
        if name not in self._marketplaces:
            raise Refused(404, f"there is no marketplace {name!r}; there are {', '.join(self._marketplaces)}")
        return self._marketplaces[name]

    def marketplaces(self, name: str | None) -> Iterable[Marketplace]:
        """The one with this name, or all. Raises Refused."""
        return self._marketplaces.values() if name is None else [self.marketplace(name)]

    def all(self, marketplace: str | None = None) -> list[Account]:
        """Of one marketplace or of all. Raises Refused."""
        return [Account(one, shop) for one in self.marketplaces(marketplace) for shop in one.shops]

    def find(self, name: str) -> Account:
        """``marketplace:login``, or a bare login (of Etsy), user id or account id. Raises Refused."""
        prefix, _, rest = name.partition(":")
        if prefix in self._marketplaces:
            marketplace = self._marketplaces[prefix]
            if shop := marketplace.shops.find(rest):
                return Account(marketplace, shop)
        elif shop := (marketplace := self.marketplace(None)).shops.find(name):
            return Account(marketplace, shop)
        else:
            for account in self.all():
                if name in {account.shop.user_id, account.shop.account_id}:
                    return account
        raise Refused(404, f"there is no account {name!r}; GET /control/accounts lists them")

    def open(self, body: AccountBody) -> Account:
        """Add a shop with the catalogue that ``body`` names. Raises Refused and CatalogError."""
        marketplace = self.marketplace(body.marketplace)
        if marketplace.shops.by_login(body.login):
            raise Refused(422, f"there is an account {body.login!r} already; choose another login")
        catalog = generate(body.generate, body.seed) if body.csv is None else parse_csv(Path("csv"), body.csv)
        name = body.shop_name or "".join(part.capitalize() for part in body.login.split("-"))
        number = max((shop.number for shop in marketplace.shops), default=0) + 1
        shop = marketplace.add_account(number, catalog, login=body.login, name=name, currency=body.currency)
        return Account(marketplace, shop)
