"""Look-ups by key must not have a second index that begins with the workspace."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Begin with what is selective by itself.

    While a table has no statistics, the planner takes any index whose first column it can use: it found a
    listing by reading all listings of its workspace, so that an import cost the square of its size.
    """
    op.execute("DROP INDEX subjects_batch")
    op.execute("CREATE INDEX subjects_batch ON subjects (batch_id, validated_at)")
    op.execute("DROP INDEX subjects_item")
    op.execute("CREATE INDEX subjects_item ON subjects (item_id)")


def downgrade() -> None:
    """As before."""
    op.execute("DROP INDEX subjects_item")
    op.execute("CREATE INDEX subjects_item ON subjects (workspace_id, item_id)")
    op.execute("DROP INDEX subjects_batch")
    op.execute("CREATE INDEX subjects_batch ON subjects (workspace_id, batch_id, validated_at)")
