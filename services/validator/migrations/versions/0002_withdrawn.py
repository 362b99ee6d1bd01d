"""Listings that their item does not have any more."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A mark, and the way from an item to its listings."""
    op.execute("ALTER TABLE subjects ADD COLUMN withdrawn boolean NOT NULL DEFAULT false")
    op.execute("CREATE INDEX subjects_item ON subjects (workspace_id, item_id)")


def downgrade() -> None:
    """Forget it."""
    op.execute("DROP INDEX subjects_item")
    op.execute("ALTER TABLE subjects DROP COLUMN withdrawn")
