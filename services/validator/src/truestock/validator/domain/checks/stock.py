"""``stock.quantity`` and ``stock.confirmed``: pieces for sale, and whether anybody ever counted them."""

from collections.abc import Iterable, Iterator

from truestock.contracts.events import Check, Finding, SyncState
from truestock.validator.domain.matching import MatchedBy, label
from truestock.validator.domain.model import Comparison
from truestock.validator.domain.sides import Compared, attention, some


def compared(c: Comparison) -> Iterator[Compared]:
    """Available-to-publish and published quantity per pair; the variants of a split as their sum."""
    for match in c.matching.matches:
        ours = _total(variant.available for variant in match.variants)
        theirs = match.option.quantity
        split = match.by is MatchedBy.SPLIT
        yield Compared(
            check=Check.STOCK_QUANTITY,
            key=f"{match.key}/quantity",
            about=f"all {len(match.variants)} variants together" if split else match.variants[0],
            inventory=_text(ours),
            marketplace=_text(theirs),
            agrees=ours == theirs,
            variant_id=None if split else match.variants[0].variant_id,
            seeded=_text(_total(variant.on_hand for variant in match.variants)),
        )


def noticed(c: Comparison) -> Iterator[Finding]:
    """Unknown on both sides is no agreement: somebody has to count."""
    unknown = [
        label(match.variants[0])
        for match in c.matching.matches
        if match.option.quantity is None and _total(one.available for one in match.variants) is None
    ]
    if unknown:
        yield attention(
            Check.STOCK_QUANTITY,
            f"The quantity is unknown on both sides: {some(unknown)}",
            "Count the stock: inventory does not know it and the marketplace does not track it.",
        )


def unconfirmed(state: SyncState) -> Iterator[Finding]:
    """Stock that was neither counted nor attested, one finding per listing."""
    names = [variant for variant in state.variants if not variant.confirmed]
    if names:
        yield attention(
            Check.STOCK_CONFIRMED,
            f"The stock of {some(label(variant) for variant in names)} was never confirmed",
            "Count the stock, or attest that it is as imported.",
            variant_id=names[0].variant_id if len(names) == 1 else None,
            inventory=f"{len(names)} of {len(state.variants)} variants unconfirmed",
        )


def _total(quantities: Iterable[int | None]) -> int | None:
    total = 0
    for quantity in quantities:
        if quantity is None:
            return None
        total += quantity
    return total


def _text(quantity: int | None) -> str | None:
    return None if quantity is None else str(quantity)
