"""Everything a batch's decisions depend on, with a fixed number of statements (locks: see locking.py)."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from decimal import Decimal
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from truestock.chassis.statements import fetch
from truestock.contracts.events import ListingImported, PriceRule
from truestock.inventory.domain.known import Known
from truestock.inventory.domain.model import ListingKey, ListingState
from truestock.inventory.domain.policies import ChannelRule, Policies
from truestock.inventory.domain.records import JournalEntry
from truestock.inventory.store.locking import Listings, claim, lock, read_listings

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
    for each in (await lock(connection, wanted))[0].values():
        known.put(each)
    await _surroundings(connection, known, {workspace_id}, set(), set())
    return known


async def _candidates(
    connection: AsyncConnection, skus: set[tuple[UUID, str]], titles: set[tuple[UUID, str]]
) -> set[UUID]:
    if not skus and not titles:
        return set()
    found = await fetch(
        connection,
        CANDIDATES,
        {
            "sku_workspaces": [w for w, _ in skus],
            "skus": [s for _, s in skus],
            "title_workspaces": [w for w, _ in titles],
            "titles": [t for _, t in titles],
        },
    )
    return {row.item_id for row in found}


async def for_imports(
    connection: AsyncConnection, events: Sequence[ListingImported], also: Collection[UUID] = ()
) -> Known:
    """The working set of a batch of imports, whichever workspaces they belong to, and other items."""
    known = Known()

    async def who_else(found: Listings) -> set[UUID]:
        skus, titles = _identities(events, found, known)
        await claim(connection, {(w, f"sku:{s}") for w, s in skus} | {(w, f"title:{t}") for w, t in titles})
        return await _candidates(connection, skus, titles)

    keys = {(e.connection_id, e.listing.listing_id) for e in events}
    await _lock_around(connection, known, keys, set(also), who_else)
    await _surroundings(
        connection,
        known,
        {event.workspace_id for event in events},
        {event.connection_id for event in events},
        {event.batch_id for event in events},
    )
    return known


def _identities(
    events: Sequence[ListingImported], found: Listings, known: Known
) -> tuple[set[tuple[UUID, str]], set[tuple[UUID, str]]]:
    """By what items are looked for: SKUs, and titles of listings that are linked to none yet."""
    skus: set[tuple[UUID, str]] = set()
    titles: set[tuple[UUID, str]] = set()
    for event in events:
        skus |= {(event.workspace_id, v.sku) for v in event.listing.variants if v.sku}
        before = found.get((event.connection_id, event.listing.listing_id))
        if before is None or before.state in (ListingState.UNLINKED, ListingState.HELD):
            key = known.match_key_of(event.listing)
            if key:
                titles.add((event.workspace_id, key))
    return skus, titles


async def for_undo(connection: AsyncConnection, workspace_id: UUID, entries: Sequence[JournalEntry]) -> Known:
    """The working set of an undo: the entries' listings, the items of now, of then and those created."""
    known = Known()
    then = {e.effects.before.item_id for e in entries if e.effects.before} | {e.item_id for e in entries}
    keys = {(e.connection_id, e.listing_id) for e in entries}
    await _lock_around(connection, known, keys, {each for each in then if each is not None})
    await _surroundings(connection, known, {workspace_id}, set(), set())
    return known


async def _lock_around(
    connection: AsyncConnection,
    known: Known,
    keys: Collection[ListingKey],
    wanted: set[UUID],
    who_else: Callable[[Listings], Awaitable[set[UUID]]] | None = None,
) -> None:
    """Load the wanted items, those that the named listings point at and those that ``who_else`` finds."""
    found = await read_listings(connection, keys)
    while True:
        wanted |= {each.item_id for each in found.values() if each.item_id is not None}
        if who_else is not None:
            wanted |= await who_else(found)
        items, locked = await lock(connection, wanted, found)
        seen, found = found, {key: locked[key] for key in found if key in locked}
        if all((found[k].item_id, found[k].state) == (was.item_id, was.state) for k, was in seen.items()):
            break
        # Somebody linked or unlinked one meanwhile: what it needs now is locked as well. That is out of
        # order, but the next round is the last, for the named listings change no more.
    for item in items.values():
        known.put(item)
    for listing in found.values():
        known.put_listing(listing)


async def _surroundings(
    connection: AsyncConnection,
    known: Known,
    workspaces: set[UUID],
    connections: set[UUID],
    batches: set[UUID],
) -> None:
    found = await fetch(
        connection,
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
