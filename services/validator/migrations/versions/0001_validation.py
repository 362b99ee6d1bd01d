"""Subjects, verdicts, findings, policies, followed connections."""

from alembic import op

from truestock.chassis.migrations import (
    create_audit,
    create_inbox,
    create_outbox,
    drop_tables,
    tenant_table,
)

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# State and base are JSON that no query looks into, and stay in the row: they change with nearly every write.
SUBJECTS = """
CREATE TABLE subjects (
    workspace_id uuid NOT NULL,
    connection_id uuid NOT NULL,
    listing_id text NOT NULL,
    marketplace text NOT NULL,
    account_id text NOT NULL,
    item_id uuid,
    item_version int,
    epoch bigint NOT NULL DEFAULT 0,
    fingerprint text,
    state text,
    state_at timestamptz,
    seeded boolean NOT NULL DEFAULT false,
    batch_id uuid,
    batch_kind text,
    sequence int NOT NULL DEFAULT 0,
    base text,
    verdict_version int NOT NULL DEFAULT 0,
    validated_fingerprint text,
    validated_at timestamptz,
    PRIMARY KEY (workspace_id, connection_id, listing_id)
) WITH (fillfactor = 80, toast_tuple_target = 8160)
"""
# One row per batch and listing: the newest verdict that the batch got on it.
VERDICTS = """
CREATE TABLE verdicts (
    workspace_id uuid NOT NULL,
    batch_id uuid NOT NULL,
    connection_id uuid NOT NULL,
    listing_id text NOT NULL,
    version int NOT NULL,
    sequence int NOT NULL,
    marketplace text NOT NULL,
    title text NOT NULL,
    item_id uuid,
    item_version int,
    fingerprint text,
    verdict text NOT NULL,
    open_issues jsonb NOT NULL,
    findings int NOT NULL,
    validated_at timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, batch_id, connection_id, listing_id)
) WITH (fillfactor = 80)
"""
FINDINGS = """
CREATE TABLE findings (
    workspace_id uuid NOT NULL,
    batch_id uuid NOT NULL,
    connection_id uuid NOT NULL,
    listing_id text NOT NULL,
    ordinal int NOT NULL,
    rank smallint NOT NULL,
    check_name text NOT NULL,
    finding_class text NOT NULL,
    severity text NOT NULL,
    variant_id uuid,
    subject text NOT NULL,
    base text,
    inventory text,
    marketplace text,
    fix text NOT NULL,
    PRIMARY KEY (workspace_id, batch_id, connection_id, listing_id, ordinal)
)
"""
POLICIES = """
CREATE TABLE policies (
    workspace_id uuid PRIMARY KEY,
    price_tolerance numeric(21, 6) NOT NULL CHECK (price_tolerance >= 0),
    revision int NOT NULL
)
"""
CONNECTIONS = """
CREATE TABLE connections (
    workspace_id uuid NOT NULL,
    connection_id uuid NOT NULL,
    marketplace text NOT NULL,
    account_id text NOT NULL,
    state text NOT NULL,
    reason text,
    version int NOT NULL,
    PRIMARY KEY (workspace_id, connection_id)
)
"""


def upgrade() -> None:
    """Create everything."""
    create_inbox(op)
    create_outbox(op)
    create_audit(op)
    for table in (SUBJECTS, VERDICTS, FINDINGS, POLICIES, CONNECTIONS):
        op.execute(table)
    op.execute("CREATE INDEX subjects_batch ON subjects (workspace_id, batch_id, validated_at)")
    op.execute("CREATE INDEX verdicts_listing ON verdicts (workspace_id, connection_id, listing_id)")
    op.execute(
        "CREATE INDEX findings_worst ON findings"
        " (workspace_id, batch_id, rank, connection_id, listing_id, ordinal)"
    )
    for name in ("subjects", "verdicts", "findings", "policies", "connections"):
        tenant_table(op, name)


def downgrade() -> None:
    """Drop everything."""
    drop_tables(op, "subjects", "verdicts", "findings", "policies", "connections", "audit", "outbox", "inbox")
    op.execute("DROP FUNCTION IF EXISTS inbox_keep(int, int)")
