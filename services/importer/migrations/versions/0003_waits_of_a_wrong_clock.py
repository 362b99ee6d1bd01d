"""A wait or lease that a clock began which was ahead ends when the clock is right again."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Rows that wait already count as written now."""
    op.execute("ALTER TABLE work ADD COLUMN written_at timestamptz NOT NULL DEFAULT now()")


def downgrade() -> None:
    """As before."""
    op.execute("ALTER TABLE work DROP COLUMN written_at")
