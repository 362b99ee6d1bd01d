"""Migrations: helpers for a service's versions, and the runner behind ``migrate``.

A service's ``migrations/env.py`` is::

    from truestock.chassis.migrations import run_environment

    run_environment()
"""

from truestock.chassis.migrations.runner import (
    expected_revision,
    folder_of,
    migrate,
    owner_transaction,
    run_environment,
)
from truestock.chassis.migrations.tables import (
    VISIBLE,
    VISIBLE_BEFORE,
    create_audit,
    create_inbox,
    create_leases,
    create_outbox,
    drop_tables,
    grant,
    rewrite_tenant_policies,
    roles,
    tenant_table,
)

__all__ = [
    "VISIBLE",
    "VISIBLE_BEFORE",
    "create_audit",
    "create_inbox",
    "create_leases",
    "create_outbox",
    "drop_tables",
    "expected_revision",
    "folder_of",
    "grant",
    "migrate",
    "owner_transaction",
    "rewrite_tenant_policies",
    "roles",
    "run_environment",
    "tenant_table",
]
