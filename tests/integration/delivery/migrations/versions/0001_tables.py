"""The chassis' tables and one table with tenant data."""

from alembic import op

from truestock.chassis import migrations as chassis

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create all."""
    chassis.create_inbox(op)
    chassis.create_outbox(op)
    chassis.create_audit(op)
    chassis.create_leases(op)
    op.execute(
        """
        CREATE TABLE facts (
            workspace_id uuid NOT NULL,
            key text NOT NULL,
            number int NOT NULL CHECK (number <> 13),
            UNIQUE (workspace_id, key, number)
        )
        """
    )
    chassis.tenant_table(op, "facts")
