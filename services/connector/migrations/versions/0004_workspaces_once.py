"""Which workspaces a transaction sees is worked out once per statement, not once per row."""

from alembic import op

from truestock.chassis.migrations import VISIBLE, VISIBLE_BEFORE, rewrite_tenant_policies

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Exchange the policies' condition; who sees what stays the same."""
    rewrite_tenant_policies(op, VISIBLE)


def downgrade() -> None:
    """As before."""
    rewrite_tenant_policies(op, VISIBLE_BEFORE)
