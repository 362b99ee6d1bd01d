"""The settings each process gets: one place, by the names that ``ServiceSettings`` documents."""

import base64
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from truestock.local.marketplaces import marketplace_environment
from truestock.local.ports import LOOPBACK
from truestock.local.postgres import DatabaseUrls

OWN_MACHINE = '["127.0.0.0/8", "::1/128"]'
"""Where the sandbox answers, over http: the only private networks that services may ask for sellers."""
_PEERS = {
    "connector": ("importer",),
    "importer": ("connector", "inventory", "validator"),
    "inventory": ("importer", "connector"),
    "validator": ("connector", "importer", "inventory"),
}


def inherited() -> dict[str, str]:
    """What a child needs of the runner's environment: never its own ``TRUESTOCK_`` settings."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("TRUESTOCK_", "PYTHON"))
    }
    return kept | {"PYTHONUNBUFFERED": "1"}


@dataclass(frozen=True, slots=True)
class Secrets:
    """Made for one run: client secrets of the services, the connector's key-encryption key."""

    clients: Mapping[str, str]
    encryption_key: str

    @classmethod
    def make(cls, services: tuple[str, ...]) -> "Secrets":
        """New random ones."""
        key = base64.b64encode(secrets.token_bytes(32)).decode()
        return cls({service: secrets.token_urlsafe(24) for service in services}, f"local-1:{key}")


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where everything of one stack answers."""

    bootstrap: str
    sandbox: int
    services: Mapping[str, int] = field(default_factory=dict)

    def url(self, name: str) -> str:
        """The base URL of a service or of the sandbox."""
        port = self.sandbox if name in ("sandbox", "issuer") else self.services[name]
        path = "/issuer" if name == "issuer" else ""
        return f"http://{LOOPBACK}:{port}{path}"


def migration_environment(urls: DatabaseUrls) -> dict[str, str]:
    """For ``python -m truestock.<service> migrate``: the owner role, and placeholders for the rest."""
    nowhere = f"http://{LOOPBACK}:9"
    return {
        **inherited(),
        **urls.environment(),
        "TRUESTOCK_PORT": "9",
        "TRUESTOCK_PUBLIC_URL": nowhere,
        "TRUESTOCK_KAFKA_BOOTSTRAP": f"{LOOPBACK}:9",
        "TRUESTOCK_ISSUER_URL": nowhere,
        "TRUESTOCK_CLIENT_SECRET": "unused-by-migrations",
        "TRUESTOCK_KEYS": "local-1:" + base64.b64encode(bytes(32)).decode(),
        **{f"TRUESTOCK_{peer.upper()}_URL": nowhere for peer in _PEERS},
        **marketplace_environment(nowhere),
    }


def service_environment(
    service: str,
    addresses: Addresses,
    urls: DatabaseUrls,
    made: Secrets,
    traces: Path,
    *,
    port: int | None = None,
) -> dict[str, str]:
    """For ``python -m truestock.<service> serve``; ``port`` for a second replica."""
    own = port or addresses.services[service]
    settings = {
        **inherited(),
        **urls.environment(),
        "TRUESTOCK_HOST": LOOPBACK,
        "TRUESTOCK_PORT": str(own),
        "TRUESTOCK_PUBLIC_URL": addresses.url(service),
        "TRUESTOCK_KAFKA_BOOTSTRAP": addresses.bootstrap,
        "TRUESTOCK_ISSUER_URL": addresses.url("issuer"),
        "TRUESTOCK_AUDIENCE": "truestock",
        "TRUESTOCK_CLIENT_ID": f"truestock-{service}",
        "TRUESTOCK_CLIENT_SECRET": made.clients[service],
        "TRUESTOCK_OUTBOUND_PRIVATE_NETWORKS": OWN_MACHINE,
        "TRUESTOCK_TRACE_FILE": str(traces),
        "TRUESTOCK_TRACE_RATIO": "1.0",
        "TRUESTOCK_LOG_LEVEL": os.environ.get("LOG_LEVEL") or "INFO",
        **{f"TRUESTOCK_{peer.upper()}_URL": addresses.url(peer) for peer in _PEERS[service]},
        **marketplace_environment(addresses.url("sandbox")),
    }
    if service == "connector":
        settings["TRUESTOCK_KEYS"] = made.encryption_key
    return settings
