"""Everything a batch's decisions depend on, with a fixed number of statements, rows locked in key order.

Lock order everywhere: channel listings named by the caller, claims, items, the items' channel listings.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from decimal import Decimal
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from truestock.contracts.events import ListingImported, PriceRule
from truestock.inventory.domain.known import Known
from truestock.inventory.domain.model import ChannelListing, Item, ListingKey, ListingState, Variant
from truestock.inventory.domain.policies import ChannelRule, Policies
from truestock.inventory.domain.records import JournalEntry
from truestock.inventory.store import rows

LISTING_COLUMNS = """
    l.connection_id, l.listing_id, l.workspace_id, l.marketplace, l.account_id, l.sequence, l.batch_id,
    l.batch_kind, l.state, l.item_id, l.variants::text AS variants, l.channel::text AS channel,
    l.currency_missing, l.fingerprint, l.push_allowed, l.held_id, l.proposal_id, l.proposal_digest, l.revision
"""
LISTINGS = text(
    f"""
    SELECT {LISTING_COLUMNS} FROM channel_listings l
    JOIN unnest(CAST(:connections AS uuid[]), CAST(:listings AS text[])) AS k (connection_id, listing_id)
      USING (connection_id, listing_id)
    ORDER BY l.connection_id, l.listing_id FOR UPDATE OF l
    """  # noqa: S608  # only the constant above
)
CLAIM = text(
    """
    INSERT INTO claims (workspace_id, key)
    SELECT w, k FROM unnest(CAST(:workspaces AS uuid[]), CAST(:keys AS text[])) AS c (w, k) ORDER BY w, k
    ON CONFLICT DO NOTHING
    """
)
LOCK_CLAIMS = text(
    """
    SELECT 1 FROM claims c
    JOIN unnest(CAST(:workspaces AS uuid[]), CAST(:keys AS text[])) AS k (workspace_id, key)
      USING (workspace_id, key)
    ORDER BY c.workspace_id, c.key FOR UPDATE OF c
    """
)
# OFFSET 0 keeps the look-ups one index probe per key: a catalogue that is being imported for the first
# time has no statistics yet, and a join planned without them reads whole tables.
CANDIDATES = text(
    """
    SELECT v.item_id
    FROM unnest(CAST(:sku_workspaces AS uuid[]), CAST(:skus AS text[])) AS k (workspace_id, sku),
         LATERAL (SELECT item_id FROM variants
                  WHERE workspace_id = k.workspace_id AND sku = k.sku AND NOT retired OFFSET 0) v,
         LATERAL (SELECT 1 FROM items WHERE item_id = v.item_id AND state = 'active' OFFSET 0) i
    UNION
    SELECT i.item_id
    FROM unnest(CAST(:title_workspaces AS uuid[]), CAST(:titles AS text[])) AS k (workspace_id, match_key),
         LATERAL (SELECT item_id FROM items
                  WHERE workspace_id = k.workspace_id AND match_key = k.match_key AND match_key <> ''
                    AND state = 'active' OFFSET 0) i
    UNION
    -- who else has the SKUs of the items with that title: a SKU that is shared identifies nothing
    SELECT others.item_id
    FROM unnest(CAST(:title_workspaces AS uuid[]), CAST(:titles AS text[])) AS k (workspace_id, match_key),
         LATERAL (SELECT item_id FROM items
                  WHERE workspace_id = k.workspace_id AND match_key = k.match_key AND match_key <> ''
                    AND state = 'active' OFFSET 0) same,
         LATERAL (SELECT sku FROM variants
                  WHERE item_id = same.item_id AND sku IS NOT NULL AND NOT retired OFFSET 0) v,
         LATERAL (SELECT item_id FROM variants
                  WHERE workspace_id = k.workspace_id AND sku = v.sku AND NOT retired OFFSET 0) others,
         LATERAL (SELECT 1 FROM items WHERE item_id = others.item_id AND state = 'active' OFFSET 0) active
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
ITEM_LISTINGS = text(
    f"""
    SELECT {LISTING_COLUMNS} FROM channel_listings l WHERE l.item_id = ANY (CAST(:items AS uuid[]))
    ORDER BY l.connection_id, l.listing_id FOR UPDATE
    """  # noqa: S608  # only the constant above
)
READ_ITEM_LISTINGS = text(str(ITEM_LISTINGS).replace("FOR UPDATE", ""))
SURROUNDINGS = text(
    """
    SELECT 'policies' AS kind, workspace_id AS id, buffers::text AS a, price_rules::text AS b,
           revision, NULL::timestamptz AS at
    FROM policies WHERE workspace_id = ANY (CAST(:workspaces AS uuid[]))
    UNION ALL
    SELECT 'connection', connection_id, NULL, NULL, NULL, disconnected_at
    FROM connections
    WHERE connection_id = ANY (CAST(:connections AS uuid[])) AND disconnected_at IS NOT NULL
    UNION ALL
    SELECT 'undone', batch_id, NULL, NULL, NULL, NULL
    FROM undone_batches WHERE batch_id = ANY (CAST(:batches AS uuid[]))
    """
)


async def listings(
    connection: AsyncConnection, keys: Collection[ListingKey]
) -> dict[ListingKey, ChannelListing]:
    """Lock and read channel listings."""
    ordered = sorted(keys)
    found = await connection.execute(
        LISTINGS, {"connections": [c for c, _ in ordered], "listings": [lid for _, lid in ordered]}
    )
    return {each.key: each for each in map(rows.listing, found)}


