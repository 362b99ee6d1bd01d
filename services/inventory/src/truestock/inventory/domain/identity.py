"""Which of a listing's options is which variant (domain rules, inventory 6).

Marketplaces' own variant ids change and identify nothing, so they are not looked at.
"""

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from uuid import UUID

from msgspec import Struct

from truestock.contracts.listing import CanonicalVariant
from truestock.inventory.domain.model import Signature, Variant

_NOT_WORDS = re.compile(r"[\W_]+")


class Match(Struct, frozen=True):
    """The pairing. ``split_group``: the listing's only option stands for all parts of an accepted split."""

    pairs: tuple[tuple[CanonicalVariant, Variant], ...]
    added: tuple[CanonicalVariant, ...] = ()
    missing: tuple[Variant, ...] = ()
    split_group: bool = False


class Conflict(Struct, frozen=True):
    """SKU and options point to different variants; ``reason`` is a sentence for an operator."""

    reason: str
    variant_id: UUID


def repeated_skus(variants: Sequence[CanonicalVariant | Variant]) -> frozenset[str]:
    """SKUs that more than one variant carries: they identify nothing."""
    skus = [variant.sku for variant in variants if variant.sku]
    if len(set(skus)) == len(skus):
        return frozenset()
    return frozenset(sku for sku, count in Counter(skus).items() if count > 1)


def match_variants(
    shown: Sequence[CanonicalVariant], ours: Sequence[Variant], *, trust_sku: bool = False
) -> Match | Conflict:
    """Pair by SKU unique on both sides, by option signature, by the words of the choice, as the sole ones.

    ``trust_sku``: an operator decided that the SKU is right where the options disagree.
    """
    if len(shown) == 1 and len(ours) > 1 and not shown[0].options and all(v.split_id for v in ours):
        return Match(pairs=(), split_group=True)
    ambiguous = repeated_skus(shown) | repeated_skus(ours)
    by_sku = {v.sku: v for v in ours if v.sku and v.sku not in ambiguous}
    signatures = Counter(v.signature for v in ours)
    by_signature = {v.signature: v for v in ours if signatures[v.signature] == 1}
    shown_signatures = Counter(v.signature for v in shown)

    pairs: list[tuple[CanonicalVariant, Variant]] = []
    taken: set[UUID] = set()
    rest: list[CanonicalVariant] = []
    for option in shown:
        found = by_sku.get(option.sku) if option.sku and option.sku not in ambiguous else None
        if found is None:
            rest.append(option)
            continue
        same_options = by_signature.get(option.signature)
        if same_options is not None and same_options is not found and not trust_sku:
            return Conflict(
                f"SKU {option.sku} belongs to another variant than its options "
                f"({_text(option)}) do; which one is meant has to be decided.",
                found.variant_id,
            )
        pairs.append((option, found))
        taken.add(found.variant_id)
    unmatched: list[CanonicalVariant] = []
    for option in rest:
        found = by_signature.get(option.signature)
        if found is None or shown_signatures[option.signature] > 1:
            unmatched.append(option)
        elif found.variant_id in taken:
            return Conflict(
                f"Two options of the listing point to one variant ({_text(option)}): "
                "one by its SKU, one by its options.",
                found.variant_id,
            )
        else:
            pairs.append((option, found))
            taken.add(found.variant_id)
    pairs, unmatched, taken = _by_choice(pairs, unmatched, taken, ours)
    if len(shown) == len(ours) == 1 and unmatched:
        pairs, unmatched, taken = [(shown[0], ours[0])], [], {ours[0].variant_id}
    missing = tuple(v for v in ours if v.variant_id not in taken)
    return Match(tuple(pairs), tuple(unmatched), missing)


@lru_cache(maxsize=4_096)  # the same few choices (M, red, …) come again in every listing
def choice(signature: Signature) -> tuple[str, ...]:
    """The words of the chosen values, without the options' names: what joining and renaming leave alone."""
    return tuple(sorted(word for _, value in signature for word in _NOT_WORDS.sub(" ", value).split()))


Pairs = list[tuple[CanonicalVariant, Variant]]


def _by_choice(
    pairs: Pairs, rest: list[CanonicalVariant], taken: set[UUID], ours: Sequence[Variant]
) -> tuple[Pairs, list[CanonicalVariant], set[UUID]]:
    """Pair what is left where the words of a choice are unique on both sides."""
    free = [variant for variant in ours if variant.variant_id not in taken]
    ours_by = Counter(choice(variant.signature) for variant in free)
    shown_by = Counter(choice(option.signature) for option in rest)
    by_words = {words: one for one in free if (words := choice(one.signature)) and ours_by[words] == 1}
    found = [
        (option, by_words[words])
        for option in rest
        if (words := choice(option.signature)) in by_words and shown_by[words] == 1
    ]
    matched = {id(option) for option, _ in found}
    return (
        pairs + found,
        [option for option in rest if id(option) not in matched],
        taken | {variant.variant_id for _, variant in found},
    )


def _text(option: CanonicalVariant) -> str:
    return ", ".join(f"{value.name} {value.value}" for value in option.options) or "no options"
