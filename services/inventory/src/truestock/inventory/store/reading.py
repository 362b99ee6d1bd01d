"""What people look at: pages and totals, read without locks."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text

from truestock.inventory.domain.model import Item
from truestock.inventory.domain.policies import Policies
from truestock.inventory.store import locking
from truestock.inventory.store.work import Store

NIL = UUID(int=0)

PAGE = text(
    """
    SELECT i.item_id FROM items i
    WHERE i.workspace_id = :workspace_id AND i.item_id > :after
      AND (CAST(:state AS text) IS NULL OR i.state = :state)
      AND (CAST(:q AS text) IS NULL OR i.fields ->> 'title' ILIKE :q)
      AND (CAST(:sku AS text) IS NULL OR EXISTS (
            SELECT 1 FROM variants v
            WHERE v.item_id = i.item_id AND v.workspace_id = :workspace_id AND v.sku = :sku
              AND NOT v.retired))
      AND (CAST(:connection_id AS uuid) IS NULL OR EXISTS (
            SELECT 1 FROM channel_listings l
            WHERE l.item_id = i.item_id AND l.connection_id = :connection_id))
    ORDER BY i.item_id LIMIT :limit
    """
)
MOVEMENTS = text(
    """
    SELECT * FROM movements
    WHERE workspace_id = :workspace_id AND item_id = :item_id AND movement_id > :after
    ORDER BY movement_id LIMIT :limit
    """
)
PART = """
    WHERE {row}.workspace_id = :workspace_id AND {row}.{id} > :after
      AND (CAST(:id AS uuid) IS NULL OR {row}.{id} = :id)
      AND (CAST(:state AS text) IS NULL OR {row}.state = :state)
      AND (CAST(:connection_id AS uuid) IS NULL OR {row}.connection_id = :connection_id)
      AND (CAST(:batch_id AS uuid) IS NULL OR {row}.batch_id = :batch_id)
    ORDER BY {row}.{id} LIMIT :limit
"""
HELD = text(
    f"""
    SELECT h.*, (SELECT coalesce(jsonb_agg(jsonb_build_object(
                    'item_id', i.item_id, 'title', i.fields ->> 'title') ORDER BY i.item_id), '[]')
                 FROM items i WHERE i.item_id = ANY (h.candidates))::text AS candidate_items
    FROM held h
    {PART.format(row="h", id="held_id")}
    """  # noqa: S608  # put together from constants
)
SPLITS = text(
    f"""
    SELECT s.*, i.fields ->> 'title' AS title, v.on_hand
    FROM splits s JOIN items i USING (item_id) JOIN variants v ON v.variant_id = s.variant_id
    {PART.format(row="s", id="split_id")}
    """  # noqa: S608  # put together from constants
)
PROPOSALS = text(
    f"""
    SELECT p.proposal_id, p.item_id, p.connection_id, p.listing_id, p.batch_id, p.state,
           p.decision, p.revision,
           p.differences::text AS differences, i.fields ->> 'title' AS title
    FROM proposals p JOIN items i USING (item_id)
    {PART.format(row="p", id="proposal_id")}
    """  # noqa: S608  # put together from constants
)
CHOSEN = """
    SELECT i.item_id FROM items i
    WHERE i.workspace_id = :workspace_id AND i.state = 'active'
      AND (CAST(:connection_id AS uuid) IS NULL OR EXISTS (
            SELECT 1 FROM channel_listings l
            WHERE l.item_id = i.item_id AND l.connection_id = :connection_id))
      AND (CAST(:batch_id AS uuid) IS NULL OR i.item_id IN (
            SELECT s.item_id FROM seedings s WHERE s.batch_id = :batch_id AND s.undone_at IS NULL))
"""
OPEN = """
    (SELECT count(*) FROM {table} w
     WHERE w.workspace_id = :workspace_id AND w.state = 'open'
       AND (CAST(:connection_id AS uuid) IS NULL OR w.connection_id = :connection_id)
       AND (CAST(:batch_id AS uuid) IS NULL OR w.batch_id = :batch_id))
