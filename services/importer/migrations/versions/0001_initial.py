"""Batches, rows, listings, raw payloads, the work queue.

Revision ID: 0001
"""

from alembic import op

from truestock.chassis.migrations import (
    create_audit,
    create_inbox,
    create_outbox,
    drop_tables,
    grant,
    tenant_table,
)

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

FINAL = "('approved', 'rejected', 'completed', 'completed_with_findings', 'cancelled', 'failed')"

CONNECTION = """
CREATE TABLE connection (
    connection_id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL,
    marketplace text NOT NULL,
    account_id text NOT NULL,
    account_name text NOT NULL,
    currency text,
    state text NOT NULL,
    version bigint NOT NULL,
    reason text,
    traceparent text
)
"""

BATCH = """
CREATE TABLE batch (
    batch_id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL,
    connection_id uuid NOT NULL REFERENCES connection,
    marketplace text NOT NULL,
    account_id text NOT NULL,
    kind text NOT NULL,
    number int NOT NULL,
    state text NOT NULL,
    phase text NOT NULL,
    size int NOT NULL,
    seed bigint NOT NULL,
    exclude text[] NOT NULL,
    mapping_version text NOT NULL,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    revision int NOT NULL,
    version int NOT NULL,
    reason text,
    cursor text,
    total int,
    decided_at timestamptz,
    decided_by text,
    closed_at timestamptz,
    undone_at timestamptz,
    undone_by text,
    traceparent text,
    settings jsonb,
    coverage jsonb,
    UNIQUE (connection_id, number)
)
"""

# Rows are updated about twice after their insert: room on the page keeps those updates heap-only.
BATCH_ROW = """
CREATE TABLE batch_row (
    workspace_id uuid NOT NULL,
    batch_id uuid NOT NULL REFERENCES batch,
    connection_id uuid NOT NULL,
    listing_id text NOT NULL,
    position bigint GENERATED ALWAYS AS IDENTITY,
    title text NOT NULL,
    maps jsonb NOT NULL,
    notes jsonb NOT NULL,
    duplicate_skus text[] NOT NULL,
    sequence bigint NOT NULL,
    payload_hash bytea,
    mapped_hash bytea,
    inherited_from uuid,
    excluded_reason text,
    outcome text,
    outcome_at timestamptz,
    reasons text[] NOT NULL DEFAULT '{}',
    verdict text,
    verdict_version bigint,
    findings jsonb NOT NULL DEFAULT '[]',
    open_issues text[] NOT NULL DEFAULT '{}',
    item_id uuid,
    waived jsonb NOT NULL DEFAULT '{}',
    closed_by text,
    closing_reason text NOT NULL DEFAULT '',
    closed_at timestamptz,
    PRIMARY KEY (batch_id, listing_id)
) WITH (fillfactor = 70)
"""

LISTING_STATE = """
CREATE TABLE listing_state (
    workspace_id uuid NOT NULL,
    connection_id uuid NOT NULL,
    listing_id text NOT NULL,
    sequence bigint NOT NULL,
    content_hash bytea,
    batch_id uuid NOT NULL,
    PRIMARY KEY (connection_id, listing_id)
) WITH (fillfactor = 80)
"""

LISTING_SKU = """
CREATE TABLE listing_sku (
    workspace_id uuid NOT NULL,
    connection_id uuid NOT NULL,
    sku text NOT NULL,
    listing_id text NOT NULL,
    seen_batch uuid NOT NULL,
    PRIMARY KEY (connection_id, sku, listing_id)
)
"""

CATALOGUE_FACT = """
CREATE TABLE catalogue_fact (
    workspace_id uuid NOT NULL,
    batch_id uuid NOT NULL REFERENCES batch,
    listing_id text NOT NULL,
    strata text[] NOT NULL,
    price numeric,
    title_length int NOT NULL,
    category text,
    picked int,
    PRIMARY KEY (batch_id, listing_id)
)
"""

# The payload is compressed already: PostgreSQL need not try again.
RAW_PAYLOAD = """
CREATE TABLE raw_payload (
    workspace_id uuid NOT NULL,
    hash bytea NOT NULL,
    payload bytea NOT NULL,
    size int NOT NULL,
    stored_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workspace_id, hash)
)
"""

WORK = """
CREATE TABLE work (
    batch_id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL,
    wake_at timestamptz NOT NULL DEFAULT now(),
    attempts int NOT NULL DEFAULT 0,
    fence bigint NOT NULL DEFAULT 0,
    owner text,
    leased_until timestamptz
) WITH (fillfactor = 50)
"""


def upgrade() -> None:
    """Create everything."""
    create_inbox(op)
    create_outbox(op)
    create_audit(op)
    op.execute(CONNECTION)
    tenant_table(
        op, "connection", app="SELECT, INSERT, UPDATE", system="SELECT (connection_id, workspace_id)"
    )
    op.execute(BATCH)
    op.execute(
        f"CREATE UNIQUE INDEX batch_one_unfinished ON batch (connection_id) WHERE state NOT IN {FINAL}"
    )
    op.execute("CREATE INDEX batch_newest ON batch (workspace_id, created_at DESC)")
    tenant_table(op, "batch", app="SELECT, INSERT, UPDATE")
    op.execute(BATCH_ROW)
    op.execute("CREATE INDEX batch_row_open ON batch_row (batch_id) WHERE closed_by IS NULL")
    op.execute("CREATE INDEX batch_row_listing ON batch_row (connection_id, listing_id)")
    op.execute(
        "CREATE INDEX batch_row_heir ON batch_row (inherited_from, listing_id) "
        "WHERE inherited_from IS NOT NULL"
    )
    tenant_table(op, "batch_row", app="SELECT, INSERT, UPDATE")
    op.execute(LISTING_STATE)
    op.execute("CREATE INDEX listing_state_batch ON listing_state (batch_id)")
    tenant_table(op, "listing_state", app="SELECT, INSERT, UPDATE")
    op.execute(LISTING_SKU)
    op.execute("CREATE INDEX listing_sku_owner ON listing_sku (connection_id, listing_id)")
    tenant_table(op, "listing_sku", app="SELECT, INSERT, UPDATE, DELETE")
    op.execute(CATALOGUE_FACT)
    op.execute(
        "CREATE INDEX catalogue_fact_picked ON catalogue_fact (batch_id, picked) WHERE picked IS NOT NULL"
    )
    tenant_table(op, "catalogue_fact", app="SELECT, INSERT, UPDATE, DELETE")
    op.execute(RAW_PAYLOAD)
    op.execute("ALTER TABLE raw_payload ALTER COLUMN payload SET STORAGE EXTERNAL")
    tenant_table(op, "raw_payload", app="SELECT, INSERT")
    op.execute(WORK)
    op.execute("CREATE INDEX work_wake ON work (wake_at)")
    tenant_table(op, "work", app="SELECT, INSERT, UPDATE, DELETE", system="SELECT, UPDATE")
    op.execute("CREATE SEQUENCE work_fence")
    grant(op, "SEQUENCE work_fence", system="USAGE")


def downgrade() -> None:
    """Drop everything."""
    drop_tables(
        op,
        "work",
        "raw_payload",
        "catalogue_fact",
        "listing_sku",
        "listing_state",
        "batch_row",
        "batch",
        "connection",
        "audit",
        "outbox",
        "inbox",
    )
    op.execute("DROP SEQUENCE IF EXISTS work_fence")
    op.execute("DROP FUNCTION IF EXISTS inbox_keep(int, int)")
