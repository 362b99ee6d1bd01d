"""What stands between a sample and its approval, per listing (rules: importer 3 and 4)."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from truestock.contracts.events import Check, OpenIssue, Verdict
from truestock.contracts.listing import NoteCode
from truestock.contracts.problem import Refusal
from truestock.contracts.values import Severity
from truestock.importer.domain.rows import ABANDONED, DEAD_LETTERED, Row

COUNTERPARTS = {
    NoteCode.PRICE_MISSING: OpenIssue.PRICE_MISSING,
    NoteCode.CURRENCY_MISSING: OpenIssue.CURRENCY_MISSING,
    NoteCode.VARIANTS_IN_TEXT: OpenIssue.SPLIT_OPEN,
    NoteCode.SKU_DUPLICATE: OpenIssue.SKU_DUPLICATE,
}
"""A mapping blocker is resolved when inventory no longer sees its counterpart."""

ISSUE_WORDS = {
    OpenIssue.PRICE_MISSING: "the item has no price",
    OpenIssue.CURRENCY_MISSING: "the item's price has no currency",
    OpenIssue.SPLIT_OPEN: "variants are buried in the text and the split is not decided",
    OpenIssue.SKU_DUPLICATE: "its SKU is used by another listing of this connection",
    OpenIssue.HELD: "inventory holds it: an operator must link, create or reject it",
}
"""Open issues that block; the others (unknown or unconfirmed stock, proposals) are not blockers."""

NEVER_WAIVED = frozenset({NoteCode.VARIANTS_IN_TEXT.value, OpenIssue.SPLIT_OPEN.value})
"""Approval needs every split decided, so there is nothing to waive."""


class BlockerState(StrEnum):
    """Only ``open`` stands in the way."""

    OPEN = "open"
    WAIVED = "waived"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Blocker:
    """One thing that must be decided before approval."""

    code: str
    state: BlockerState
    message: str


def blockers(row: Row) -> tuple[Blocker, ...]:
    """All blockers of a listing, resolved and waived ones included, each code once."""
    found: dict[str, Blocker] = {}
    for code, message, is_open in _all(row):
        if code in found and found[code].state is BlockerState.OPEN:
            continue
        found[code] = Blocker(code, _state(row, code, is_open), message)
    return tuple(found.values())


def open_blockers(row: Row) -> tuple[Blocker, ...]:
    """Those that still stand in the way; an excluded listing has none."""
    if row.excluded:
        return ()
    return tuple(blocker for blocker in blockers(row) if blocker.state is BlockerState.OPEN)


def check_waivable(row: Row, code: str) -> None:
    """Refuse to waive what is not an open blocker of this listing, or must be decided otherwise."""
    if code in NEVER_WAIVED:
        raise Refusal(
            "not_waivable",
            f"Blocker {code} of listing {row.listing_id} cannot be waived.",
            remedy="Decide the split in inventory, or exclude the listing from the sample.",
        )
    codes = [blocker.code for blocker in open_blockers(row)]
    if code not in codes:
        raise Refusal(
            "no_such_blocker",
            f"Listing {row.listing_id} has no open blocker {code}.",
            remedy=f"Its open blockers are: {', '.join(codes) or 'none'}.",
            open=codes,
        )


def _all(row: Row) -> Iterable[tuple[str, str, bool]]:
    """(code, message, still open?) of notes, duplicates, inventory's issues, findings and lost rows."""
    issues = set(row.open_issues)
    unseeded = row.verdict is None or OpenIssue.HELD in issues or row.outcome in (DEAD_LETTERED, ABANDONED)
    covered: set[OpenIssue] = set()
    for note in row.notes:
        if note.severity is Severity.BLOCKER:
            counterpart = COUNTERPARTS.get(note.code)
            if counterpart:
                covered.add(counterpart)
            yield note.code.value, note.message, unseeded or counterpart is None or counterpart in issues
    if row.duplicate_skus:
        covered.add(OpenIssue.SKU_DUPLICATE)
        skus = ", ".join(row.duplicate_skus)
        message = f"other listings of this connection use the same SKU: {skus}"
        yield NoteCode.SKU_DUPLICATE.value, message, unseeded or OpenIssue.SKU_DUPLICATE in issues
    for issue, message in ISSUE_WORDS.items():
        if issue in issues and issue not in covered:
            yield issue.value, message, True
    for finding in row.findings:
        linkage_of_held = OpenIssue.HELD in issues and finding.check is Check.LISTING_LINKAGE
        if finding.severity is Severity.BLOCKER and not linkage_of_held:
            yield finding.check.value, f"{finding.subject}: {finding.fix}", True
    if row.verdict == Verdict.FAILED and not row.findings and OpenIssue.HELD not in issues:
        yield "validation_failed", "the first sync was not validated", True
    if row.outcome == DEAD_LETTERED:
        yield DEAD_LETTERED, "it could not be processed: " + "; ".join(row.reasons), True
    if row.outcome == ABANDONED or row.closed_by == ABANDONED:
        yield ABANDONED, "an operator gave it up before it was validated", True


def _state(row: Row, code: str, is_open: bool) -> BlockerState:
    if not is_open:
        return BlockerState.RESOLVED
    return BlockerState.WAIVED if code in row.waived else BlockerState.OPEN
