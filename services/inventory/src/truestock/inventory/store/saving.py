"""New states to rows: one write per table, whatever the size of the batch, rows in key order.

Nothing is written here: :func:`truestock.chassis.statements.write` runs what the functions return.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from truestock.chassis.statements import Write
from truestock.inventory.domain.model import ChannelListing, Item, ListingKey, Movement
from truestock.inventory.domain.records import Seeding
from truestock.inventory.store import rows

ITEMS = text(
    """
    INSERT INTO items (item_id, workspace_id, version, state, fields, match_key, touches, split_id,
                       split_digest)
    SELECT a, b, c, d, e::jsonb, f, g, h, i
    FROM unnest(CAST(:a AS uuid[]), CAST(:b AS uuid[]), CAST(:c AS int[]), CAST(:d AS text[]),
                CAST(:e AS text[]), CAST(:f AS text[]), CAST(:g AS int[]), CAST(:h AS uuid[]),
                CAST(:i AS text[])) AS r (a, b, c, d, e, f, g, h, i)
    ORDER BY a
    ON CONFLICT (item_id) DO UPDATE SET
        version = excluded.version, state = excluded.state, fields = excluded.fields,
        match_key = excluded.match_key, touches = excluded.touches, split_id = excluded.split_id,
        split_digest = excluded.split_digest, updated_at = now()
    WHERE items.version < excluded.version
    RETURNING 1
    """
)
VARIANTS = text(
    """
    INSERT INTO variants (variant_id, workspace_id, item_id, position, sku, gtin, options, on_hand,
                          confirmed, price_amount, price_currency, split_id)
    SELECT a, b, c, d, e, f, g::jsonb, h, i, j, k, l
    FROM unnest(CAST(:a AS uuid[]), CAST(:b AS uuid[]), CAST(:c AS uuid[]), CAST(:d AS int[]),
                CAST(:e AS text[]), CAST(:f AS text[]), CAST(:g AS text[]), CAST(:h AS int[]),
                CAST(:i AS bool[]), CAST(:j AS numeric[]), CAST(:k AS text[]), CAST(:l AS uuid[]))
         AS r (a, b, c, d, e, f, g, h, i, j, k, l)
    ORDER BY a
    ON CONFLICT (variant_id) DO UPDATE SET
        position = excluded.position, sku = excluded.sku, gtin = excluded.gtin,
        options = excluded.options, on_hand = excluded.on_hand, confirmed = excluded.confirmed,
        price_amount = excluded.price_amount, price_currency = excluded.price_currency,
        split_id = excluded.split_id
    """
)
RETIRE = text("UPDATE variants SET retired = true, on_hand = 0 WHERE variant_id = ANY (CAST(:ids AS uuid[]))")
LISTINGS = text(
    """
    INSERT INTO channel_listings AS l
        (connection_id, listing_id, workspace_id, marketplace, account_id, sequence, batch_id, batch_kind,
         state, item_id, variants, channel, currency_missing, fingerprint, push_allowed, held_id,
         proposal_id, proposal_digest, revision)
    SELECT a, b, c, d, e, f, g, h, i, j, k::jsonb, m::jsonb, n, o, p, q, r, s, t
    FROM unnest(CAST(:a AS uuid[]), CAST(:b AS text[]), CAST(:c AS uuid[]), CAST(:d AS text[]),
                CAST(:e AS text[]), CAST(:f AS bigint[]), CAST(:g AS uuid[]), CAST(:h AS text[]),
                CAST(:i AS text[]), CAST(:j AS uuid[]), CAST(:k AS text[]), CAST(:m AS text[]),
                CAST(:n AS bool[]), CAST(:o AS text[]), CAST(:p AS bool[]), CAST(:q AS uuid[]),
                CAST(:r AS uuid[]), CAST(:s AS text[]), CAST(:t AS int[]))
         AS x (a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q, r, s, t)
    ORDER BY a, b
    ON CONFLICT (connection_id, listing_id) DO UPDATE SET
        account_id = excluded.account_id, sequence = excluded.sequence, batch_id = excluded.batch_id,
        batch_kind = excluded.batch_kind, state = excluded.state, item_id = excluded.item_id,
        variants = excluded.variants, channel = excluded.channel,
        currency_missing = excluded.currency_missing, fingerprint = excluded.fingerprint,
        push_allowed = excluded.push_allowed, held_id = excluded.held_id,
        proposal_id = excluded.proposal_id, proposal_digest = excluded.proposal_digest,
        revision = excluded.revision
    WHERE l.revision = excluded.revision - 1 AND l.workspace_id = excluded.workspace_id
    RETURNING 1
    """
)
MOVEMENTS = text(
    """
    INSERT INTO movements (movement_id, workspace_id, item_id, variant_id, kind, quantity, reason, "by", at)
    SELECT * FROM unnest(CAST(:a AS uuid[]), CAST(:b AS uuid[]), CAST(:c AS uuid[]), CAST(:d AS uuid[]),
                         CAST(:e AS text[]), CAST(:f AS int[]), CAST(:g AS text[]), CAST(:h AS text[]),
                         CAST(:i AS timestamptz[]))
    """
)
JOURNAL = text(
    """
    INSERT INTO seedings (seeding_id, workspace_id, connection_id, listing_id, batch_id, item_id, outcome,
                          reasons, effects, at)
    SELECT a, b, c, d, e, f, g, h, i::jsonb, j
    FROM unnest(CAST(:a AS uuid[]), CAST(:b AS uuid[]), CAST(:c AS uuid[]), CAST(:d AS text[]),
                CAST(:e AS uuid[]), CAST(:f AS uuid[]), CAST(:g AS text[]), CAST(:h AS text[]),
                CAST(:i AS text[]), CAST(:j AS timestamptz[])) AS r (a, b, c, d, e, f, g, h, i, j)
    """
)


def items(after: Iterable[Item], before: Mapping[UUID, Item]) -> Iterator[Write]:
    """Write items with a new version, and of their variants those that changed.

    Lost when another transaction wrote a newer version (its lock was lost).
    """
    old = {item_id: item.version for item_id, item in before.items()}
    changed = sorted((each for each in after if each.version != old.get(each.item_id)), key=_item_id)
    if not changed:
        return
    columns = zip(
        *(
            (
                i.item_id,
                i.workspace_id,
                i.version,
                i.state.value,
                _pg(i.fields.model_dump_json()),
                i.match_key,
                i.touches,
                i.split_id,
                i.split_digest,
            )
            for i in changed
        ),
        strict=True,
    )
    lost = "another transaction wrote one of these items first"
    yield Write(ITEMS, _named("abcdefghi", columns), len(changed), lost)
    yield from _variants(changed, before)


def _variants(changed: Sequence[Item], before: Mapping[UUID, Item]) -> Iterator[Write]:
    lines = []
    gone: list[UUID] = []
    for item in changed:
        old = before.get(item.item_id)
        known = {v.variant_id: (n, v) for n, v in enumerate(old.variants)} if old else {}
        for position, v in enumerate(item.variants):
            if known.pop(v.variant_id, None) == (position, v):
                continue
            price = (v.price.amount, v.price.currency) if v.price else (None, None)
            lines.append(
                (
                    v.variant_id,
                    item.workspace_id,
                    item.item_id,
                    position,
                    v.sku,
                    v.gtin,
                    _pg(rows.options_json(v.options)),
                    v.on_hand,
                    v.confirmed,
                    *price,
                    v.split_id,
                )
            )
        gone += known
    if lines:
        yield Write(VARIANTS, _named("abcdefghijkl", zip(*lines, strict=True)), len(lines))
    if gone:
        yield Write(RETIRE, {"ids": sorted(gone)}, len(gone))


def listings(
    after: Collection[ChannelListing], before: Mapping[ListingKey, ChannelListing]
) -> Iterator[Write]:
    """Write channel listings that changed; lost when one was written by somebody else."""
    changed = sorted((each for each in after if each != before.get(each.key)), key=lambda each: each.key)
    if not changed:
        return
    columns = zip(
        *(
            (
                i.connection_id,
                i.listing_id,
                i.workspace_id,
                i.marketplace.value,
                i.account_id,
                i.sequence,
                i.batch_id,
                i.batch_kind.value,
                i.state.value,
                i.item_id,
                rows.listed_json(i.variants),
                None if i.channel is None else rows.json_text(i.channel),
                i.currency_missing,
                i.fingerprint,
                i.push_allowed,
                i.held_id,
                i.proposal_id,
                i.proposal_digest,
                i.revision + 1,
            )
            for i in changed
        ),
        strict=True,
    )
    lost = "another transaction wrote one of these channel listings first"
    yield Write(LISTINGS, _named("abcdefghijkmnopqrst", columns), len(changed), lost)


def movements(lines: Sequence[Movement]) -> Iterator[Write]:
    """Append to the ledger."""
    if not lines:
        return
    columns = zip(
        *(
            (
                m.movement_id,
                m.workspace_id,
                m.item_id,
                m.variant_id,
                m.kind.value,
                m.quantity,
                m.reason,
                m.by,
                m.at,
            )
            for m in lines
        ),
        strict=True,
    )
    yield Write(MOVEMENTS, _named("abcdefghi", columns), len(lines))


def journal(seedings: Sequence[Seeding], ids: Sequence[UUID], now: datetime) -> Iterator[Write]:
    """One line per seeding: its outcome, and what an undo needs."""
    if not seedings:
        return
    columns = zip(
        *(
            (
                seeding_id,
                s.event.workspace_id,
                s.event.connection_id,
                s.event.listing.listing_id,
                s.event.batch_id,
                s.item.item_id if s.item else (s.state.item_id if s.state else None),
                s.outcome.value,
                _pg("\n".join(s.reasons)),
                _pg(rows.effects_json(s.effects)),
                now,
            )
            for seeding_id, s in zip(ids, seedings, strict=True)
        ),
        strict=True,
    )
    yield Write(JOURNAL, _named("abcdefghij", columns), len(seedings))


def _named(names: str, columns: Iterable[Iterable[Any]]) -> dict[str, list[Any]]:
    return {name: list(column) for name, column in zip(names, columns, strict=True)}


def _item_id(item: Item) -> UUID:
    return item.item_id


def _pg(body: str) -> str:
    # PostgreSQL stores no NUL, neither in text nor in jsonb.
    return body.replace("\\u0000", "").replace("\x00", "") if "\x00" in body or "\\u0000" in body else body
