"""What an operator can do about a finding: always on the internal record, which owns the truth."""

from truestock.contracts.events import Check, FindingClass

MAPPING = (
    "The two sides differed from the start: the mapping read {noun} of {subject} wrongly. Correct the"
    " mapping, undo the batch and import again; inventory has {inventory}, the marketplace {marketplace}."
)
LINKED = (
    "This listing was linked to an item that already had another {noun}. Decide which is right on the item:"
    " inventory has {inventory}, the marketplace {marketplace}."
)
PENDING = (
    "Nothing to correct: inventory says {inventory} and the marketplace still shows {marketplace}; it changes"
    " when inventory is published."
)
CONFLICT = (
    "Both sides changed since they last agreed. Decide {noun} of {subject} on the item: inventory says"
    " {inventory}, the marketplace {marketplace}."
)
DRIFT = {
    Check.STOCK_QUANTITY: (
        "The marketplace went to {marketplace} while inventory stayed at {inventory}: record what was sold or"
        " received of {subject}, or count it."
    ),
    Check.PRICE_INTENT: (
        "The price was changed on the marketplace to {marketplace}: set the item's price to accept it, or"
        " keep {inventory} and restore it there."
    ),
    Check.VARIANT_MAPPING: (
        "The marketplace's options changed ({subject}: {marketplace} instead of {inventory}): edit the item's"
        " variants to accept it, or restore the option there."
    ),
    Check.LISTING_LINKAGE: (
        "The SKU of {subject} was changed on the marketplace to {marketplace}: give the item's variant that"
        " SKU, or restore {inventory} there."
    ),
}
DRIFT_OTHERWISE = (
    "{noun_upper} changed on the marketplace only: edit the item to accept it, or restore it there;"
    " inventory says {inventory}, the marketplace {marketplace}."
)
NOUNS = {
    Check.STOCK_QUANTITY: "the quantity",
    Check.PRICE_INTENT: "the price",
    Check.VARIANT_MAPPING: "the options",
    Check.LISTING_LINKAGE: "the SKU",
    Check.PHOTOS_MATCH: "the photos",
    Check.TITLE_MATCH: "the title",
}


def fix_for(
    check: Check,
    finding_class: FindingClass,
    *,
    subject: str,
    inventory: str | None,
    marketplace: str | None,
    linked: bool = False,
) -> str:
    """One sentence or two that say what to do; ``linked``: they differed when the listing was linked."""
    noun = NOUNS[check]
    if finding_class is FindingClass.PENDING_PUBLISH:
        template = PENDING
    elif finding_class is FindingClass.DRIFT:
        template = DRIFT.get(check, DRIFT_OTHERWISE)
    elif finding_class is FindingClass.CONFLICT:
        template = CONFLICT
    else:
        template = LINKED if linked else MAPPING
    nothing = "unknown" if check is Check.STOCK_QUANTITY else "none"
    return template.format(
        noun=noun.removeprefix("the ") if template is LINKED else noun,
        noun_upper=noun[:1].upper() + noun[1:],
        subject=_short(subject),
        inventory=nothing if inventory is None else _short(inventory),
        marketplace=nothing if marketplace is None else _short(marketplace),
    )


def _short(text: str) -> str:
    return text if len(text) <= 120 else f"{text[:119]}…"
