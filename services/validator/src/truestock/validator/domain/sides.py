"""Three sides: what each said before, what inventory says now, what the marketplace shows now."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from msgspec import Struct

from truestock.contracts.events import Check, Finding, FindingClass, SyncVariant
from truestock.contracts.listing import EvidenceVariant
from truestock.contracts.values import Severity
from truestock.validator.domain.fixes import fix_for
from truestock.validator.domain.matching import label
from truestock.validator.domain.model import Base, Pair

SHOWN = 500
"""Characters of a value that a finding shows."""

BLOCKING = frozenset({FindingClass.DRIFT, FindingClass.CONFLICT, FindingClass.MAPPING})
PUBLISHABLE = frozenset({Check.TITLE_MATCH, Check.PHOTOS_MATCH, Check.PRICE_INTENT})
"""What an item that existed before its listing was linked may overrule from the start."""


class Compared(Struct, frozen=True):
    """One value on both sides, about a variant, an option or what ``about`` says.

    ``seeded`` is what inventory took in, before the channel's buffer.
    """

    check: Check
    key: str
    about: SyncVariant | EvidenceVariant | str
    inventory: str | None
    marketplace: str | None
    agrees: bool
    variant_id: UUID | None = None
    seeded: str | None = None

    @property
    def subject(self) -> str:
        """How to name it to a person."""
        return self.about if isinstance(self.about, str) else label(self.about)

    @property
    def started_as(self) -> Pair:
        """The pair to begin a base with."""
        return Pair(self.inventory if self.seeded is None else self.seeded, self.marketplace)


def classify(base: Pair | None, inventory: str | None, marketplace: str | None) -> FindingClass:
    """Who moved away from the base, given that the two sides do not agree now.

    A value without a base is new: on the side that has it, if the other has nothing.
    """
    if base is None:
        if marketplace is None:
            return FindingClass.PENDING_PUBLISH
        return FindingClass.DRIFT if inventory is None else FindingClass.MAPPING
    inventory_moved = inventory != base.inventory
    marketplace_moved = marketplace != base.marketplace
    if inventory_moved and marketplace_moved:
        return FindingClass.CONFLICT
    if inventory_moved:
        return FindingClass.PENDING_PUBLISH
    return FindingClass.DRIFT if marketplace_moved else FindingClass.MAPPING


def severity_of(finding_class: FindingClass) -> Severity:
    """Drift, conflict and mapping defects must be decided; what awaits publishing must not."""
    return Severity.BLOCKER if finding_class in BLOCKING else Severity.WARNING


def disagreement(compared: Compared, base: Base) -> Finding:
    """The finding for two sides that do not agree."""
    pair = base.values.get(compared.key) or _before_split(compared, base)
    found = classify(pair, compared.inventory, compared.marketplace)
    overruled = base.linked and found is FindingClass.MAPPING
    one_sided = compared.check is Check.LISTING_LINKAGE and None in (compared.inventory, compared.marketplace)
    if overruled and (compared.check in PUBLISHABLE or one_sided):
        found = FindingClass.PENDING_PUBLISH
    return Finding(
        check=compared.check,
        finding_class=found,
        severity=severity_of(found),
        variant_id=compared.variant_id,
        subject=compared.subject[:SHOWN],
        base=shown(_base_text(pair)),
        inventory=shown(compared.inventory),
        marketplace=shown(compared.marketplace),
        fix=fix_for(
            compared.check,
            found,
            subject=compared.subject,
            inventory=compared.inventory,
            marketplace=compared.marketplace,
            linked=overruled,
        ),
    )


def attention(
    check: Check,
    subject: str,
    fix: str,
    *,
    severity: Severity = Severity.WARNING,
    finding_class: FindingClass = FindingClass.ATTENTION,
    variant_id: UUID | None = None,
    inventory: str | None = None,
    marketplace: str | None = None,
) -> Finding:
    """A finding of a check that compares no two sides."""
    return Finding(
        check=check,
        finding_class=finding_class,
        severity=severity,
        variant_id=variant_id,
        subject=subject[:SHOWN],
        inventory=shown(inventory),
        marketplace=shown(marketplace),
        fix=fix[:2000],
    )


def shown(text: str | None) -> str | None:
    """A value as a finding shows it: capped, because titles and photo lists can be long."""
    return text if text is None or len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def some(names: Sequence[str] | Iterable[str], most: int = 3) -> str:
    """The first few names, and how many more there are."""
    known = list(names)
    rest = len(known) - most
    return ", ".join(known[:most]) + (f" and {rest} more" if rest > 0 else "")


def _before_split(compared: Compared, base: Base) -> Pair | None:
    owner, _, field_name = compared.key.partition("/")
    return base.sole(field_name) if owner == "split" and field_name else None


def _base_text(pair: Pair | None) -> str | None:
    if pair is None or pair.inventory == pair.marketplace:
        return pair.marketplace if pair else None
    inventory, marketplace = pair.inventory or "nothing", pair.marketplace or "nothing"
    return f"inventory {inventory[:240]}, marketplace {marketplace[:240]}"
