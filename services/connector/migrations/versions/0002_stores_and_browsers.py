"""Stores of sellers, links that bind a browser, access that does not expire."""

from alembic import op

from truestock.chassis.migrations import grant, roles, tenant_table

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

UP = (
    "ALTER TABLE attempts ADD COLUMN store text",
    "ALTER TABLE grants ALTER COLUMN access_expires_at DROP NOT NULL",
    "ALTER TABLE grants ADD COLUMN consented_at timestamptz, ADD COLUMN account_seen int",
    "ALTER TABLE grants ADD COLUMN look_at timestamptz",
    "CREATE INDEX grants_look ON grants (look_at) WHERE look_at IS NOT NULL",
    # Nullable: the release before this one inserts states without a ticket while this migration runs.
    "ALTER TABLE oauth_states ADD COLUMN ticket_hash bytea",
    "ALTER TABLE oauth_states ADD COLUMN browser_hash bytea",
    "ALTER TABLE oauth_states ADD COLUMN used boolean NOT NULL DEFAULT false",
    "ALTER TABLE account_owners ADD COLUMN store text",
    "CREATE INDEX account_owners_store ON account_owners (marketplace, store) WHERE store IS NOT NULL",
    """
    CREATE TABLE deadline_warnings (
        connection_id uuid NOT NULL,
        workspace_id uuid NOT NULL,
        kind text NOT NULL,
        ends_at timestamptz NOT NULL,
        days int NOT NULL,
        PRIMARY KEY (connection_id, kind, ends_at, days)
    )
    """,
    """
    CREATE TABLE notices (
        marketplace text NOT NULL,
        notice_id text NOT NULL,
        heard_at timestamptz NOT NULL,
        PRIMARY KEY (marketplace, notice_id)
    )
    """,
    "CREATE UNIQUE INDEX oauth_states_ticket ON oauth_states (ticket_hash)",
)
DOWN = (
    "DROP TABLE notices",
    "DROP TABLE deadline_warnings",
    "ALTER TABLE account_owners DROP COLUMN store",
    "ALTER TABLE grants DROP COLUMN consented_at, DROP COLUMN account_seen, DROP COLUMN look_at",
    "ALTER TABLE oauth_states DROP COLUMN ticket_hash, DROP COLUMN browser_hash, DROP COLUMN used",
    "ALTER TABLE attempts DROP COLUMN store",
    "DELETE FROM grants WHERE access_expires_at IS NULL",
    "ALTER TABLE grants ALTER COLUMN access_expires_at SET NOT NULL",
)


def upgrade() -> None:
    """Add columns."""
    for statement in UP:
        op.execute(statement)
    tenant_table(op, "deadline_warnings", app="SELECT, INSERT")
    grant(op, "notices", system="SELECT, INSERT, DELETE")
    system = roles(op)[1]
    op.execute(f'CREATE POLICY account_owners_system ON account_owners FOR SELECT TO "{system}" USING (true)')
    who = "marketplace, account_id, store, workspace_id, connection_id"
    op.execute(f'GRANT SELECT ({who}) ON account_owners TO "{system}"')
    op.execute(f'GRANT SELECT (look_at) ON grants TO "{system}"')
    op.execute(f'GRANT UPDATE (browser_hash, used) ON oauth_states TO "{roles(op)[1]}"')


def downgrade() -> None:
    """Remove them."""
    op.execute("DROP POLICY account_owners_system ON account_owners")
    for statement in DOWN:
        op.execute(statement)
