"""Wire the connector."""

import asyncio
import os
import socket
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime

import httpx
from fastapi import FastAPI

from truestock.chassis.app import build_app, run
from truestock.chassis.migrations import folder_of
from truestock.chassis.transaction import Database
from truestock.connector import handlers
from truestock.connector.api import attempts, callback, connections, internal, policies
from truestock.connector.clients import Application, MarketplaceGateway
from truestock.connector.custody import KeysMissing
from truestock.connector.settings import ConnectorSettings
from truestock.connector.store.system import PostgresSystemStore
from truestock.connector.store.unit import Units
from truestock.connector.usecases.decide_attempt import ConfirmAttempt, RejectAttempt
from truestock.connector.usecases.finish_authorization import FinishAuthorization
from truestock.connector.usecases.follow_batches import FollowBatches
from truestock.connector.usecases.keep_access import KeepAccess
from truestock.connector.usecases.set_policies import SetPolicies
from truestock.connector.usecases.start_attempt import StartAttempt
from truestock.connector.usecases.sweep import Sweep
from truestock.connector.usecases.use_connection import CheckConnection, Disconnect, LeaseAccess
from truestock.connector.usecases.views import Look
from truestock.contracts.values import Marketplace
from truestock.marketplaces import registry

MIGRATIONS = folder_of(__file__)
VERSION = "0.1.0"


def utc_now() -> datetime:
    """The clock."""
    return datetime.now(UTC)


def build(settings: ConnectorSettings) -> FastAPI:
    """The connector's application. Raises :class:`KeysMissing`: without a key there is no start."""
    keyring = settings.keyring()
    database = Database.from_settings(settings)
    http = httpx.AsyncClient(timeout=settings.marketplace_timeout_s, follow_redirects=False)
    gateway = MarketplaceGateway(http, {Marketplace.ETSY.value: _etsy(settings)})
    begin = Units(database, keyring, f"{socket.gethostname()}/{os.getpid()}/{id(database):x}")
    system = PostgresSystemStore(database, keyring)

    access = KeepAccess(begin, gateway, utc_now)
    look = Look(begin, gateway, utc_now)
    start = StartAttempt(begin, gateway, utc_now)
    lease = LeaseAccess(begin, access)
    sweep = Sweep(begin, system, access, utc_now)
    return build_app(
        settings,
        routers=(
            attempts.build_router(
                start, ConfirmAttempt(begin, gateway, access, utc_now), RejectAttempt(begin, utc_now), look
            ),
            connections.build_router(
                start, CheckConnection(begin, gateway, lease), Disconnect(begin, gateway, utc_now), look
            ),
            policies.build_router(SetPolicies(begin, gateway), look),
            callback.build_router(FinishAuthorization(begin, system, gateway, utc_now)),
            internal.build_router(lease),
        ),
        subscriptions=handlers.subscriptions(FollowBatches(begin)),
        database=database,
        lifespan_tasks=(_every(settings.sweep_s, sweep),),
        on_close=(access.drain, http.aclose),
        title="Truestock connector",
        version=VERSION,
    )


def _etsy(settings: ConnectorSettings) -> Application:
    adapter = registry.get(Marketplace.ETSY)
    return Application(
        client_id=settings.etsy_client_id,
        redirect_uri=f"{settings.public_url.rstrip('/')}/v1/oauth/etsy/callback",
        oauth=replace(
            adapter.oauth,
            authorize_url=settings.etsy_authorize_url or adapter.oauth.authorize_url,
            token_url=settings.etsy_token_url or adapter.oauth.token_url,
        ),
        api_url=settings.etsy_api_url or adapter.api_url,
    )


def _every(seconds: float, work: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
    async def loop() -> None:
        while True:
            await work()
            await asyncio.sleep(seconds)

    return loop


def main() -> None:
    """``python -m truestock.connector serve|migrate``."""
    try:
        run(build, ConnectorSettings, MIGRATIONS)
    except KeysMissing as missing:
        sys.stderr.write(f"{missing}\n")
        raise SystemExit(1) from None
