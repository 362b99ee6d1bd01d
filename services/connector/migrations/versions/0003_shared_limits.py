"""Rate limits that processes share.

Nothing here belongs to a workspace: ``counted`` is a hash of what the marketplace counts (an application, or
an account). Unlogged: after a crash of the database everything is learned anew within seconds.
"""

from alembic import op

from truestock.chassis.migrations import drop_tables, grant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

LIMITS = """
CREATE UNLOGGED TABLE shared_limits (
    counted bytea PRIMARY KEY,
    per_second int,
    bursts boolean NOT NULL DEFAULT false,
    closed_until timestamptz
) WITH (fillfactor = 50)
"""
SHARES = """
CREATE UNLOGGED TABLE limit_shares (
    counted bytea NOT NULL,
    holder text NOT NULL,
    wanted int,
    per_second int NOT NULL,
    until timestamptz NOT NULL,
    PRIMARY KEY (counted, holder)
) WITH (fillfactor = 50)
"""


def upgrade() -> None:
    """Create both tables, for the system role alone."""
    op.execute(LIMITS)
    op.execute(SHARES)
    grant(op, "shared_limits", system="SELECT, INSERT, UPDATE")
    grant(op, "limit_shares", system="SELECT, INSERT, UPDATE, DELETE")


def downgrade() -> None:
    """Drop them."""
    drop_tables(op, "limit_shares", "shared_limits")