async def claim(connection: AsyncConnection, keys: Collection[tuple[UUID, str]]) -> None:
    """Lock (workspace, key) in sorted order until the transaction ends: concurrent imports agree."""
    if not keys:
        return
    ordered = sorted(keys)
    values = {"workspaces": [w for w, _ in ordered], "keys": [k for _, k in ordered]}
    await connection.execute(CLAIM, values)
    await connection.execute(LOCK_CLAIMS, values)


async def items(
    connection: AsyncConnection, item_ids: Collection[UUID], *, lock: bool = True
) -> dict[UUID, Item]:
    """Items with their variants and channel listings, locked in id order."""
    if not item_ids:
        return {}
    values = {"items": sorted(item_ids)}
    heads = (await connection.execute(ITEMS if lock else READ_ITEMS, values)).all()
    variants: dict[UUID, list[Variant]] = defaultdict(list)
    for row in await connection.execute(VARIANTS, values):
        variants[row.item_id].append(rows.variant(row))
    linked: dict[UUID, list[ChannelListing]] = defaultdict(list)
    for row in await connection.execute(ITEM_LISTINGS if lock else READ_ITEM_LISTINGS, values):
        linked[row.item_id].append(rows.listing(row))
    return {row.item_id: rows.item(row, variants[row.item_id], linked[row.item_id]) for row in heads}


async def policies(connection: AsyncConnection, workspace_id: UUID) -> Policies:
    """A workspace's policies; the defaults when none were set."""
    known = Known()
    await _surroundings(connection, known, {workspace_id}, set(), set())
    return known.policies_of(workspace_id)


async def for_items(
    connection: AsyncConnection, workspace_id: UUID, item_ids: Collection[UUID], skus: Collection[str]
) -> Known:
    """The working set of a command: the items, whoever has one of the SKUs (claimed), the policies."""
    known = Known()
    wanted = set(item_ids)
    if skus:
        await claim(connection, {(workspace_id, f"sku:{sku}") for sku in skus})
        wanted |= await _candidates(connection, {(workspace_id, sku) for sku in skus}, set())
    for each in (await items(connection, wanted)).values():
        known.put(each)
    await _surroundings(connection, known, {workspace_id}, set(), set())
    return known


async def _candidates(
    connection: AsyncConnection, skus: set[tuple[UUID, str]], titles: set[tuple[UUID, str]]
) -> set[UUID]:
    if not skus and not titles:
        return set()
    found = await connection.execute(
        CANDIDATES,
        {
            "sku_workspaces": [w for w, _ in skus],
            "skus": [s for _, s in skus],
            "title_workspaces": [w for w, _ in titles],
            "titles": [t for _, t in titles],
        },
    )
    return set(found.scalars())


async def for_imports(
    connection: AsyncConnection, events: Sequence[ListingImported], also: Collection[UUID] = ()
) -> Known:
    """The working set of a batch of imports, whichever workspaces they belong to, and other items."""
    known = Known()
    found = await listings(connection, {(e.connection_id, e.listing.listing_id) for e in events})
    skus: set[tuple[UUID, str]] = set()
    titles: set[tuple[UUID, str]] = set()
    for event in events:
        skus |= {(event.workspace_id, v.sku) for v in event.listing.variants if v.sku}
        before = found.get((event.connection_id, event.listing.listing_id))
        if before is None or before.state in (ListingState.UNLINKED, ListingState.HELD):
            key = known.match_key_of(event.listing)
            if key:
                titles.add((event.workspace_id, key))
    await claim(connection, {(w, f"sku:{s}") for w, s in skus} | {(w, f"title:{t}") for w, t in titles})
    wanted = await _candidates(connection, skus, titles) | set(also)
    wanted |= {each.item_id for each in found.values() if each.item_id is not None}
    for each in (await items(connection, wanted)).values():
        known.put(each)
    for listing in found.values():
        known.put_listing(listing)
    await _surroundings(
        connection,
        known,
        {event.workspace_id for event in events},
        {event.connection_id for event in events},
        {event.batch_id for event in events},
    )
    return known


async def for_undo(connection: AsyncConnection, workspace_id: UUID, entries: Sequence[JournalEntry]) -> Known:
    """The working set of an undo: the entries' listings, the items of now, of then and those created."""
    known = Known()
    found = await listings(connection, {(e.connection_id, e.listing_id) for e in entries})
    wanted = {each.item_id for each in found.values()} | {entry.item_id for entry in entries}
    wanted |= {entry.effects.before.item_id for entry in entries if entry.effects.before}
    for each in (await items(connection, {each for each in wanted if each is not None})).values():
        known.put(each)
    for listing in found.values():
        known.put_listing(listing)
    await _surroundings(connection, known, {workspace_id}, set(), set())
    return known


async def _surroundings(
    connection: AsyncConnection,
    known: Known,
    workspaces: set[UUID],
    connections: set[UUID],
    batches: set[UUID],
) -> None:
    found = await connection.execute(
        SURROUNDINGS,
        {"workspaces": list(workspaces), "connections": list(connections), "batches": list(batches)},
    )
    for row in found:
        if row.kind == "policies":
            known.policies[row.id] = Policies(
                orjson.loads(row.a), _price_rules(orjson.loads(row.b)), row.revision
            )
        elif row.kind == "connection":
            known.disconnected_at[row.id] = row.at
        else:
            known.undone_batches.add(row.id)


def _price_rules(body: dict[str, dict[str, str | None]]) -> dict[UUID, ChannelRule]:
    return {
        UUID(connection_id): ChannelRule(
            PriceRule.model_validate({"kind": rule["kind"], "value": rule["value"]}),
            Decimal(rule["tolerance"] or 0),
        )
        for connection_id, rule in body.items()
    }
