"""What a stack is made of: the broker, the ports, the catalogue that the sandbox sells."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

from truestock.local.broker import BrokerMode, ExternalBroker
from truestock.local.errors import StackError
from truestock.local.ports import require_free
from truestock.local.postgres import SERVICES
from truestock.local.postgres.external import VARIABLE as POSTGRES_URL

PORT_VARIABLES = {
    "postgres": "POSTGRES_PORT",
    "broker": "BROKER_PORT",
    "sandbox": "SANDBOX_PORT",
    **{service: f"{service.upper()}_PORT" for service in SERVICES},
}

QUICK_SESSION_S = 3
QUICK_GROUPS: Mapping[str, str] = MappingProxyType(
    {"TRUESTOCK_CONSUMER_SESSION_TIMEOUT_S": str(QUICK_SESSION_S)}
)
"""Settings for services on the embedded broker, where a group's forming takes as long as its session
time-out says: with the default of 10 s a new group takes 6 s and one whose last member left 18 s, with
these 2 s and 8 s. Apache Kafka forms groups at once and accepts no session below 6 s."""


@dataclass(frozen=True, slots=True)
class Generated:
    """A generated catalogue: ``listings`` products, the same ones for the same ``seed``."""

    listings: int = 120
    seed: int = 7


@dataclass(frozen=True, slots=True)
class StackOptions:
    """One stack. ``ports`` holds only those that were asked for; the others are free ones."""

    kind: str = "run"
    mode: BrokerMode = BrokerMode.EMBEDDED
    ports: Mapping[str, int] = field(default_factory=dict)
    broker_advertised: int | None = None
    """The port at which clients reach the broker, where that is not its own: a relay stands in between."""
    postgres_url: str | None = field(default=None, repr=False)
    """A PostgreSQL that runs elsewhere, by the address of a user who may create databases and roles."""
    catalog: Path | None = None
    generated: Generated = Generated()
    people: Sequence[Mapping[str, Any]] = ()
    """Further logins of the issuer: login, roles, workspace_id."""
    sandbox_arguments: Sequence[str] = ()
    """Further arguments of the sandbox, such as its rate limit."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Further settings for all four services, such as small batch sizes in a test."""
    partitions: int | None = None
    """The most partitions of a topic where the contracts' list, made for production, has more."""

    @classmethod
    def from_environment(cls, kind: str, environ: Mapping[str, str] = os.environ) -> Self:
        """From ``BROKER``, ``CATALOG``, ``TRUESTOCK_POSTGRES_URL`` and the ``…_PORT`` variables.

        Raises :class:`StackError`. Wanted ports are tried here, before anything starts.
        """
        ports = {
            name: require_free(_number(variable, environ[variable]), name, variable)
            for name, variable in PORT_VARIABLES.items()
            if environ.get(variable)
        }
        twice = [name for name in ports if list(ports.values()).count(ports[name]) > 1]
        if twice:
            raise StackError(
                f"{' and '.join(PORT_VARIABLES[name] for name in twice)} name the same port",
                "Give each its own, or unset them for free ones",
            )
        mode = BrokerMode.named(environ.get("BROKER") or BrokerMode.EMBEDDED)
        if mode is BrokerMode.EXTERNAL:
            ExternalBroker.named_by(environ)
        return cls(
            kind=kind,
            mode=mode,
            ports=ports,
            postgres_url=environ.get(POSTGRES_URL) or None,
            catalog=Path(environ["CATALOG"]).absolute() if environ.get("CATALOG") else None,
            environment=QUICK_GROUPS if mode is BrokerMode.EMBEDDED else {},
        )


def _number(variable: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise StackError(f"{variable}={text!r} is no port number", "Give a number from 1 to 65535") from None
