"""The connector's tables."""

from alembic import op

from truestock.chassis.migrations import (
    create_audit,
    create_inbox,
    create_leases,
    create_outbox,
    drop_tables,
    tenant_table,
)

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE workspace_policies (
    workspace_id uuid PRIMARY KEY,
    priority text[] NOT NULL,
    revision int NOT NULL
);
CREATE TABLE attempts (
    attempt_id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL,
    marketplace text NOT NULL,
    purpose text NOT NULL,
    state text NOT NULL,
    started_by text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revision int NOT NULL,
    connection_id uuid,
    expected jsonb NOT NULL,
    review jsonb,
    missing_scopes text[] NOT NULL,
    failure jsonb
);
CREATE UNIQUE INDEX attempts_one_at_a_time ON attempts (workspace_id)
    WHERE purpose = 'connect' AND state IN ('started', 'awaiting_confirmation');
CREATE INDEX attempts_newest ON attempts (workspace_id, created_at DESC);
CREATE INDEX attempts_overdue ON attempts (expires_at) WHERE state IN ('started', 'awaiting_confirmation');
CREATE INDEX attempts_connection ON attempts (connection_id) WHERE connection_id IS NOT NULL;
CREATE TABLE connections (
    connection_id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL,
    marketplace text NOT NULL,
    account_id text NOT NULL,
    account jsonb NOT NULL,
    state text NOT NULL,
    granted_scopes text[] NOT NULL,
    settings jsonb NOT NULL,
    settings_hash text NOT NULL,
    confirmed_at timestamptz NOT NULL,
    confirmed_by text NOT NULL,
    revision int NOT NULL,
    sample_approved boolean NOT NULL,
    reason text,
    UNIQUE (workspace_id, marketplace, account_id)
);
CREATE TABLE account_owners (
    marketplace text NOT NULL,
    account_id text NOT NULL,
    workspace_id uuid NOT NULL,
    connection_id uuid NOT NULL,
    PRIMARY KEY (marketplace, account_id)
);
CREATE TABLE grants (
    owner_id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL,
    token_version int NOT NULL,
    obtained_at timestamptz NOT NULL,
    access_expires_at timestamptz NOT NULL,
    refresh_expires_at timestamptz,
    refresh_at timestamptz,
    failures int NOT NULL,
    cooldown_until timestamptz
);
CREATE INDEX grants_due ON grants (refresh_at) WHERE refresh_at IS NOT NULL;
CREATE TABLE secrets (
    owner_id uuid NOT NULL,
    field text NOT NULL,
    workspace_id uuid NOT NULL,
    version int NOT NULL,
    key_id text NOT NULL,
    wrapped_key bytea NOT NULL,
    ciphertext bytea NOT NULL,
    PRIMARY KEY (owner_id, field)
);
CREATE INDEX secrets_key ON secrets (key_id);
CREATE TABLE oauth_states (
    state_hash bytea PRIMARY KEY,
    attempt_id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    marketplace text NOT NULL,
    expires_at timestamptz NOT NULL
);
"""


def upgrade() -> None:
    """Create everything. The system role gets the narrow columns that its work needs and no token."""
    create_inbox(op)
    create_outbox(op)
    create_audit(op)
    create_leases(op)
    for statement in TABLES.split(";"):
        if statement.strip():
            op.execute(statement)
    tenant_table(op, "workspace_policies", app="SELECT, INSERT, UPDATE")
    tenant_table(
        op,
        "attempts",
        app="SELECT, INSERT, UPDATE",
        system="SELECT (attempt_id, workspace_id, state, expires_at)",
    )
    tenant_table(op, "connections", app="SELECT, INSERT, UPDATE")
    tenant_table(op, "account_owners", app="SELECT, INSERT, DELETE")
    tenant_table(op, "grants", system="SELECT (owner_id, workspace_id, refresh_at, cooldown_until)")
    wrapping = "owner_id, field, workspace_id, version, key_id, wrapped_key"
    tenant_table(op, "secrets", system=f"SELECT ({wrapping}), UPDATE (key_id, wrapped_key)")
    tenant_table(op, "oauth_states", app="INSERT", system="SELECT, DELETE")


def downgrade() -> None:
    """Drop everything."""
    drop_tables(
        op,
        "oauth_states",
        "secrets",
        "grants",
        "account_owners",
        "connections",
        "attempts",
        "workspace_policies",
        "leases",
        "audit",
        "outbox",
        "inbox",
    )
    op.execute("DROP FUNCTION IF EXISTS inbox_keep(int, int)")
