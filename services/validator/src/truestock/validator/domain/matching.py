"""Which sellable option of the marketplace is which variant.

Written independently of inventory's own matching, so that a defect there cannot agree with itself.
"""

from collections.abc import Callable, Iterable
from enum import StrEnum
from functools import lru_cache
from typing import TypeVar

from msgspec import Struct

from truestock.contracts.events import SyncVariant
from truestock.contracts.listing import EvidenceVariant, OptionValue

T = TypeVar("T")
Signature = tuple[tuple[str, str], ...]


class MatchedBy(StrEnum):
    """What told that an option and a variant are the same."""

    SKU = "sku"
    OPTIONS = "options"
    SOLE = "sole"
    SPLIT = "split"


class Match(Struct, frozen=True):
    """One sellable option and its variant; several variants only where a split is not published yet.

    ``key`` names the pair over time: marketplaces renumber their ids, so it is the variant's.
    """

    by: MatchedBy
    key: str
    variants: tuple[SyncVariant, ...]
    option: EvidenceVariant


class Matching(Struct, frozen=True):
    """Everything paired, and what is left over on either side."""

    matches: tuple[Match, ...]
    variants_left: tuple[SyncVariant, ...] = ()
    options_left: tuple[EvidenceVariant, ...] = ()


def match(variants: tuple[SyncVariant, ...], options: tuple[EvidenceVariant, ...]) -> Matching:
    """Pair by SKU unique in the listing, then by option signature, then as the sole one of each."""
    if len(options) == 1 and len(variants) > 1 and any(not variant.on_channel for variant in variants):
        return Matching((Match(MatchedBy.SPLIT, "split", variants, options[0]),))
    if len(options) == 1 and len(variants) == 1:
        same_sku = variants[0].sku is not None and clean(variants[0].sku) == clean(options[0].sku)
        by = MatchedBy.SKU if same_sku else MatchedBy.SOLE
        return Matching((Match(by, str(variants[0].variant_id), variants, options[0]),))
    by_sku, variants, options = _pair(MatchedBy.SKU, variants, options, _variant_sku, _option_sku)
    by_options, variants, options = _pair(MatchedBy.OPTIONS, variants, options, _choice, _choice)
    return Matching((*by_sku, *by_options), variants, options)


def _variant_sku(variant: SyncVariant) -> str | None:
    return clean(variant.sku)


def _option_sku(option: EvidenceVariant) -> str | None:
    return clean(option.sku)


def _choice(thing: SyncVariant | EvidenceVariant) -> Signature:
    return signature(thing.options)


def _pair(
    by: MatchedBy,
    variants: tuple[SyncVariant, ...],
    options: tuple[EvidenceVariant, ...],
    of_variant: Callable[[SyncVariant], str | Signature | None],
    of_option: Callable[[EvidenceVariant], str | Signature | None],
) -> tuple[list[Match], tuple[SyncVariant, ...], tuple[EvidenceVariant, ...]]:
    variant_of = _unique(variants, of_variant)
    option_of = _unique(options, of_option)
    common = [key for key in variant_of if key in option_of]
    if not common:
        return [], variants, options
    paired_variants = {id(variant_of[key]) for key in common}
    paired_options = {id(option_of[key]) for key in common}
    return (
        [Match(by, str(variant_of[key].variant_id), (variant_of[key],), option_of[key]) for key in common],
        tuple(one for one in variants if id(one) not in paired_variants),
        tuple(one for one in options if id(one) not in paired_options),
    )


def _unique(things: Iterable[T], key_of: Callable[[T], str | Signature | None]) -> dict[str | Signature, T]:
    found: dict[str | Signature, T] = {}
    repeated = set()
    for thing in things:
        key = key_of(thing)
        if not key:
            continue
        if key in found:
            repeated.add(key)
        found[key] = thing
    for key in repeated:
        del found[key]
    return found


def clean(sku: str | None) -> str | None:
    """A SKU without surrounding blanks; an empty one is none."""
    return (sku.strip() or None) if sku else None


def signature(options: tuple[OptionValue, ...]) -> Signature:
    """An option choice whatever the order, letter case and blanks."""
    if len(options) == 1:
        return ((_fold(options[0].name), _fold(options[0].value)),)
    return tuple(sorted((_fold(one.name), _fold(one.value)) for one in options))


@lru_cache(maxsize=4_096)
def _fold(text: str) -> str:
    # The same few names and values (Size, M, …) come again in every listing.
    return " ".join(text.split()).casefold()


def label(thing: SyncVariant | EvidenceVariant) -> str:
    """How to name a variant or sellable option to a person."""
    if thing.options:
        return ", ".join(f"{one.name}: {one.value}" for one in thing.options)[:300]
    return f"SKU {thing.sku}" if thing.sku else "the only variant"
