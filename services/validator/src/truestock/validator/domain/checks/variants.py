"""``variant.mapping``: every sellable option is exactly one variant, with consistent attributes."""

from collections.abc import Iterator
from functools import lru_cache

from truestock.contracts.events import Check, Finding, FindingClass, SyncState
from truestock.contracts.listing import OptionValue
from truestock.validator.domain.matching import MatchedBy, Signature, label, signature
from truestock.validator.domain.model import Base, Comparison
from truestock.validator.domain.sides import Compared, attention, some

PLAIN = "no options"


def options_text(options: tuple[OptionValue, ...]) -> str:
    """An option choice as comparable text."""
    return _signature_text(signature(options)) if options else PLAIN


@lru_cache(maxsize=4_096)
def _signature_text(choice: Signature) -> str:
    return "; ".join(f"{name} = {value}" for name, value in choice)


def compared(c: Comparison) -> Iterator[Compared]:
    """The options of each pair, and whatever one side alone has."""
    for match in c.matching.matches:
        if match.by is MatchedBy.SPLIT:
            continue
        variant = match.variants[0]
        ours, theirs = options_text(variant.options), options_text(match.option.options)
        yield Compared(
            check=Check.VARIANT_MAPPING,
            key=f"{match.key}/options",
            about=variant,
            inventory=ours,
            marketplace=theirs,
            agrees=ours == theirs,
            variant_id=variant.variant_id,
        )
    for variant in c.matching.variants_left:
        if variant.on_channel:
            yield Compared(
                check=Check.VARIANT_MAPPING,
                key=f"{variant.variant_id}/options",
                about=variant,
                inventory=options_text(variant.options),
                marketplace=None,
                agrees=False,
                variant_id=variant.variant_id,
            )
    for option in c.matching.options_left:
        text = options_text(option.options)
        name = text if option.options else f"SKU {option.sku}"
        yield Compared(
            check=Check.VARIANT_MAPPING,
            key=f"option:{name}",
            about=option,
            inventory=None,
            marketplace=name,
            agrees=False,
        )


def noticed(c: Comparison) -> Iterator[Finding]:
    """Variants of an accepted split wait for publishing: the marketplace shows them as one."""
    hidden = [
        variant
        for variants in (
            *(match.variants for match in c.matching.matches if match.by is MatchedBy.SPLIT),
            tuple(variant for variant in c.matching.variants_left if not variant.on_channel),
        )
        for variant in variants
    ]
    if hidden:
        yield attention(
            Check.VARIANT_MAPPING,
            f"{len(hidden)} variants of an accepted split are not on the marketplace yet",
            "Nothing to correct: the marketplace shows one option until inventory is published.",
            finding_class=FindingClass.PENDING_PUBLISH,
            inventory=some(label(variant) for variant in hidden),
            marketplace=some(label(option) for option in c.live.variants),
        )


def removed_from_inventory(compared: Compared, base: Base, state: SyncState) -> bool:
    """Whether an option without a variant belonged to a variant that inventory no longer has."""
    if not compared.key.startswith("option:"):
        return False
    present = {str(variant.variant_id) for variant in state.variants}
    return any(
        pair.marketplace == compared.marketplace
        and key.endswith("/options")
        and key.removesuffix("/options") not in present
        for key, pair in base.values.items()
    )
