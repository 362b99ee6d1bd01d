"""``price.intent``: the channel's price follows from the price intent by the channel's rule."""

from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from truestock.contracts.events import Check, Finding
from truestock.contracts.values import Money
from truestock.validator.domain.matching import Match, MatchedBy, label
from truestock.validator.domain.model import Comparison
from truestock.validator.domain.sides import Compared, attention, some


def compared(c: Comparison) -> Iterator[Compared]:
    """Each pair's prices: same currency, and no further apart than the workspace tolerates."""
    for match in c.matching.matches:
        theirs = match.option.price
        prices = [variant.price for variant in match.variants]
        split = match.by is MatchedBy.SPLIT
        yield Compared(
            check=Check.PRICE_INTENT,
            key=f"{match.key}/price",
            about=f"all {len(match.variants)} variants" if split else match.variants[0],
            inventory=_texts(prices),
            marketplace=_text(theirs),
            agrees=all(_agree(price, theirs, c) for price in prices),
            variant_id=None if split else match.variants[0].variant_id,
        )


def noticed(c: Comparison) -> Iterator[Finding]:
    """A price that neither side has is no agreement."""
    missing = [
        _subject(match)
        for match in c.matching.matches
        if match.option.price is None and all(variant.price is None for variant in match.variants)
    ]
    if missing:
        yield attention(
            Check.PRICE_INTENT,
            f"No price on either side: {some(missing)}",
            "Give the item's variants a price with its currency.",
        )


def _subject(match: Match) -> str:
    return f"all {len(match.variants)} variants" if match.by is MatchedBy.SPLIT else label(match.variants[0])


def _agree(ours: Money | None, theirs: Money | None, c: Comparison) -> bool:
    if ours is None or theirs is None:
        return ours is theirs
    if ours.currency != theirs.currency:
        return False
    return ours.amount == theirs.amount or abs(ours.amount - theirs.amount) <= c.policies.price_tolerance


def _texts(prices: list[Money | None]) -> str | None:
    if len(prices) == 1:
        return _text(prices[0])
    known = dict.fromkeys(text for price in prices if (text := _text(price)))
    return " / ".join(known) or None


def _text(price: Money | None) -> str | None:
    return None if price is None else _money_text(price.amount, price.currency)


@lru_cache(maxsize=4_096)
def _money_text(exact: Decimal, currency: str) -> str:
    """Equal amounts give equal text, whatever zeros they were written with."""
    amount = format(exact, "f")
    if "." in amount:
        whole, _, cents = amount.partition(".")
        cents = cents.rstrip("0")
        amount = f"{whole}.{cents.ljust(2, '0')}" if cents else whole
    return f"{amount} {currency}"
