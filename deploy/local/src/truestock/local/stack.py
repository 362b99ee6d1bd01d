"""The one description of the local stack, used by ``make demo``, ``make run`` and the tests' fixtures."""

import asyncio
import itertools
import sys
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self, TypeVar

from truestock.client.endpoints import Endpoints
from truestock.local.broker import Broker, create_topics, start_broker
from truestock.local.environment import Addresses, Secrets, service_environment
from truestock.local.errors import StackError
from truestock.local.marketplaces import callbacks
from truestock.local.migrations import migrate_all
from truestock.local.options import StackOptions
from truestock.local.ports import LOOPBACK, free_port
from truestock.local.postgres import SERVICES, DatabaseUrls, ExternalPostgres, PostgresServer
from truestock.local.postgres.databases import create_service_databases
from truestock.local.runs import Run
from truestock.local.sandbox import sandbox_unit
from truestock.local.together import together
from truestock.local.units import Unit, trace_file

Tell = Callable[[str], None]
T = TypeVar("T")


class Stack:
    """PostgreSQL, a broker, the sandbox and the four services, as one async context manager.

    Entering raises :class:`truestock.local.errors.StackError` (cause and remedy) when a part cannot start,
    and leaves nothing running. Leaving stops the services before the broker, and the broker before
    PostgreSQL. A runner that is killed instead is followed by its watchdog, which does the same.
    """

    def __init__(self, options: StackOptions | None = None, *, tell: Tell = lambda _: None) -> None:
        self.options = options or StackOptions()
        self.units: dict[str, Unit] = {}
        self.databases: dict[str, DatabaseUrls] = {}
        self._tell = tell
        self._secrets = Secrets.make(SERVICES)
        self._replicas = itertools.count(2)
        self._run: Run | None = None
        self._postgres: PostgresServer | ExternalPostgres | None = None
        self._broker: Broker | None = None
        self._ports = dict(self.options.ports)

    async def __aenter__(self) -> Self:
        self._run = Run.open(self.options.kind)
        try:
            await self._start()
        except BaseException:
            await self._stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stop()

    @property
    def run(self) -> Run:
        """The folder with this stack's logs and spans."""
        return _started(self._run)

    @property
    def postgres(self) -> PostgresServer | ExternalPostgres:
        """The database server."""
        if self._postgres is None:
            raise _not_started()
        return self._postgres

    @property
    def broker(self) -> Broker:
        """The broker."""
        return _started(self._broker)

    @property
    def addresses(self) -> Addresses:
        """Host and port of everything."""
        services = {service: self._ports[service] for service in SERVICES}
        return Addresses(self.broker.bootstrap, self._ports["sandbox"], services)

    @property
    def endpoints(self) -> Endpoints:
        """Where the client finds everything."""
        return Endpoints(**{name: self.addresses.url(name) for name in (*SERVICES, "issuer", "sandbox")})

    def __getitem__(self, name: str) -> Unit:
        return self.units[name]

    async def restart(self, name: str, env: Mapping[str, str] | None = None) -> Unit:
        """Stop one process and start it on the same port, with further settings for this start."""
        unit = self.units[name]
        await unit.stop()
        await unit.start(env)
        return unit

    async def replica(self, service: str, env: Mapping[str, str] | None = None) -> Unit:
        """A further process of a service on its own port and the same database; ready when this returns."""
        port = free_port(unit.port for unit in self.units.values())
        unit = self._service(service, f"{service}-{next(self._replicas)}", port)
        self.units[unit.name] = unit
        await unit.start(env)
        return unit

    def logs(self) -> dict[str, str]:
        """Everything that each process has logged."""
        return {name: unit.logs() for name, unit in self.units.items()}

    def spans(self) -> list[dict[str, Any]]:
        """The finished spans of all services, each with the process it came from under ``process``."""
        return [{**span, "process": name} for name, unit in self.units.items() for span in unit.spans()]

    def superuser_url(self, service: str) -> str:
        """A service's database past row-level security: for assertions and dumps in tests."""
        return self.postgres.url(self.databases[service].name)

    async def _start(self) -> None:
        for name in ("sandbox", *SERVICES):
            self._ports.setdefault(name, free_port(self._ports.values()))
        self._tell("Starting PostgreSQL, the broker and the sandbox …")
        self.units["sandbox"] = sandbox_unit(
            self.run,
            self.options,
            self._secrets.clients,
            self._ports["sandbox"],
            redirect_uris=callbacks(f"http://{LOOPBACK}:{self._ports['connector']}"),
        )
        await together(self._start_postgres(), self._start_broker(), self.units["sandbox"].start())
        self._tell("Starting the four services …")
        services = [self._service(service, service, self._ports[service]) for service in SERVICES]
        self.units |= {unit.name: unit for unit in services}
        await together(*(unit.start() for unit in services))

    async def _start_postgres(self) -> None:
        if self.options.postgres_url:
            self._postgres = await ExternalPostgres.connect(self.options.postgres_url)
        else:
            self._postgres = await PostgresServer.start(self.run, port=self._ports.get("postgres"))
        self.databases = await create_service_databases(self._postgres.url("postgres"))
        await migrate_all(self.run, self.databases)

    async def _start_broker(self) -> None:
        self._broker = await start_broker(
            self.run,
            self.options.mode,
            port=self._ports.get("broker"),
            advertised=self.options.broker_advertised,
        )
        await create_topics(self._broker.bootstrap, partitions=self.options.partitions)

    def _service(self, service: str, name: str, port: int) -> Unit:
        environment = service_environment(
            service,
            self.addresses,
            self.databases[service],
            self._secrets,
            trace_file(self.run, name),
            port=port,
        )
        command = [sys.executable, "-m", f"truestock.{service}", "serve"]
        settings = {**environment, **self.options.environment}
        return Unit(self.run, name, command, settings, port, ready_path="/readyz")

    async def _stop(self) -> None:
        try:
            services = [unit for name, unit in self.units.items() if name != "sandbox"]
            await asyncio.gather(*(unit.stop() for unit in services))
            for part in (self.units.get("sandbox"), self._broker, self._postgres):
                if part is not None:
                    await part.stop()
        finally:
            self.run.close()  # whatever a second Ctrl-C left


def _started(part: T | None) -> T:
    if part is None:
        raise _not_started()
    return part


def _not_started() -> StackError:
    return StackError("The stack is not started", "Use it as an async context manager")
