"""One shop that the sandbox sells without limits, read as the importer reads it, and leases of its token."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from bench import catalogue
from bench.leases import LeaseEndpoint
from bench.shop import Shop, connect

from truestock.local.environment import Secrets
from truestock.local.options import StackOptions
from truestock.local.runs import Run
from truestock.local.sandbox import sandbox_unit
from truestock.local.units import Unit

UNLIMITED = ("--rate-limit", "1000000", "--daily", "1000000000", "--token-ttl", "86400")
ONE_SHOP = ("--accounts", "1", "--marketplaces", "etsy")


@dataclass(frozen=True, slots=True)
class Selling:
    """The sandbox's process, and its shop."""

    sandbox: Unit
    shop: Shop


@asynccontextmanager
async def selling(
    run: Run, secrets: Secrets, listings: int, *, sandbox: int, connector: int
) -> AsyncIterator[Selling]:
    """Start both on these ports. Services that present ``secrets`` get their tokens from the sandbox too."""
    csv = run.folder / "catalogue.csv"
    catalogue.write(csv, listings)
    async with AsyncExitStack() as end:
        options = StackOptions(catalog=csv, sandbox_arguments=(*ONE_SHOP, *UNLIMITED))
        unit = sandbox_unit(run, options, secrets.clients, sandbox)
        end.push_async_callback(unit.stop)
        await unit.start()
        shop = await connect(unit.url)
        leases = LeaseEndpoint(shop.token, shop.account_id)
        await leases.start(connector)
        end.push_async_callback(leases.stop)
        yield Selling(unit, shop)
