"""Turn read listings into rows, payloads and events, inside the transaction that stores the cursor."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from truestock.contracts.events import ListingImported
from truestock.contracts.listing import MappingNote, NoteCode
from truestock.contracts.values import Severity
from truestock.importer.domain.batch import Batch
from truestock.importer.domain.mapping import maps_of
from truestock.importer.domain.rows import Known, may_inherit
from truestock.importer.domain.sampling import skus_of
from truestock.importer.usecases import tracing
from truestock.importer.usecases.catalogue import ReadListing
from truestock.importer.usecases.ports import Tx
from truestock.importer.usecases.values import NewRow

PhotoProblems = Mapping[str, str]


async def import_listings(
    tx: Tx,
    batch: Batch,
    read: Sequence[ReadListing],
    *,
    currency: str | None,
    photo_problems: PhotoProblems,
    now: Callable[[], datetime],
) -> None:
    """Emit what is new or changed; an unchanged listing inherits what its last import came to."""
    unique = {one.listing.listing_id: one for one in read}
    present = await tx.rows.present(batch.batch_id, list(unique))
    fresh = [one for listing_id, one in unique.items() if listing_id not in present]
    if not fresh:
        return
    shared = await tx.listings.seen_skus(
        batch, {one.listing.listing_id: skus_of(one.listing) for one in fresh}
    )
    known = await tx.listings.known(batch.connection_id, [one.listing.listing_id for one in fresh])
    excluded = set(batch.exclude)
    rows: list[NewRow] = []
    sent: dict[str, tuple[int, bytes]] = {}
    for one in fresh:
        listing_id = one.listing.listing_id
        if listing_id in excluded:
            rows.append(_excluded(one))
            continue
        notes = photo_notes(one, photo_problems)
        row, sequence = _row(one, known.get(listing_id), notes, shared.get(listing_id, ()))
        rows.append(row)
        if sequence is not None:
            sent[listing_id] = (sequence, one.content_hash)
            with tracing.listing_span(batch, listing_id):
                tx.emit(_event(batch, one, row, currency, now()))
    await tx.payloads.keep(batch.workspace_id, [one.payload for one in fresh])
    await tx.rows.add(batch, rows)
    await tx.listings.sent(batch, sent)


def photo_notes(one: ReadListing, problems: PhotoProblems) -> tuple[MappingNote, ...]:
    """A warning per photo that could not be reached."""
    return tuple(
        MappingNote(
            code=NoteCode.PHOTO_UNREACHABLE,
            severity=Severity.WARNING,
            field=f"photos[{photo.rank}]",
            message=f"Photo {photo.rank + 1} cannot be reached: {problems[photo.url]}",
        )
        for photo in one.listing.photos
        if photo.url in problems
    )


def _row(
    one: ReadListing, known: Known | None, notes: tuple[MappingNote, ...], shared: tuple[str, ...]
) -> tuple[NewRow, int | None]:
    """The row, and the sequence of the event if one goes out."""
    inherits = may_inherit(known, one.content_hash)
    sequence = None if inherits else (known.sequence if known else 0) + 1
    row = NewRow(
        listing_id=one.listing.listing_id,
        title=one.listing.title,
        maps=maps_of(one.listing),
        notes=(*one.listing.notes, *notes),
        duplicate_skus=shared,
        sequence=sequence or 0,
        payload_hash=one.payload.hash,
        mapped_hash=one.mapped_hash,
        inherited_from=known.batch_id if inherits and known else None,
    )
    return row, sequence


def _excluded(one: ReadListing) -> NewRow:
    return NewRow(
        listing_id=one.listing.listing_id,
        title=one.listing.title,
        maps=maps_of(one.listing),
        notes=one.listing.notes,
        payload_hash=one.payload.hash,
        mapped_hash=one.mapped_hash,
        excluded_reason="excluded when the batch was started",
    )


def _event(
    batch: Batch, one: ReadListing, row: NewRow, currency: str | None, at: datetime
) -> ListingImported:
    listing = one.listing
    if len(row.notes) > len(listing.notes):
        listing = listing.model_copy(update={"notes": row.notes})
    return ListingImported(
        workspace_id=batch.workspace_id,
        occurred_at=at,
        correlation_id=batch.batch_id,
        connection_id=batch.connection_id,
        marketplace=batch.marketplace,
        account_id=batch.account_id,
        batch_id=batch.batch_id,
        batch_kind=batch.kind,
        sequence=row.sequence,
        mapping_version=batch.mapping_version,
        content_hash=one.content_hash.hex(),
        currency=currency,
        duplicate_skus=row.duplicate_skus,
        listing=listing,
        evidence=one.evidence,
    )
