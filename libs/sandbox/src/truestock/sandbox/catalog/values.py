"""The values of single fields, read strictly: what is not understood is refused, never guessed."""

import re
from decimal import Decimal

from truestock.sandbox.catalog.model import ProductState

_WHOLE = re.compile(r"[+-]?[0-9]{1,9}")
_PRICE = re.compile(r"[0-9]{1,9}(\.[0-9]+)?")
_YES = {"true", "yes", "1"}
_NO = {"false", "no", "0"}


class BadValue(ValueError):
    """A field that cannot be read: its text says cause and remedy."""

    def __init__(self, cause: str, remedy: str) -> None:
        super().__init__(cause)
        self.cause, self.remedy = cause, remedy


def sku(text: str) -> str | None:
    """The SKU without the apostrophe that spreadsheets put before text; None when empty."""
    return text.removeprefix("'").strip() or None


def price(text: str) -> Decimal | None:
    """A price with at most two decimals; None when empty. Raises BadValue."""
    text = text.removeprefix("'")
    if not text:
        return None
    if not _PRICE.fullmatch(text):
        raise BadValue(f"{text!r} is not a price", "write digits with a point, for example 19.90")
    value = Decimal(text)
    if value != (rounded := round(value, 2)):
        raise BadValue(f"the price {text!r} has more than two decimals", "write for example 19.90")
    return rounded


def quantity(text: str) -> int | None:
    """A whole number, possibly negative (an oversold product); None when empty. Raises BadValue."""
    text = text.removeprefix("'")
    if not text:
        return None
    if not _WHOLE.fullmatch(text):
        raise BadValue(f"{text!r} is not a quantity", "write a whole number, or nothing when it is unknown")
    return int(text)


def published(text: str) -> bool:
    """Whether the product is published; an empty field says yes. Raises BadValue."""
    folded = text.casefold()
    if folded in _YES or not folded:
        return True
    if folded in _NO:
        return False
    raise BadValue(f"{text!r} is neither true nor false", "write true or false")


def state(status: str, is_published: bool) -> ProductState:
    """Shopify's status (active, draft, archived, unlisted) as a product state. Raises BadValue."""
    match status.casefold():
        case "draft":
            return ProductState.DRAFT
        case "archived" | "unlisted":
            return ProductState.INACTIVE
        case "" | "active":
            return ProductState.ACTIVE if is_published else ProductState.INACTIVE
        case _:
            raise BadValue(f"{status!r} is no product status", "write active, draft or archived")
