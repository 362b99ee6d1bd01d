"""The sandbox as one ASGI application: the only place that wires."""

import time

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from truestock.sandbox.catalog import Catalog, generate
from truestock.sandbox.control.routes import Control
from truestock.sandbox.etsy.limits import Limits
from truestock.sandbox.etsy.marketplace import Etsy
from truestock.sandbox.etsy.shop import EtsyShop
from truestock.sandbox.etsy.stocking import stock
from truestock.sandbox.etsy.tokens import TokenSettings
from truestock.sandbox.faults import Faults
from truestock.sandbox.issuer.routes import IssuerRoutes
from truestock.sandbox.issuer.server import IssuerServer
from truestock.sandbox.issuer.signing import Signer
from truestock.sandbox.photos import photo_routes
from truestock.sandbox.requestlog import RequestLog
from truestock.sandbox.settings import Settings

_SIDE_CATALOGUE = 24
_NAMES = (
    ("main", "HarbourAndThread", "USD"),
    ("second", "NordlichtKeramik", "EUR"),
    ("third", "TheOldPressRoom", "GBP"),
)


def build(settings: Settings, catalog: Catalog) -> Starlette:
    """The application; the catalogue goes to the first seller account, the others get a small one each."""
    faults, log = Faults(), RequestLog()
    shops = [_shop(number, settings, catalog) for number in range(1, settings.accounts + 1)]
    etsy = Etsy(
        shops,
        base=settings.base,
        apps=[(settings.etsy_app, settings.redirect_uris)],
        limits=Limits(settings.per_second, settings.per_day),
        token_settings=TokenSettings(access_ttl=settings.token_ttl),
        faults=faults,
        log=log,
        now=time.time,
    )
    signer = Signer(f"{settings.base}/issuer", time.time)
    issuer = IssuerServer(signer, settings.people, settings.services, settings.issuer, time.time)
    control = Control(etsy, faults, log, signer, issuer)
    routes = [
        Route("/livez", _alive),
        *photo_routes(etsy.find_photo, faults),
        *etsy.routes(),
        *IssuerRoutes(issuer, signer).routes(),
        *control.routes(),
    ]
    return Starlette(routes=routes)


def _shop(number: int, settings: Settings, catalog: Catalog) -> EtsyShop:
    login, name, currency = _NAMES[(number - 1) % len(_NAMES)]
    if number > len(_NAMES):
        login, name = f"seller{number}", f"{name}{number}"
    shop = EtsyShop(number, login=login, name=name, currency=currency)
    stock(shop, catalog if number == 1 else generate(_SIDE_CATALOGUE, settings.seed + number))
    return shop


async def _alive(_: Request) -> Response:
    return PlainTextResponse("ok")
