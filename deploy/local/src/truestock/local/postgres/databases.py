"""One database and three roles per service, as in a cluster."""

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

import asyncpg

SERVICES = ("connector", "importer", "inventory", "validator")
_ROLES = ("owner", "app", "system")


@dataclass(frozen=True, slots=True)
class DatabaseUrls:
    """The addresses of one service's database: application, system and owner role."""

    service: str
    name: str
    app: str
    system: str
    owner: str

    def environment(self) -> dict[str, str]:
        """The settings a service reads these addresses from."""
        return {
            "TRUESTOCK_DATABASE_URL": self.app,
            "TRUESTOCK_SYSTEM_DATABASE_URL": self.system,
            "TRUESTOCK_MIGRATION_DATABASE_URL": self.owner,
        }


async def create_roles(superuser_url: str) -> dict[str, str]:
    """Create (or give new passwords to) ``<service>_owner``, ``_app`` and ``_system``; role → password.

    None of them is superuser or may bypass row-level security.
    """
    passwords = {f"{service}_{role}": secrets.token_urlsafe(24) for service in SERVICES for role in _ROLES}
    connection = await asyncpg.connect(superuser_url)
    try:
        known = {row["rolname"] for row in await connection.fetch("select rolname from pg_roles")}
        for role, password in passwords.items():
            verb = "alter" if role in known else "create"
            # Role names are ours and the password is url-safe base64: nothing to quote.
            await connection.execute(
                f"{verb} role {role} login nosuperuser nobypassrls nocreatedb nocreaterole"
                f" password '{password}'"
            )
    finally:
        await connection.close()
    return passwords


async def create_database(
    superuser_url: str,
    service: str,
    passwords: Mapping[str, str],
    *,
    name: str | None = None,
    template: str | None = None,
) -> DatabaseUrls:
    """Create the service's database (named as the service unless told), owned by its owner role.

    With ``template`` it is a copy of that database, which nobody may be connected to.
    """
    database = name or service
    connection = await asyncpg.connect(superuser_url)
    try:
        copy = f" template {template}" if template else ""
        await connection.execute(f"create database {database} owner {service}_owner{copy}")
        await connection.execute(f"revoke connect, temporary on database {database} from public")
        await connection.execute(f"grant connect on database {database} to {service}_app, {service}_system")
    finally:
        await connection.close()
    return database_urls(superuser_url, service, passwords, database)


def database_urls(
    superuser_url: str, service: str, passwords: Mapping[str, str], database: str
) -> DatabaseUrls:
    """The addresses of an existing database."""
    place = urlsplit(superuser_url)

    def url(role: str) -> str:
        user = f"{service}_{role}"
        return (
            f"postgresql://{user}:{quote(passwords[user], safe='')}@{place.hostname}:{place.port}/{database}"
        )

    return DatabaseUrls(service, database, url("app"), url("system"), url("owner"))


async def create_service_databases(superuser_url: str) -> dict[str, DatabaseUrls]:
    """All roles, then the four databases at once; service → addresses."""
    passwords = await create_roles(superuser_url)
    made = await asyncio.gather(*(create_database(superuser_url, service, passwords) for service in SERVICES))
    return {urls.service: urls for urls in made}


async def drop_database(superuser_url: str, name: str) -> None:
    """Drop a database and end what is connected to it."""
    connection = await asyncpg.connect(superuser_url)
    try:
        await connection.execute(f"drop database if exists {name} with (force)")
    finally:
        await connection.close()
