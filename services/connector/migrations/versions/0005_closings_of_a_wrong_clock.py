"""A closing of a limit that a clock told which was ahead ends when the clock is right again."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Closings that stand there count as told now."""
    op.execute("ALTER TABLE shared_limits ADD COLUMN told_at timestamptz NOT NULL DEFAULT now()")


def downgrade() -> None:
    """As before."""
    op.execute("ALTER TABLE shared_limits DROP COLUMN told_at")
