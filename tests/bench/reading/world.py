"""What reading needs: the sandbox, the importer as a process, its database, a broker, leases."""

import asyncio
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bench.leases import LeaseEndpoint
from bench.processes import Usage, tree
from bench.reading.options import ReadParameters
from bench.selling import ONE_SHOP, UNLIMITED
from bench.shop import Shop, connect
from starlette.requests import Request
from starlette.responses import JSONResponse

from truestock.connector.domain.limits import Limit, divide
from truestock.local.broker import Broker, BrokerMode, create_topics, start_broker
from truestock.local.environment import Addresses, Secrets, service_environment
from truestock.local.migrations import migrate
from truestock.local.options import Generated, StackOptions
from truestock.local.ports import free_port
from truestock.local.postgres import SERVICES, DatabaseUrls, PostgresServer, create_database, create_roles
from truestock.local.processes import Child
from truestock.local.runs import Run
from truestock.local.sandbox import sandbox_unit
from truestock.local.units import Unit, trace_file

LOOKS = {"TRUESTOCK_READER_POLL_S": "0.1"}
"""A batch that is put into the queue behind the importer's back is found soon."""
DAY = ("--daily", "1000000000", "--token-ttl", "86400")


@dataclass(frozen=True, slots=True)
class ReadWorld:
    """Started and connected. ``database`` is the importer's; ``superuser_url`` leads past its policies."""

    shop: Shop
    sandbox: Unit
    importer: Unit
    broker: Broker
    postgres: PostgresServer
    database: DatabaseUrls
    superuser_url: str

    def usage(self) -> Usage:
        """CPU so far, by process."""
        broker = getattr(self.broker, "child", None)
        roles: Mapping[str, list[int]] = {
            "sandbox": [self.sandbox.pid],
            "importer": [self.importer.pid],
            "postgres": tree(self.postgres.child.pid),
            "broker": [broker.pid] if isinstance(broker, Child) else [],
        }
        return Usage.of(roles)


class _Leases(LeaseEndpoint):
    """Gives whoever asks what the connector leaves to the only process that reads."""

    async def _share(self, request: Request) -> JSONResponse:
        told = (await request.json()).get("per_second")
        now = datetime.now(UTC)
        part = divide(Limit(told, bursts=False, closed_until=None), [], "the importer", None, now)
        valid_for_ms = (part.ask_by - now) / timedelta(milliseconds=1)
        return JSONResponse(
            {"per_second": part.per_second, "valid_for_ms": int(valid_for_ms), "closed_for_ms": None}
        )


@asynccontextmanager
async def opened(parameters: ReadParameters) -> AsyncIterator[ReadWorld]:
    """Start it, and end it whatever happens."""
    run = Run.open("bench-reading")
    async with AsyncExitStack() as end:
        end.callback(run.close)
        secrets, ports = Secrets.make(SERVICES), _ports()
        generated = Generated(parameters.listings, parameters.seed)
        limits = ("--rate-limit", str(parameters.rate_limit), *DAY) if parameters.rate_limit else UNLIMITED
        options = StackOptions(generated=generated, sandbox_arguments=(*ONE_SHOP, *limits))
        sandbox = sandbox_unit(run, options, secrets.clients, ports["sandbox"])
        end.push_async_callback(sandbox.stop)
        broker = await start_broker(run, BrokerMode.EMBEDDED)
        end.push_async_callback(broker.stop)
        postgres = await PostgresServer.start(run)
        end.push_async_callback(postgres.stop)
        await asyncio.gather(sandbox.start(), create_topics(broker.bootstrap))
        shop = await connect(sandbox.url)
        leases = _Leases(shop.token, shop.account_id)
        await leases.start(ports["connector"])
        end.push_async_callback(leases.stop)
        superuser = postgres.url("postgres")
        database = await create_database(superuser, "importer", await create_roles(superuser))
        await migrate(run, database)
        addresses = Addresses(
            broker.bootstrap, ports["sandbox"], {service: ports[service] for service in SERVICES}
        )
        importer = _importer(run, addresses, database, secrets, parameters.sampling)
        end.push_async_callback(importer.stop)
        await importer.start()
        yield ReadWorld(shop, sandbox, importer, broker, postgres, database, postgres.url(database.name))


def _importer(
    run: Run, addresses: Addresses, database: DatabaseUrls, secrets: Secrets, sampling: float
) -> Unit:
    settings = service_environment("importer", addresses, database, secrets, trace_file(run, "importer"))
    settings |= {"TRUESTOCK_TRACE_RATIO": str(sampling), **LOOKS}
    command = [sys.executable, "-m", "truestock.importer", "serve"]
    port = addresses.services["importer"]
    return Unit(run, "importer", command, settings, port, ready_path="/readyz")


def _ports() -> dict[str, int]:
    ports: dict[str, int] = {}
    for name in ("sandbox", *SERVICES):
        ports[name] = free_port(ports.values())
    return ports
