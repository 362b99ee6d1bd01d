"""An Etsy seller: a user with a shop. Numbers everywhere, unique over the marketplace."""

import itertools

from truestock.sandbox.shop import IdKind, Shop

_FIRST_USER = 10_000_000
_FIRST_SHOP = 20_000_000
_IDS_OF_A_SHOP = 100_000_000


def open_shop(number: int, *, login: str, name: str, currency: str) -> Shop:
    """An empty shop; the account is known by the shop's id, tokens by the user's."""
    ids = itertools.count(number * _IDS_OF_A_SHOP + 1)

    def new_id(_: IdKind) -> str:
        return str(next(ids))

    return Shop(
        "etsy",
        number,
        login=login,
        name=name,
        currency=currency,
        account_id=str(_FIRST_SHOP + number),
        user_id=str(_FIRST_USER + number),
        new_id=new_id,
    )
