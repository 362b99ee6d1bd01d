"""What inventory and the marketplace disagree about, and what the next comparison starts from."""

from typing import Any

from bench.handwritten.models import Seeded, State
from bench.handwritten.reading import seen

Findings = list[tuple[int, dict[str, Any]]]
"""Each with its rank."""


def compare(event: Seeded, live: Any, broken: set[str]) -> Findings:
    """What is wrong, and that nobody counted the stock."""
    if live is None:
        return [_drift("listing.linkage")]
    title, photos, variants = seen(live)
    state = event.state
    ours = [photo.url for photo in sorted(state.shared.photos, key=lambda photo: photo.rank)]
    found = ["title.match"] if title != state.shared.title else []
    found += ["photos.match"] if photos != ours or (ours and ours[0] in broken) else []
    for variant in state.variants:
        quantity, price = variants.get(variant.sku or "", (None, None))
        found += ["stock.quantity"] if quantity != variant.available else []
        found += ["price.intent"] if variant.price is None or price != variant.price.amount else []
    return [*map(_drift, found), *_unconfirmed(state)]


def verdict_on(findings: Findings) -> str:
    """Drift fails; what only wants attention warns."""
    if any(finding["finding_class"] == "drift" for _, finding in findings):
        return "failed"
    return "passed_with_warnings" if findings else "passed"


def base_of(state: State) -> dict[str, Any]:
    """The values that both sides agree on."""
    values: dict[str, str] = {}
    for variant in state.variants:
        place = str(variant.variant_id)
        values[f"{place}/sku"] = variant.sku or ""
        values[f"{place}/options"] = ", ".join(f"{o.name} = {o.value}".lower() for o in variant.options)
        values[f"{place}/quantity"] = str(variant.available)
        if variant.price is not None:
            values[f"{place}/price"] = f"{variant.price.amount:.2f} {variant.price.currency}"
    photos = state.shared.photos
    values["listing/photos"] = f"{len(photos)}: {' '.join(photo.url for photo in photos)}"
    values["listing/title"] = state.shared.title
    return {"item": str(state.item_id), "linked": False, "values": values}


def _unconfirmed(state: State) -> Findings:
    names = [
        ", ".join(f"{o.name}: {o.value}" for o in variant.options)
        for variant in state.variants
        if not variant.confirmed
    ]
    if not names:
        return []
    finding = {
        "check": "stock.confirmed",
        "finding_class": "attention",
        "severity": "warning",
        "variant_id": None,
        "subject": f"The stock of {', '.join(names)} was never confirmed",
        "base": None,
        "inventory": f"{len(names)} of {len(state.variants)} variants unconfirmed",
        "marketplace": None,
        "fix": "Count the stock, or attest that it is as imported.",
    }
    return [(14, finding)]


def _drift(check: str) -> tuple[int, dict[str, Any]]:
    finding = {
        "check": check,
        "finding_class": "drift",
        "severity": "warning",
        "variant_id": None,
        "subject": check,
        "base": None,
        "inventory": "as it is",
        "marketplace": None,
        "fix": "Look at the item.",
    }
    return 0, finding
