"""Whether a listing is for sale, and whether its text offers what its variants do not."""

from collections.abc import Sequence

from truestock.contracts.listing import BuriedVariants, CanonicalVariant, ListingState, NoteCode
from truestock.contracts.values import Severity
from truestock.marketplaces.buried import buried_variants
from truestock.marketplaces.notes import Notes


def remark_state(state: ListingState, notes: Notes, *, why: str = "") -> None:
    """Say that the listing is not for sale, and ``why`` (a sentence) where the marketplace tells it."""
    if state is not ListingState.ACTIVE:
        said = f"The listing is not for sale: {state}." + (f" {why}" if why else "")
        notes.add(NoteCode.NOT_PUBLISHED, Severity.INFO, "state", said)


def buried_in(
    title: str, description: str, variants: Sequence[CanonicalVariant], notes: Notes
) -> BuriedVariants | None:
    """Choices that only the text (plain) offers: looked for where no variant has an option."""
    buried = None if any(variant.options for variant in variants) else buried_variants(title, description)
    if buried is not None:
        notes.add(
            NoteCode.VARIANTS_IN_TEXT,
            Severity.BLOCKER,
            "variants",
            f"The text offers {buried.option_name} {', '.join(buried.values)}, the listing has one variant.",
        )
    return buried
