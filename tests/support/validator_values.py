"""Plain values for the validator's tests: a state of inventory, and what the marketplace shows of it."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from truestock.contracts.events import (
    BatchKind,
    Finding,
    InventoryItem,
    InventorySeeded,
    SeedOutcome,
    SharedFields,
    SyncState,
    SyncVariant,
)
from truestock.contracts.listing import Evidence, EvidenceVariant, ListingState, Option, OptionValue, Photo
from truestock.contracts.values import Marketplace, Money
from truestock.validator.domain.judge import first_base, judge, moved
from truestock.validator.domain.model import Base, Judgement, LiveRead, Policies

NAMESPACE = UUID("6f1c2f2e-7f0a-4c55-9c1b-0d6c1a0a7e11")
WORKSPACE = uuid5(NAMESPACE, "workspace")
CONNECTION = uuid5(NAMESPACE, "connection")
BATCH = uuid5(NAMESPACE, "batch")
ITEM = uuid5(NAMESPACE, "item")
ACCOUNT = "shop-1"
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PHOTOS = ("https://photos.example/1.jpg", "https://photos.example/2.jpg")


def uid(name: str) -> UUID:
    """The same id for the same name."""
    return uuid5(NAMESPACE, name)


def money(amount: str | None, currency: str = "EUR") -> Money | None:
    """An amount, or none."""
    return None if amount is None else Money(amount=Decimal(amount), currency=currency)


def options(size: str | None) -> tuple[OptionValue, ...]:
    """Size, or no options."""
    return (OptionValue(name="Size", value=size),) if size else ()


def variant(
    name: str = "M", available: int | None = 5, price: str | None = "12.50", **more: Any
) -> SyncVariant:
    """One variant of the item, confirmed, with a SKU of its own."""
    values: dict[str, Any] = {
        "variant_id": uid(name),
        "sku": f"SKU-{name}",
        "options": options(name),
        "available": available,
        "price": money(price),
        "confirmed": True,
    }
    return SyncVariant(**{**values, **more})


def sellable(
    name: str = "M", quantity: int | None = 5, price: str | None = "12.50", **more: Any
) -> EvidenceVariant:
    """The same as the marketplace shows it."""
    values: dict[str, Any] = {
        "sku": f"SKU-{name}",
        "options": options(name),
        "quantity": quantity,
        "price": money(price),
    }
    return EvidenceVariant(**{**values, **more})


def state(*variants: SyncVariant, title: str = "Linen shirt", **more: Any) -> SyncState:
    """What inventory says about the listing."""
    known = variants or (variant(),)
    shared = SharedFields(
        title=title,
        photos=tuple(Photo(url=url, rank=rank) for rank, url in enumerate(more.pop("photos", PHOTOS))),
        options=(Option(name="Size", values=tuple(o.value for v in known for o in v.options)),),
    )
    values: dict[str, Any] = {
        "item_id": ITEM,
        "item_version": 1,
        "connection_id": CONNECTION,
        "marketplace": Marketplace.ETSY,
        "account_id": ACCOUNT,
        "listing_id": "1001",
        "fingerprint": "f1",
        "shared": shared,
        "variants": known,
    }
    return SyncState(**{**values, **more})


def evidence(*variants: EvidenceVariant, title: str = "Linen shirt", **more: Any) -> Evidence:
    """What the marketplace shows."""
    values: dict[str, Any] = {
        "listing_id": "1001",
        "state": ListingState.ACTIVE,
        "title": title,
        "photos": PHOTOS,
        "variants": variants or (sellable(),),
    }
    return Evidence(**{**values, **more})


def seeded(
    known: SyncState | None = None,
    seen: Evidence | None = None,
    *,
    outcome: SeedOutcome = SeedOutcome.CREATED,
    **more: Any,
) -> InventorySeeded:
    """Inventory's answer to an import."""
    known = state() if known is None and outcome not in (SeedOutcome.HELD, SeedOutcome.REJECTED) else known
    seen = seen or evidence(listing_id=known.listing_id if known else "1001")
    values: dict[str, Any] = {
        "workspace_id": WORKSPACE,
        "occurred_at": NOW,
        "correlation_id": BATCH,
        "connection_id": known.connection_id if known else CONNECTION,
        "marketplace": Marketplace.ETSY,
        "account_id": ACCOUNT,
        "listing_id": seen.listing_id,
        "batch_id": BATCH,
        "batch_kind": BatchKind.SAMPLE,
        "sequence": 1,
        "outcome": outcome,
        "state": known,
        "open_issues": known.open_issues if known else (),
        "evidence": seen,
    }
    return InventorySeeded(**{**values, **more})


def item(*channels: SyncState, version: int = 2, **more: Any) -> InventoryItem:
    """An item's full state."""
    values: dict[str, Any] = {
        "workspace_id": WORKSPACE,
        "occurred_at": NOW,
        "correlation_id": uid("request"),
        "item_id": channels[0].item_id if channels else ITEM,
        "epoch": 1,
        "version": version,
        "shared": channels[0].shared if channels else SharedFields(title="Linen shirt"),
        "variants": (),
        "channels": channels,
    }
    return InventoryItem(**{**values, **more})


class History:
    """A listing over time: seeded once, then judged as often as a test asks."""

    def __init__(self, first: SyncState, imported: Evidence, *, linked: bool = False) -> None:
        self.base: Base = first_base(first, imported, linked=linked)

    def judge(self, now: SyncState, live: LiveRead, **more: Any) -> Judgement:
        """Judge, and let the base move."""
        judged = judge(
            now,
            live,
            self.base,
            more.get("policies", Policies()),
            more.get("reachable", {}),
            more.get("kind", BatchKind.SAMPLE),
        )
        self.base = moved(self.base, judged.agreed)
        return judged


def brief(findings: tuple[Finding, ...]) -> list[tuple[str, str, str]]:
    """Check, class and severity of each finding."""
    return [(str(f.check), str(f.finding_class), str(f.severity)) for f in findings]
