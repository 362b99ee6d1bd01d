"""The sandbox as one ASGI application: the only place that wires."""

import time
from collections.abc import Iterator, Mapping

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from truestock.sandbox.catalog import Catalog, generate
from truestock.sandbox.control.accounts import Accounts
from truestock.sandbox.control.routes import Control
from truestock.sandbox.faults import Faults
from truestock.sandbox.issuer.routes import IssuerRoutes
from truestock.sandbox.issuer.server import IssuerServer
from truestock.sandbox.issuer.signing import Signer
from truestock.sandbox.marketplace import Surroundings
from truestock.sandbox.notices import Notices
from truestock.sandbox.photos import photo_routes
from truestock.sandbox.requestlog import RequestLog
from truestock.sandbox.rooms import ROOMS, Build
from truestock.sandbox.settings import Settings

_SIDE_CATALOGUE = 24
_NAMES = (
    ("main", "HarbourAndThread", "USD"),
    ("second", "NordlichtKeramik", "EUR"),
    ("third", "TheOldPressRoom", "GBP"),
)


def build(
    settings: Settings,
    catalog: Catalog,
    *,
    rooms: Mapping[str, Build] = ROOMS,
    transport: httpx.AsyncBaseTransport | None = None,
) -> Starlette:
    """The application: at each marketplace the first account has the catalogue, the others a small one.

    ``transport`` carries the marketplaces' notices in tests.
    """
    faults, log = Faults(), RequestLog()
    notices = Notices(settings.webhooks, log, transport)
    marketplaces = {
        name: rooms[name](_surroundings(name, settings, faults, log, notices))
        for name in settings.marketplaces or tuple(rooms)
    }
    for number, (login, name, currency) in enumerate(_names(settings.accounts), 1):
        stock = catalog if number == 1 else generate(_SIDE_CATALOGUE, settings.seed + number)
        for marketplace in marketplaces.values():
            marketplace.add_account(number, stock, login=login, name=name, currency=currency)
    signer = Signer(f"{settings.base}/issuer", time.time)
    issuer = IssuerServer(signer, settings.people, settings.services, settings.issuer, time.time)
    control = Control(Accounts(marketplaces), faults, log, signer, issuer)
    routes = [
        Route("/livez", _alive),
        *photo_routes({name: one.find_photo for name, one in marketplaces.items()}, faults),
        *(route for marketplace in marketplaces.values() for route in marketplace.routes()),
        *IssuerRoutes(issuer, signer).routes(),
        *control.routes(),
    ]
    return Starlette(routes=routes)


def _surroundings(
    name: str, settings: Settings, faults: Faults, log: RequestLog, notices: Notices
) -> Surroundings:
    return Surroundings(
        base=settings.base,
        faults=faults.of(name),
        log=log,
        notices=notices,
        now=time.time,
        client_id=settings.etsy_app if name == "etsy" else settings.client_id,
        client_secret=settings.client_secret,
        redirect_uris=settings.redirect_uris,
        per_second=settings.per_second,
        per_day=settings.per_day,
        token_ttl=settings.token_ttl,
    )


def _names(accounts: int) -> Iterator[tuple[str, str, str]]:
    for number in range(1, accounts + 1):
        login, name, currency = _NAMES[(number - 1) % len(_NAMES)]
        if number > len(_NAMES):
            login, name = f"seller{number}", f"{name}{number}"
        yield login, name, currency


async def _alive(_: Request) -> Response:
    return PlainTextResponse("ok")
