"""What differs between two sides, and what somebody has to look at anyway."""

from collections.abc import Sequence

from bench.naive.sides import Pair

from truestock.contracts.events import Check, Finding, FindingClass, SyncState, SyncVariant, Verdict
from truestock.contracts.values import Severity

_SEVERITIES = (Severity.BLOCKER, Severity.WARNING, Severity.INFO)
_CLASSES = (
    FindingClass.UNREADABLE,
    FindingClass.CONFLICT,
    FindingClass.MAPPING,
    FindingClass.DRIFT,
    FindingClass.ATTENTION,
)


def verdict_of(found: Sequence[Finding]) -> Verdict:
    """Failed by any blocker, with warnings by anything else."""
    if any(finding.severity is Severity.BLOCKER for finding in found):
        return Verdict.FAILED
    return Verdict.PASSED_WITH_WARNINGS if found else Verdict.PASSED


def rank(finding: Finding) -> int:
    """Smaller is worse."""
    return _SEVERITIES.index(finding.severity) * 10 + _CLASSES.index(finding.finding_class)


def gone(listing_id: str) -> Finding:
    """The marketplace does not show the listing."""
    return Finding(
        check=Check.LISTING_LINKAGE,
        finding_class=FindingClass.DRIFT,
        severity=Severity.BLOCKER,
        subject=f"Listing {listing_id} is gone from the marketplace",
        inventory=f"listing {listing_id}",
        fix="Archive the item, or list it again and import it.",
    )


def findings(state: SyncState, compared: list[Pair], broken: set[str]) -> tuple[Finding, ...]:
    """All of one listing, the worst first."""
    found = [
        Finding(
            check=pair.check,
            finding_class=FindingClass.DRIFT,
            severity=Severity.BLOCKER,
            variant_id=pair.variant_id,
            subject=pair.check.value,
            inventory=pair.inventory,
            marketplace=pair.marketplace,
            fix="Look at the item.",
        )
        for pair in compared
        if pair.inventory != pair.marketplace
    ]
    primary = min(state.shared.photos, key=lambda photo: photo.rank, default=None)
    if primary is not None and primary.url in broken:
        found.append(
            _attention(Check.PHOTOS_MATCH, "The primary photo cannot be reached", "Replace it on the item.")
        )
    unconfirmed = [variant for variant in state.variants if not variant.confirmed]
    if unconfirmed:
        names = ", ".join(_label(variant) for variant in unconfirmed[:3])
        found.append(
            _attention(
                Check.STOCK_CONFIRMED,
                f"The stock of {names} was never confirmed",
                "Count the stock, or attest that it is as imported.",
                inventory=f"{len(unconfirmed)} of {len(state.variants)} variants unconfirmed",
            )
        )
    return tuple(found)


def _attention(check: Check, subject: str, fix: str, *, inventory: str | None = None) -> Finding:
    return Finding(
        check=check,
        finding_class=FindingClass.ATTENTION,
        severity=Severity.WARNING,
        subject=subject,
        inventory=inventory,
        fix=fix,
    )


def _label(variant: SyncVariant) -> str:
    return ", ".join(f"{option.name}: {option.value}" for option in variant.options) or f"SKU {variant.sku}"
