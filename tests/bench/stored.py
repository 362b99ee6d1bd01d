"""Items that are in the databases before the first round, written with SQL."""

import asyncpg
from bench.backlog import workspace

_EXPRESSIONS = {
    "@workspace": "(overlay($2::text placing lpad(to_hex(n % $3), 12, '0') from 25))::uuid",
    "@connection": "md5('connection' || n % $3)::uuid",
    "@batch": "md5('batch' || n % $3)::uuid",
    "@item": "md5('item' || n)::uuid",
}

INVENTORY = (
    """
    INSERT INTO items (item_id, workspace_id, version, state, fields, match_key, touches, split_digest)
    SELECT @item, @workspace, 1, 'active',
           jsonb_build_object('title', 'Stored item ' || n, 'description', '', 'brand', null,
                              'photos', '[]'::jsonb, 'options', '[]'::jsonb),
           md5('title' || n), 0, ''
    FROM generate_series(1, $1::int) n
    """,
    """
    INSERT INTO variants (variant_id, workspace_id, item_id, position, sku, options, on_hand, confirmed,
                          price_amount, price_currency)
    SELECT md5('variant' || n || '/' || v)::uuid, @workspace, @item, v, 'stored-' || n || '-' || v,
           '[["Size", "M"]]', 5, false, 24.90, 'USD'
    FROM generate_series(1, $1::int) n, generate_series(0, 2) v
    """,
    """
    INSERT INTO claims (workspace_id, key)
    SELECT @workspace, 'sku:stored-' || n || '-' || v
    FROM generate_series(1, $1::int) n, generate_series(0, 2) v
    """,
    """
    INSERT INTO channel_listings (connection_id, listing_id, workspace_id, marketplace, account_id, sequence,
                                  batch_id, batch_kind, state, item_id, variants, channel, currency_missing,
                                  fingerprint, push_allowed, proposal_digest, revision)
    SELECT @connection, 'stored-' || n, @workspace, 'etsy', '1', 1,
           @batch, 'bulk', 'linked', @item, '[]', '{}', false, '', false, '', 1
    FROM generate_series(1, $1::int) n
    """,
    """
    INSERT INTO seedings (seeding_id, workspace_id, connection_id, listing_id, batch_id, item_id, outcome,
                          reasons, effects, at)
    SELECT md5('seeding' || n)::uuid, @workspace, @connection, 'stored-' || n,
           @batch, @item, 'created', '', '{}', now()
    FROM generate_series(1, $1::int) n
    """,
    """
    INSERT INTO movements (movement_id, workspace_id, item_id, variant_id, kind, quantity, reason, "by", at)
    SELECT md5('movement' || n || '/' || v)::uuid, @workspace, @item,
           md5('variant' || n || '/' || v)::uuid, 'opening', 5, 'stored', 'stored', now()
    FROM generate_series(1, $1::int) n, generate_series(0, 2) v
    """,
)
VALIDATOR = (
    """
    INSERT INTO subjects (workspace_id, connection_id, listing_id, marketplace, account_id, item_id,
                          item_version, fingerprint, state, state_at, seeded, batch_id, batch_kind, sequence,
                          verdict_version, validated_fingerprint, validated_at)
    SELECT @workspace, @connection, 'stored-' || n, 'etsy', '1', @item,
           1, 'f', repeat('x', 1500), now(), true, @batch, 'bulk', 1, 1, 'f', now()
    FROM generate_series(1, $1::int) n
    """,
    """
    INSERT INTO verdicts (workspace_id, batch_id, connection_id, listing_id, version, sequence, marketplace,
                          title, item_id, item_version, fingerprint, verdict, open_issues, findings,
                          validated_at)
    SELECT @workspace, @batch, @connection, 'stored-' || n, 1, 1,
           'etsy', 'Stored item ' || n, @item, 1, 'f', 'passed', '[]', 0, now()
    FROM generate_series(1, $1::int) n
    """,
)


async def fill(superuser_url: str, service: str, items: int, workspaces: int) -> None:
    """Write ``items`` items of ``workspaces`` workspaces into a migrated database of ``service``."""
    connection = await asyncpg.connect(superuser_url)
    try:
        # foreign keys hold by construction, and checking them row by row would take longest
        await connection.execute("SET session_replication_role = replica")
        for statement in INVENTORY if service == "inventory" else VALIDATOR:
            for name, expression in _EXPRESSIONS.items():
                statement = statement.replace(name, expression)
            if items:
                await connection.execute(statement, items, str(workspace(0)), workspaces, timeout=1_800)
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()


async def without_row_security(superuser_url: str) -> None:
    """Turn the policies off, to see what they cost."""
    connection = await asyncpg.connect(superuser_url)
    try:
        for row in await connection.fetch("SELECT relname FROM pg_class WHERE relrowsecurity"):
            await connection.execute(f"ALTER TABLE {row['relname']} DISABLE ROW LEVEL SECURITY")
    finally:
        await connection.close()


async def analyze(superuser_url: str) -> None:
    """Statistics are not copied with a template; without them plans differ by chance."""
    connection = await asyncpg.connect(superuser_url)
    try:
        await connection.execute("ANALYZE")
    finally:
        await connection.close()


async def grant_outbox(superuser_url: str, service: str) -> None:
    """The baselines number and keep their outbox rows as the application role, which ours may only insert."""
    connection = await asyncpg.connect(superuser_url)
    try:
        await connection.execute(f"GRANT SELECT ON outbox TO {service}_app")
    finally:
        await connection.close()
