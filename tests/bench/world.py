"""What all modes run on: one PostgreSQL, one broker, one sandbox, databases and topics for each mode."""

from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace

from bench import stored
from bench.options import Parameters
from bench.selling import selling
from bench.shop import Shop

from truestock.contracts.topics import ALL_TOPICS, EVENT_TOPICS, Topic
from truestock.local.broker import Broker, BrokerMode, create_topics, start_broker
from truestock.local.environment import Addresses, Secrets
from truestock.local.migrations import migrate
from truestock.local.ports import free_port
from truestock.local.postgres import SERVICES, DatabaseUrls, PostgresServer, create_database, create_roles
from truestock.local.processes import Child
from truestock.local.runs import Run
from truestock.local.units import Unit

PIPELINE = ("inventory", "validator")


@dataclass(frozen=True, slots=True)
class World:
    """Everything that is shared. ``databases`` by mode, then service."""

    run: Run
    parameters: Parameters
    postgres: PostgresServer
    broker: Broker
    sandbox: Unit
    shop: Shop
    secrets: Secrets
    addresses: Addresses
    databases: dict[str, dict[str, DatabaseUrls]]

    @property
    def broker_pid(self) -> int | None:
        """The broker's process; None where it runs in a container."""
        child = getattr(self.broker, "child", None)
        return child.pid if isinstance(child, Child) else None

    def superuser_url(self, mode: str, service: str) -> str:
        """Past row-level security, for counting."""
        return self.postgres.url(self.databases[mode][service].name)


def prefix(mode: str) -> str:
    """What the mode's topics and consumer groups begin with; ours have the contracts' names."""
    return "" if mode == "ours" else f"{mode}."


@asynccontextmanager
async def opened(parameters: Parameters) -> AsyncIterator[World]:
    """Start it, and end it whatever happens."""
    run = Run.open("bench")
    async with AsyncExitStack() as end:
        end.callback(run.close)
        secrets = Secrets.make(SERVICES)
        ports = _ports()
        sold = await end.enter_async_context(
            selling(
                run,
                secrets,
                parameters.listings,
                sandbox=ports["sandbox"],
                connector=ports["connector"],
            )
        )
        broker = await start_broker(run, BrokerMode(parameters.broker))
        end.push_async_callback(broker.stop)
        postgres = await PostgresServer.start(run)
        end.push_async_callback(postgres.stop)
        await create_topics(broker.bootstrap, _topics(parameters))
        services = {service: ports[service] for service in SERVICES}
        addresses = Addresses(broker.bootstrap, ports["sandbox"], services)
        databases = await _databases(run, postgres, parameters)
        yield World(run, parameters, postgres, broker, sold.sandbox, sold.shop, secrets, addresses, databases)


def _ports() -> dict[str, int]:
    ports: dict[str, int] = {}
    for name in ("sandbox", *SERVICES):
        ports[name] = free_port(ports.values())
    return ports


def _topics(parameters: Parameters) -> Iterable[Topic]:
    ours = [
        replace(topic, partitions=parameters.partitions) if topic in EVENT_TOPICS else topic
        for topic in ALL_TOPICS
    ]
    needed = [
        topic for topic in ours if topic.name.startswith(("importer.listing", "inventory.", "validator."))
    ]
    others = [mode for mode in parameters.modes if mode != "ours"]
    return [*ours, *(replace(topic, name=prefix(mode) + topic.name) for mode in others for topic in needed)]


async def _databases(
    run: Run, postgres: PostgresServer, parameters: Parameters
) -> dict[str, dict[str, DatabaseUrls]]:
    """Migrated and filled once per service, then copied for each mode."""
    superuser = postgres.url("postgres")
    passwords = await create_roles(superuser)
    made: dict[str, dict[str, DatabaseUrls]] = {mode: {} for mode in parameters.modes}
    for service in PIPELINE:
        template = await create_database(superuser, service, passwords)
        await migrate(run, template)
        url = postgres.url(template.name)
        if not parameters.row_security:
            await stored.without_row_security(url)
        await stored.fill(url, service, parameters.stored, parameters.workspaces)
        for mode in parameters.modes:
            name = f"{mode}_{service}"
            made[mode][service] = await create_database(
                superuser, service, passwords, name=name, template=template.name
            )
            await stored.analyze(postgres.url(name))
            if mode != "ours":
                await stored.grant_outbox(postgres.url(name), service)
    return made
