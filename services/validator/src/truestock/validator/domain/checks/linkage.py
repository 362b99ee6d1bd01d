"""``listing.linkage``: the listing points back to the right item."""

from collections.abc import Iterator

from truestock.contracts.events import Check, Finding, FindingClass, SeedOutcome
from truestock.contracts.values import Severity
from truestock.validator.domain.matching import MatchedBy, clean
from truestock.validator.domain.model import Comparison, Unreadable, UnreadableReason
from truestock.validator.domain.sides import Compared, attention

_AGAIN = "then ask for the batch to be validated again."
UNREADABLE_FIXES = {
    UnreadableReason.UNREACHABLE: f"Wait until the marketplace answers, {_AGAIN}",
    UnreadableReason.RATE_LIMITED: f"Wait until the marketplace's rate limit allows reads, {_AGAIN}",
    UnreadableReason.REAUTHORIZATION_REQUIRED: f"Reauthorize the connection, {_AGAIN}",
    UnreadableReason.DISCONNECTED: f"Connect the account again, {_AGAIN}",
    UnreadableReason.MISSING_SCOPE: f"Reauthorize the connection with all permissions, {_AGAIN}",
    UnreadableReason.REFUSED: f"Check the connection, {_AGAIN}",
    UnreadableReason.PARTIAL_READ: f"Wait until the marketplace answers completely, {_AGAIN}",
    UnreadableReason.WRONG_ACCOUNT: "The connection answers for another account now: connect the right one.",
    UnreadableReason.NOT_SERVED: "This marketplace cannot be read by this version of Truestock.",
}


def compared(c: Comparison) -> Iterator[Compared]:
    """The SKU of each variant on both sides, where either has one."""
    for match in c.matching.matches:
        if match.by is MatchedBy.SPLIT:
            continue
        variant = match.variants[0]
        ours, theirs = clean(variant.sku), clean(match.option.sku)
        if ours is not None or theirs is not None:
            yield Compared(
                check=Check.LISTING_LINKAGE,
                key=f"{match.key}/sku",
                about=variant,
                inventory=ours,
                marketplace=theirs,
                agrees=ours == theirs,
                variant_id=variant.variant_id,
            )


def noticed(c: Comparison) -> Iterator[Finding]:
    """A warning when no SKU on the marketplace points back: our own link alone holds it."""
    ours = {sku for variant in c.state.variants if (sku := clean(variant.sku))}
    theirs = {sku for option in c.live.variants if (sku := clean(option.sku))}
    if not ours & theirs:
        yield attention(
            Check.LISTING_LINKAGE,
            "The listing carries no SKU of the item",
            "Give the item's variants SKUs; until they are published, only our own link holds the listing to"
            " its item.",
            inventory=", ".join(sorted(ours)) or None,
            marketplace=", ".join(sorted(theirs)) or None,
        )


def gone(listing_id: str) -> Finding:
    """The marketplace does not know the listing (any more)."""
    return attention(
        Check.LISTING_LINKAGE,
        f"Listing {listing_id} is gone from the marketplace",
        "Archive the item, or list it again and import it.",
        severity=Severity.BLOCKER,
        finding_class=FindingClass.DRIFT,
        inventory=f"listing {listing_id}",
    )


def unreadable(listing_id: str, why: Unreadable) -> Finding:
    """The listing could not be read, which is never a pass."""
    return attention(
        Check.LISTING_LINKAGE,
        f"Listing {listing_id} could not be read: {why.detail}",
        UNREADABLE_FIXES[why.reason],
        severity=Severity.BLOCKER,
        finding_class=FindingClass.UNREADABLE,
    )


def unseeded(listing_id: str, outcome: SeedOutcome, reasons: tuple[str, ...]) -> Finding:
    """Inventory holds no item for the listing: a decision waits, or was that there is none."""
    because = f" ({'; '.join(reasons)})" if reasons else ""
    if outcome is SeedOutcome.REJECTED:
        subject = f"Listing {listing_id} was rejected{because}"
        fix = "Exclude the listing from the batch, or correct it on the marketplace and import it again."
    else:
        subject = f"Listing {listing_id} is held{because}"
        fix = "Decide the held listing: link it to an item, create one, or reject it."
    return attention(Check.LISTING_LINKAGE, subject, fix, severity=Severity.BLOCKER)
