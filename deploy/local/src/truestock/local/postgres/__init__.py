"""PostgreSQL, embedded from a wheel or external: four databases, three roles each."""

from truestock.local.postgres.databases import SERVICES, DatabaseUrls, create_database, create_roles
from truestock.local.postgres.external import ExternalPostgres
from truestock.local.postgres.server import PostgresServer

__all__ = [
    "SERVICES",
    "DatabaseUrls",
    "ExternalPostgres",
    "PostgresServer",
    "create_database",
    "create_roles",
]
