"""The chassis' tables, and what every table with tenant data must have."""

from typing import Protocol

from sqlalchemy import Connection, text

_SET = "string_to_array(nullif(current_setting('app.workspaces', true), ''), ',')"
VISIBLE = f"workspace_id = ANY ((SELECT {_SET}::uuid[])::uuid[])"
"""A row's workspace is one of those that the transaction set. ``nullif``: after a SET LOCAL ended, a pooled
connection reads the empty string, which is no workspace at all. The text becomes ids inside the sub-select,
so once per statement; the cast around it does nothing but make PostgreSQL take it as an array."""
VISIBLE_BEFORE = f"workspace_id = ANY ((SELECT {_SET})::uuid[])"
"""As it was: the text became ids once per row, which costs as many steps as the batch has workspaces."""


class Op(Protocol):
    """The part of ``alembic.op`` that is needed here."""

    def execute(self, sqltext: str, /) -> None:
        """Run one statement."""

    def get_bind(self) -> Connection:
        """The connection of the migration."""


def roles(op: Op) -> tuple[str, str]:
    """The application and the system role that belong to the owner role running the migration.

    ``inventory_owner`` → ``inventory_app``, ``inventory_system``.
    """
    owner = str(op.get_bind().execute(text("SELECT current_user")).scalar_one())
    stem = owner.removesuffix("_owner")
    return f"{stem}_app", f"{stem}_system"


def grant(op: Op, table: str, *, app: str = "", system: str = "") -> None:
    """Grant privileges such as ``SELECT, INSERT`` on ``table`` to the application and system role."""
    for role, privileges in zip(roles(op), (app, system), strict=True):
        if privileges:
            op.execute(f'GRANT {privileges} ON {table} TO "{role}"')


def tenant_table(op: Op, name: str, *, app: str = "SELECT, INSERT, UPDATE, DELETE", system: str = "") -> None:
    """Put row-level security on a table with a ``workspace_id uuid NOT NULL`` and grant it.

    The policy is for every role, the owner included; a ``system`` grant adds a policy that lets the
    system role see all rows of this table.
    """
    op.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY {name}_workspace ON {name} USING ({VISIBLE}) WITH CHECK ({VISIBLE})")
    if system:
        role = roles(op)[1]
        op.execute(f'CREATE POLICY {name}_system ON {name} TO "{role}" USING (true) WITH CHECK (true)')
    grant(op, name, app=app, system=system)


def rewrite_tenant_policies(op: Op, visible: str) -> None:
    """Give every policy that :func:`tenant_table` made the condition ``visible``.

    Locks all those tables until the migration commits: a transaction beside it waits or is tried again.
    """
    policies = op.get_bind().execute(
        text("SELECT tablename, policyname FROM pg_policies WHERE policyname = tablename || '_workspace'")
    )
    for table, policy in policies.all():
        op.execute(f"ALTER POLICY {policy} ON {table} USING ({visible}) WITH CHECK ({visible})")


def create_inbox(op: Op) -> None:
    """The inbox, partitioned by day, and the function with which the system role keeps its partitions."""
    op.execute(
        """
        CREATE TABLE inbox (
            consumer text NOT NULL,
            event_hash bytea NOT NULL,
            content_hash bytea NOT NULL,
            day date NOT NULL,
            PRIMARY KEY (consumer, event_hash, day)
        ) PARTITION BY RANGE (day)
        """
    )
    op.execute("CREATE TABLE inbox_default PARTITION OF inbox DEFAULT")
    op.execute(INBOX_KEEP)
    grant(op, "inbox", app="SELECT, INSERT")
    system = roles(op)[1]
    op.execute("REVOKE ALL ON FUNCTION inbox_keep(int, int) FROM PUBLIC")
    op.execute(f'GRANT EXECUTE ON FUNCTION inbox_keep(int, int) TO "{system}"')
    op.execute("SELECT inbox_keep(3, 3)")


# Days as seen from UTC. A day whose partition cannot be made because the default partition already holds
# rows of it (or somebody has the table locked) stays in the default partition: nothing is lost by that.
INBOX_KEEP = """
CREATE FUNCTION inbox_keep(keep int, ahead int) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public SET lock_timeout = '2s' AS $$
DECLARE
    today date := (now() AT TIME ZONE 'UTC')::date;
    wanted date;
    old record;
BEGIN
    FOR wanted IN SELECT today + n FROM generate_series(-1, ahead) n LOOP
        IF to_regclass('inbox_' || to_char(wanted, 'YYYYMMDD')) IS NULL THEN
            BEGIN
                EXECUTE format('CREATE TABLE %I PARTITION OF inbox FOR VALUES FROM (%L) TO (%L)',
                               'inbox_' || to_char(wanted, 'YYYYMMDD'), wanted, wanted + 1);
            EXCEPTION WHEN check_violation OR lock_not_available OR duplicate_table THEN
                NULL;
            END;
        END IF;
    END LOOP;
    FOR old IN
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'inbox'::regclass AND c.relname ~ '^inbox_[0-9]{8}$'
          AND to_date(right(c.relname, 8), 'YYYYMMDD') < today - keep
    LOOP
        EXECUTE format('DROP TABLE %I', old.relname);
    END LOOP;
    DELETE FROM inbox_default WHERE day < today - keep;
END
$$
"""


def create_outbox(op: Op) -> None:
    """The outbox: Debezium's event-router columns and what the relay needs. Applications may only insert."""
    op.execute(
        """
        CREATE TABLE outbox (
            seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            id uuid NOT NULL,
            aggregatetype text NOT NULL,
            aggregateid text NOT NULL,
            type text NOT NULL,
            topic text NOT NULL,
            partition_key text NOT NULL,
            payload bytea,
            headers jsonb NOT NULL,
            traceparent text,
            tracestate text,
            created_at timestamptz NOT NULL DEFAULT now(),
            parked_at timestamptz,
            parked_reason text
        ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000)
        """
    )
    op.execute("CREATE INDEX outbox_parked ON outbox (topic, partition_key) WHERE parked_at IS NOT NULL")
    grant(op, "outbox", app="INSERT", system="SELECT, UPDATE, DELETE")


def create_audit(op: Op) -> None:
    """The audit trail of operator commands: append-only for the application."""
    op.execute(
        """
        CREATE TABLE audit (
            audit_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            workspace_id uuid NOT NULL,
            at timestamptz NOT NULL DEFAULT now(),
            who text NOT NULL,
            who_name text NOT NULL,
            action text NOT NULL,
            subject text NOT NULL,
            before jsonb,
            after jsonb,
            reason text,
            trace_id text
        )
        """
    )
    op.execute("CREATE INDEX audit_subject ON audit (workspace_id, subject, audit_id)")
    tenant_table(op, "audit", app="SELECT, INSERT")


def create_leases(op: Op, name: str = "leases") -> None:
    """A table of fenced leases (see :mod:`truestock.chassis.leases`), for the system role."""
    op.execute(
        f"""
        CREATE TABLE {name} (
            resource text PRIMARY KEY,
            holder text,
            fence bigint NOT NULL DEFAULT 0,
            expires_at timestamptz NOT NULL DEFAULT '-infinity'
        )
        """
    )
    grant(op, name, app="SELECT, INSERT, UPDATE", system="SELECT, INSERT, UPDATE, DELETE")


def drop_tables(op: Op, *names: str) -> None:
    """Drop tables in the order given (downgrades)."""
    for name in names:
        op.execute(f"DROP TABLE IF EXISTS {name} CASCADE")
