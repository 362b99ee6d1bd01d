"""Embedded PostgreSQL: a server from a wheel, four databases, three roles each."""

from truestock.local.postgres.databases import SERVICES, DatabaseUrls, create_database, create_roles
from truestock.local.postgres.server import PostgresServer

__all__ = ["SERVICES", "DatabaseUrls", "PostgresServer", "create_database", "create_roles"]
