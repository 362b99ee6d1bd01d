"""From price intent to channel price and back."""

from decimal import ROUND_HALF_UP, Decimal

from truestock.contracts.events import PriceRule, PriceRuleKind
from truestock.contracts.values import Money

# ISO 4217 minor units that are not 2, among the currencies that marketplaces trade in.
_MINOR_UNITS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND"), 0),
    **dict.fromkeys(("VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}


def channel_price(intent: Money | None, rule: PriceRule) -> Money | None:
    """The price on the channel: the intent itself, times a factor, or plus a fixed amount (same currency).

    Rounded half up to the currency's minor unit, never below zero.
    """
    if intent is None or rule.kind is PriceRuleKind.SAME:
        return intent
    value = rule.value or Decimal(0)
    amount = intent.amount * value if rule.kind is PriceRuleKind.MARKUP else intent.amount + value
    return Money(amount=max(Decimal(0), _round(amount, intent.currency)), currency=intent.currency)


def price_intent(shown: Money | None, rule: PriceRule) -> Money | None:
    """The intent from which the rule makes the price that a channel shows: the inverse of the above."""
    if shown is None or rule.kind is PriceRuleKind.SAME:
        return shown
    value = rule.value or Decimal(0)
    if rule.kind is PriceRuleKind.MARKUP:
        amount = shown.amount / value if value else shown.amount
    else:
        amount = shown.amount - value
    return Money(amount=max(Decimal(0), _round(amount, shown.currency)), currency=shown.currency)


def prices_differ(ours: Money | None, shown: Money | None, tolerance: Decimal) -> bool:
    """Whether two prices differ by more than the tolerance; other currency or one missing is a difference."""
    if ours is None or shown is None:
        return ours is not shown
    return ours.currency != shown.currency or abs(ours.amount - shown.amount) > tolerance


def _round(amount: Decimal, currency: str) -> Decimal:
    return amount.quantize(Decimal(1).scaleb(-_MINOR_UNITS.get(currency, 2)), rounding=ROUND_HALF_UP)
