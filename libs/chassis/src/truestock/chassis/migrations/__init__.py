"""Migrations: helpers for a service's versions. What runs them is :mod:`truestock.chassis.migrations.runner`.

A service's ``migrations/env.py`` is::

    from truestock.chassis.migrations.runner import run_environment

    run_environment()
"""

from truestock.chassis.migrations.revisions import folder_of, newest_revision
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
    "folder_of",
    "grant",
    "newest_revision",
    "rewrite_tenant_policies",
    "roles",
    "tenant_table",
]
