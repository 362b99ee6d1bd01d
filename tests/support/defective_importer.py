"""An importer whose Etsy mapper has two defects: ``python -m support.defective_importer serve``.

Nothing of it is a setting of the product: the mapper's functions are replaced in this process alone.
Titles say what happens to a listing: «divisor» reads prices ten times too small, «swapped» exchanges the
options of the first two variants.
"""

from collections.abc import Mapping
from typing import Any

from truestock.contracts.listing import CanonicalVariant
from truestock.contracts.values import Money
from truestock.importer.main import main
from truestock.marketplaces.etsy import variants as sound
from truestock.marketplaces.etsy.adapter import EtsyAdapter
from truestock.marketplaces.interface import AccountSettings
from truestock.marketplaces.notes import Notes

Variants = tuple[CanonicalVariant, ...]
map_variants = sound.to_variants


def defective(payload: Mapping[str, Any], settings: AccountSettings, notes: Notes) -> Variants:
    """The sound mapper's variants, spoilt as the listing's title says."""
    variants = map_variants(payload, settings, notes)
    title = str(payload.get("title")).casefold()
    if "divisor" in title:
        variants = tuple(_cheaper(variant) for variant in variants)
    if "swapped" in title:
        first, second, *rest = variants
        variants = (
            first.model_copy(update={"options": second.options}),
            second.model_copy(update={"options": first.options}),
            *rest,
        )
    return variants


def _cheaper(variant: CanonicalVariant) -> CanonicalVariant:
    price = variant.price
    if price is None:
        return variant
    return variant.model_copy(update={"price": Money(amount=price.amount / 10, currency=price.currency)})


if __name__ == "__main__":
    sound.to_variants = defective
    EtsyAdapter.mapping_version = "etsy-1-defective"
    main()