"""
SUMMARY = text(
    f"""
    WITH chosen AS ({CHOSEN})
    SELECT (SELECT count(*) FROM chosen) AS items, count(v.variant_id) AS variants,
           coalesce(sum(v.on_hand), 0) AS stock,
           count(v.variant_id) FILTER (WHERE v.on_hand IS NULL) AS unknown_stock,
           {OPEN.format(table="held")} AS held,
           {OPEN.format(table="splits")} AS open_splits,
           {OPEN.format(table="proposals")} AS open_proposals
    FROM chosen c JOIN variants v USING (item_id) WHERE NOT v.retired
    """  # noqa: S608  # put together from the constants above
)
OUTCOMES = text(
    """
    SELECT outcome, count(*) AS listings FROM (
        SELECT DISTINCT ON (connection_id, listing_id) outcome FROM seedings
        WHERE workspace_id = :workspace_id AND undone_at IS NULL
          AND (CAST(:connection_id AS uuid) IS NULL OR connection_id = :connection_id)
          AND (CAST(:batch_id AS uuid) IS NULL OR batch_id = :batch_id)
        ORDER BY connection_id, listing_id, seeding_id DESC) newest
    GROUP BY outcome ORDER BY outcome
    """
)
_STATEMENTS = {"held": HELD, "splits": SPLITS, "proposals": PROPOSALS}


class Reading:
    """Read-only looks at one workspace."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def item(self, workspace_id: UUID, item_id: UUID) -> Item | None:
        """One item, archived ones included."""
        async with self._store.begin([workspace_id]) as work:
            return (await locking.read_items(work.connection, [item_id])).get(item_id)

    async def items(
        self,
        workspace_id: UUID,
        *,
        after: UUID = NIL,
        limit: int = 100,
        state: str | None = "active",
        q: str | None = None,
        sku: str | None = None,
        connection_id: UUID | None = None,
    ) -> list[Item]:
        """A page of items by id; ``q`` is part of the title, ``sku`` exact."""
        like = None if q is None else "%" + q.translate(_LIKE) + "%"
        async with self._store.begin([workspace_id]) as work:
            ids = await work.connection.execute(
                PAGE,
                {
                    "workspace_id": workspace_id,
                    "after": after,
                    "limit": limit,
                    "state": state,
                    "q": like,
                    "sku": sku,
                    "connection_id": connection_id,
                },
            )
            found = await locking.read_items(work.connection, list(ids.scalars()))
            return [found[item_id] for item_id in sorted(found)]

    async def snapshot(self, workspace_id: UUID, after: UUID, limit: int) -> tuple[int, list[Item], Policies]:
        """A page of active items with what their events need: the epoch and the policies."""
        found = await self.items(workspace_id, after=after, limit=limit)
        async with self._store.begin([workspace_id]) as work:
            return work.epoch, found, await work.policies(workspace_id)

    async def movements(self, workspace_id: UUID, item_id: UUID, after: UUID, limit: int) -> Sequence[Any]:
        """A page of an item's ledger, oldest first."""
        values = {"workspace_id": workspace_id, "item_id": item_id, "after": after, "limit": limit}
        async with self._store.begin([workspace_id]) as work:
            return (await work.connection.execute(MOVEMENTS, values)).all()

    async def waiting(
        self,
        what: str,
        workspace_id: UUID,
        *,
        after: UUID = NIL,
        limit: int = 100,
        state: str | None = "open",
        connection_id: UUID | None = None,
        batch_id: UUID | None = None,
        identifier: UUID | None = None,
    ) -> Sequence[Any]:
        """A page of ``held``, ``splits`` or ``proposals``."""
        values = {
            "workspace_id": workspace_id,
            "after": after,
            "limit": limit,
            "state": state,
            "connection_id": connection_id,
            "batch_id": batch_id,
            "id": identifier,
        }
        async with self._store.begin([workspace_id]) as work:
            return (await work.connection.execute(_STATEMENTS[what], values)).all()

    async def summary(
        self, workspace_id: UUID, connection_id: UUID | None, batch_id: UUID | None
    ) -> dict[str, Any]:
        """Totals of active items, what is open, and each listing's newest outcome."""
        values = {"workspace_id": workspace_id, "connection_id": connection_id, "batch_id": batch_id}
        async with self._store.begin([workspace_id]) as work:
            totals = dict((await work.connection.execute(SUMMARY, values)).mappings().one())
            outcomes = await work.connection.execute(OUTCOMES, values)
            return totals | {"outcomes": {row.outcome: row.listings for row in outcomes}}

    async def policies(self, workspace_id: UUID) -> Policies:
        """The workspace's policies."""
        async with self._store.begin([workspace_id]) as work:
            return await work.policies(workspace_id)


_LIKE = str.maketrans({"%": r"\%", "_": r"\_", "\\": r"\\"})
