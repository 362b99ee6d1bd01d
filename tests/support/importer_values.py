"""Plain values for tests of the importer: listings, events about them, deliveries, a catalogue to read."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

import orjson
import zstandard

from truestock.contracts.events import (
    Finding,
    InventorySeeded,
    ListingImported,
    OpenIssue,
    SeedOutcome,
    SyncValidated,
    Verdict,
)
from truestock.contracts.listing import (
    BuriedVariants,
    CanonicalListing,
    CanonicalVariant,
    ChannelFields,
    Evidence,
    ListingState,
    MappingNote,
    NoteCode,
    OptionValue,
    Photo,
)
from truestock.contracts.values import Marketplace, Money, Severity
from truestock.importer.domain.batch import Batch
from truestock.importer.domain.mapping import content_hash, mapped_hash, payload_hash
from truestock.importer.usecases.catalogue import CataloguePage, ReadListing, ReadProblem
from truestock.importer.usecases.values import Payload, SampledPayload

L = TypeVar("L")
T0 = datetime(2026, 1, 15, 10, 0, tzinfo=UTC)


class SteppingClock:
    """Each look is a millisecond later."""

    def __init__(self) -> None:
        self._looks = itertools.count()

    def __call__(self) -> datetime:
        return T0 + timedelta(milliseconds=next(self._looks))


def note(code: NoteCode, severity: Severity = Severity.BLOCKER) -> MappingNote:
    return MappingNote(code=code, severity=severity, field="variants", message=f"about {code}")


def listing(
    listing_id: str,
    *,
    title: str = "Linen shirt",
    skus: Sequence[str | None] = ("S-1",),
    quantity: int | None = 3,
    price: str | None = "12.00",
    photos: int = 1,
    state: ListingState = ListingState.ACTIVE,
    category: str | None = "1",
    buried: bool = False,
    notes: tuple[MappingNote, ...] = (),
) -> CanonicalListing:
    money = Money(amount=Decimal(price), currency="EUR") if price else None
    return CanonicalListing(
        listing_id=listing_id,
        title=title,
        photos=tuple(Photo(url=f"https://photos.test/{listing_id}/{n}.jpg", rank=n) for n in range(photos)),
        variants=tuple(
            CanonicalVariant(
                external_id=f"{listing_id}-{n}",
                sku=sku,
                options=(OptionValue(name="Size", value=str(n)),) if len(skus) > 1 else (),
                quantity=quantity,
                price=money,
            )
            for n, sku in enumerate(skus)
        ),
        channel=ChannelFields(state=state, category_id=category),
        buried_variants=BuriedVariants(option_name="Size", values=("S", "M"), evidence="S, M")
        if buried
        else None,
        notes=notes,
    )


def read_listing(mapped: CanonicalListing) -> ReadListing:
    raw = orjson.dumps(mapped.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS)
    evidence = Evidence(listing_id=mapped.listing_id, state=mapped.channel.state, title=mapped.title)
    of_mapped = mapped_hash(mapped)
    return ReadListing(
        listing=mapped,
        evidence=evidence,
        payload=Payload(payload_hash(raw), zstandard.ZstdCompressor().compress(raw), len(raw)),
        mapped_hash=of_mapped,
        content_hash=content_hash(of_mapped, evidence),
    )


@dataclass
class FakeCatalogue:
    """A seller's catalogue in memory; ``problems`` are raised once each, by cursor or by ``read``.

    ``gone`` are listed, but no longer there when they are read.
    """

    listings: list[CanonicalListing]
    page_size: int = 2
    mapping_version: str = "etsy-1"
    batch_size: int = 100
    account_id: str = "shop-1"
    currency: str | None = "EUR"
    settings: Mapping[str, Any] = field(default_factory=lambda: {"currency": "EUR"})
    problems: dict[str | None, Exception] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    opened: ReadProblem | None = None
    asked: list[str | None] = field(default_factory=list)

    async def __call__(self, batch: Batch) -> "FakeCatalogue":
        problem, self.opened = self.opened, None
        if problem is not None:
            raise problem
        return self

    async def page(self, cursor: str | None) -> CataloguePage[ReadListing]:
        return self._page(cursor, read_listing)

    async def scan(self, cursor: str | None) -> CataloguePage[CanonicalListing]:
        return self._page(cursor, lambda one: one)

    def _page(self, cursor: str | None, work: Callable[[CanonicalListing], L]) -> CataloguePage[L]:
        self.asked.append(cursor)
        if cursor in self.problems:
            raise self.problems.pop(cursor)
        start = int(cursor or 0)
        end = start + self.page_size

        async def mapped() -> list[L]:
            return [work(one) for one in self.listings[start:end]]

        return CataloguePage(
            mapped,
            len(self.listings),
            str(end) if end < len(self.listings) else None,
        )

    async def read(self, listing_ids: Sequence[str]) -> dict[str, ReadListing | None]:
        if "read" in self.problems:
            raise self.problems.pop("read")
        there = [one for one in self.listings if one.listing_id not in self.gone]
        known = {one.listing_id: read_listing(one) for one in there}
        return {listing_id: known.get(listing_id) for listing_id in listing_ids}


@dataclass
class FakeMappings:
    """The mappers of a release: its version, and whether stored payloads map as before."""

    current: str = "etsy-1"
    equal: bool = True
    asked_about: list[str] = field(default_factory=list)

    def version(self, marketplace: Marketplace) -> str:
        return self.current

    def same(
        self, marketplace: Marketplace, settings: Mapping[str, Any], payloads: Sequence[SampledPayload]
    ) -> bool:
        self.asked_about = [payload.listing_id for payload in payloads]
        return self.equal


def seeded(
    imported: ListingImported,
    outcome: SeedOutcome = SeedOutcome.CREATED,
    *,
    at: datetime = T0,
    reasons: tuple[str, ...] = (),
) -> InventorySeeded:
    return InventorySeeded(
        workspace_id=imported.workspace_id,
        occurred_at=at,
        correlation_id=imported.batch_id,
        connection_id=imported.connection_id,
        marketplace=imported.marketplace,
        account_id=imported.account_id,
        listing_id=imported.listing.listing_id,
        batch_id=imported.batch_id,
        batch_kind=imported.batch_kind,
        sequence=imported.sequence,
        outcome=outcome,
        reasons=reasons,
        evidence=imported.evidence,
    )


def validated(
    imported: ListingImported,
    verdict: Verdict = Verdict.PASSED,
    *,
    version: int = 1,
    issues: tuple[OpenIssue, ...] = (),
    findings: tuple[Finding, ...] = (),
    item_id: UUID | None = None,
) -> SyncValidated:
    return SyncValidated(
        workspace_id=imported.workspace_id,
        occurred_at=T0,
        correlation_id=imported.batch_id,
        connection_id=imported.connection_id,
        marketplace=imported.marketplace,
        listing_id=imported.listing.listing_id,
        batch_id=imported.batch_id,
        version=version,
        sequence=imported.sequence,
        item_id=item_id,
        item_version=1,
        fingerprint="f",
        verdict=verdict,
        findings=findings,
        open_issues=issues,
    )
