"""Items and channel listings with their locks, always taken in the same order, rows in key order.

Lock order everywhere: claims, items, channel listings. What listings point at is therefore read before
they are locked, and looked at again afterwards. Held listings, splits, proposals and the journal belong
to a channel listing or an item and change only under its lock.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from truestock.chassis.statements import Row, fetch
from truestock.inventory.domain.model import ChannelListing, Item, ListingKey, Variant
from truestock.inventory.store import rows

LISTING_COLUMNS = """
    l.connection_id, l.listing_id, l.workspace_id, l.marketplace, l.account_id, l.sequence, l.batch_id,
    l.batch_kind, l.state, l.item_id, l.variants::text AS variants, l.channel::text AS channel,
    l.currency_missing, l.fingerprint, l.push_allowed, l.held_id, l.proposal_id, l.proposal_digest, l.revision
"""
READ_LISTINGS = text(
    f"""
    SELECT {LISTING_COLUMNS} FROM channel_listings l
    JOIN unnest(CAST(:connections AS uuid[]), CAST(:listings AS text[])) AS k (connection_id, listing_id)
      USING (connection_id, listing_id)
    """  # noqa: S608  # only the constant above
)
LISTINGS = text(
    f"""
    SELECT {LISTING_COLUMNS} FROM channel_listings l
    JOIN (SELECT connection_id, listing_id FROM channel_listings WHERE item_id = ANY (CAST(:items AS uuid[]))
          UNION
          SELECT * FROM unnest(CAST(:connections AS uuid[]), CAST(:listings AS text[]))) AS k
      USING (connection_id, listing_id)
    ORDER BY l.connection_id, l.listing_id FOR UPDATE OF l
    """  # noqa: S608  # only the constant above
)
# A claim that exists is locked and not written: the condition is looked at after the row was locked.
# https://www.postgresql.org/docs/current/sql-insert.html#SQL-ON-CONFLICT
CLAIM = text(
    """
    INSERT INTO claims (workspace_id, key)
    SELECT w, k FROM unnest(CAST(:workspaces AS uuid[]), CAST(:keys AS text[])) AS c (w, k) ORDER BY w, k
    ON CONFLICT (workspace_id, key) DO UPDATE SET key = excluded.key WHERE false
    """
)
ITEMS = text(
    """
    SELECT item_id, workspace_id, version, state, fields::text AS fields, match_key, touches, split_id,
           split_digest
    FROM items WHERE item_id = ANY (CAST(:items AS uuid[])) ORDER BY item_id FOR UPDATE
    """
)
READ_ITEMS = text(str(ITEMS).replace("FOR UPDATE", ""))
VARIANTS = text(
    """
    SELECT variant_id, item_id, sku, gtin, options::text AS options, on_hand, confirmed, price_amount,
           price_currency, split_id
    FROM variants WHERE item_id = ANY (CAST(:items AS uuid[])) AND NOT retired
    ORDER BY item_id, position, variant_id
    """
)
READ_ITEM_LISTINGS = text(
    f"""
    SELECT {LISTING_COLUMNS} FROM channel_listings l WHERE l.item_id = ANY (CAST(:items AS uuid[]))
    ORDER BY l.connection_id, l.listing_id
    """  # noqa: S608  # only the constant above
)
Listings = dict[ListingKey, ChannelListing]


async def read_listings(connection: AsyncConnection, keys: Collection[ListingKey]) -> Listings:
    """Channel listings as they are now, without locks."""
    found = await fetch(connection, READ_LISTINGS, _keys(keys))
    return {each.key: each for each in map(rows.listing, found)}


def _keys(keys: Collection[ListingKey]) -> dict[str, list[Any]]:
    ordered = sorted(keys)
    return {"connections": [c for c, _ in ordered], "listings": [lid for _, lid in ordered]}


async def claim(connection: AsyncConnection, keys: Collection[tuple[UUID, str]]) -> None:
    """Lock (workspace, key) in the statements' order until the transaction ends: concurrent imports agree."""
    if not keys:
        return
    values = {"workspaces": [w for w, _ in keys], "keys": [k for _, k in keys]}
    await fetch(connection, CLAIM, values)


async def read_items(connection: AsyncConnection, item_ids: Collection[UUID]) -> dict[UUID, Item]:
    """Items with their variants and channel listings, as they are now, without locks."""
    heads, variants = await _heads(connection, item_ids, READ_ITEMS)
    found = await fetch(connection, READ_ITEM_LISTINGS, {"items": sorted(item_ids)})
    return _items(heads, variants, map(rows.listing, found))


async def lock(
    connection: AsyncConnection, item_ids: Collection[UUID], keys: Collection[ListingKey] = ()
) -> tuple[dict[UUID, Item], Listings]:
    """Items in id order, then their channel listings and those named, in key order."""
    heads, variants = await _heads(connection, item_ids, ITEMS) if item_ids else ([], {})
    if not item_ids and not keys:
        return {}, {}
    found = await fetch(connection, LISTINGS, {"items": sorted(item_ids), **_keys(keys)})
    locked = {each.key: each for each in map(rows.listing, found)}
    return _items(heads, variants, locked.values()), locked


async def _heads(
    connection: AsyncConnection, item_ids: Collection[UUID], statement: TextClause
) -> tuple[Sequence[Row], dict[UUID, list[Variant]]]:
    values = {"items": sorted(item_ids)}
    heads = await fetch(connection, statement, values)
    variants: dict[UUID, list[Variant]] = defaultdict(list)
    for row in await fetch(connection, VARIANTS, values):
        variants[row.item_id].append(rows.variant(row))
    return heads, variants


def _items(
    heads: Sequence[Row], variants: dict[UUID, list[Variant]], listings: Iterable[ChannelListing]
) -> dict[UUID, Item]:
    linked: dict[UUID | None, list[ChannelListing]] = defaultdict(list)
    for listing in listings:
        linked[listing.item_id].append(listing)
    return {
        row.item_id: rows.item(row, variants.get(row.item_id, []), linked.get(row.item_id, []))
        for row in heads
    }
