"""The verdict on one listing."""

from collections.abc import Iterable, Iterator, Mapping

from msgspec.structs import replace

from truestock.contracts.events import BatchKind, Finding, FindingClass, SeedOutcome, SyncState, Verdict
from truestock.contracts.listing import Evidence, ListingState
from truestock.contracts.values import Severity
from truestock.validator.domain.checks import content, linkage, price, stock, variants
from truestock.validator.domain.matching import match
from truestock.validator.domain.model import Base, Comparison, Judgement, LiveRead, Pair, Policies, Unreadable
from truestock.validator.domain.sides import Compared, attention, disagreement

CLASS_ORDER = {
    found: place
    for place, found in enumerate(
        (
            FindingClass.UNREADABLE,
            FindingClass.CONFLICT,
            FindingClass.MAPPING,
            FindingClass.DRIFT,
            FindingClass.ATTENTION,
            FindingClass.PENDING_PUBLISH,
        )
    )
}
MOST_FINDINGS = 1_000
"""A listing of 2,048 variants can disagree in thousands of places; its event must stay far below 8 MB."""
SEVERITY_ORDER = {Severity.BLOCKER: 0, Severity.WARNING: 1, Severity.INFO: 2}


def judge(
    state: SyncState,
    live: LiveRead,
    base: Base,
    policies: Policies,
    reachable: Mapping[str, bool],
    kind: BatchKind,
) -> Judgement:
    """Compare inventory with what the marketplace shows now, in the light of the base.

    ``reachable`` says which photo addresses answered; one that is absent was not asked.
    """
    if isinstance(live, Unreadable):
        return Judgement(Verdict.UNVERIFIABLE, (linkage.unreadable(state.listing_id, live),))
    if live is None or live.state is ListingState.REMOVED:
        return Judgement(Verdict.FAILED, (linkage.gone(state.listing_id),))
    comparison = _comparison(state, live, policies)
    return _judged(comparison, tuple(_compared(comparison)), base, reachable, kind)


def judge_first(
    state: SyncState,
    live: LiveRead,
    evidence: Evidence,
    policies: Policies,
    reachable: Mapping[str, bool],
    kind: BatchKind,
    *,
    linked: bool,
) -> tuple[Base, Judgement]:
    """The first base and the judgement against it. Mostly the marketplace still shows what was imported."""
    if not isinstance(live, Evidence) or live.state is ListingState.REMOVED or not _same(live, evidence):
        base = first_base(state, evidence, linked=linked)
        return base, judge(state, live, base, policies, reachable, kind)
    comparison = _comparison(state, live, policies)
    compared = tuple(_compared(comparison))
    base = Base(state.item_id, linked, {one.key: one.started_as for one in compared})
    return base, _judged(comparison, compared, base, reachable, kind)


def _same(live: Evidence, evidence: Evidence) -> bool:
    # Comparing models takes twice as long as writing both. Equal amounts that are written differently only
    # miss the short way.
    return live.model_dump_json() == evidence.model_dump_json()


def _comparison(state: SyncState, live: Evidence, policies: Policies) -> Comparison:
    return Comparison(state, live, match(state.variants, live.variants), policies)


def _judged(
    comparison: Comparison,
    compared: tuple[Compared, ...],
    base: Base,
    reachable: Mapping[str, bool],
    kind: BatchKind,
) -> Judgement:
    state = comparison.state
    findings: list[Finding] = []
    agreed: dict[str, Pair] = {}
    for one in compared:
        if one.agrees:
            known = base.values.get(one.key)
            if known is None or known.inventory != one.inventory or known.marketplace != one.marketplace:
                agreed[one.key] = Pair(one.inventory, one.marketplace)
        elif variants.removed_from_inventory(one, base, state):
            removed = {**base.values, one.key: Pair(one.marketplace, one.marketplace)}
            findings.append(disagreement(one, replace(base, values=removed)))
        else:
            findings.append(disagreement(one, base))
    findings += linkage.noticed(comparison)
    findings += variants.noticed(comparison)
    findings += stock.noticed(comparison)
    findings += price.noticed(comparison)
    findings += content.unreachable_photos(state, kind, reachable)
    findings += content.separation(state)
    findings += stock.unconfirmed(state)
    return Judgement(verdict_of(findings), _told(worst_first(findings)), agreed)


def _told(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    if len(findings) <= MOST_FINDINGS:
        return findings
    rest = attention(
        findings[MOST_FINDINGS].check,
        f"{len(findings) - MOST_FINDINGS} more findings of this listing are not listed",
        "Decide the listed ones first; the others show when the listing is validated again.",
    )
    return (*findings[:MOST_FINDINGS], rest)


def judge_unseeded(listing_id: str, outcome: SeedOutcome, reasons: tuple[str, ...]) -> Judgement:
    """The verdict where inventory holds no item: failed, without a live read."""
    return Judgement(Verdict.FAILED, (linkage.unseeded(listing_id, outcome, reasons),))


def first_base(state: SyncState, evidence: Evidence, *, linked: bool) -> Base:
    """What both sides said when the listing was first seeded: inventory's stock before the buffer."""
    comparison = _comparison(state, evidence, Policies())
    return Base(
        item_id=state.item_id,
        linked=linked,
        values={one.key: one.started_as for one in _compared(comparison)},
    )


def base_at(known: Base | None, state: SyncState, evidence: Evidence, *, linked: bool) -> Base:
    """The base after a (repeated) seeding: kept for the same item, completed for what is new in it."""
    if known is None or known.item_id != state.item_id:
        return first_base(state, evidence, linked=linked)
    if all(f"{variant.variant_id}/options" in known.values for variant in state.variants):
        return known
    first = first_base(state, evidence, linked=linked)
    return replace(known, values={**first.values, **known.values})


def moved(base: Base, agreed: Mapping[str, Pair]) -> Base:
    """The base moves on agreement, and only where the sides agree."""
    if not agreed:
        return base
    return replace(base, values={**base.values, **agreed})


def verdict_of(findings: Iterable[Finding]) -> Verdict:
    """Failed by any blocker, with warnings by any warning."""
    severities = {finding.severity for finding in findings}
    if Severity.BLOCKER in severities:
        return Verdict.FAILED
    return Verdict.PASSED_WITH_WARNINGS if Severity.WARNING in severities else Verdict.PASSED


def rank(finding: Finding) -> int:
    """Smaller is worse: by severity, then by class."""
    return SEVERITY_ORDER.get(finding.severity, 3) * 10 + CLASS_ORDER.get(finding.finding_class, 9)


def worst_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings in the order in which people should see them."""
    return tuple(sorted(findings, key=rank))


def _compared(comparison: Comparison) -> Iterator[Compared]:
    yield from linkage.compared(comparison)
    yield from variants.compared(comparison)
    yield from stock.compared(comparison)
    yield from price.compared(comparison)
    yield from content.photos(comparison)
    yield from content.title(comparison)
