"""Wire the connector."""

import asyncio
import os
import socket
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from fastapi import FastAPI

from truestock.chassis.app import build_app, run
from truestock.chassis.migrations import folder_of
from truestock.chassis.outbound import OutboundPolicy, guarded_client
from truestock.chassis.transaction import Database
from truestock.connector import handlers
from truestock.connector.api import attempts, callback, connections, internal, policies, webhooks
from truestock.connector.clients import MarketplaceGateway
from truestock.connector.custody import Custody
from truestock.connector.domain.deadlines import Vendor
from truestock.connector.keyring import KeysMissing
from truestock.connector.settings import ConnectorSettings
from truestock.connector.store.limits import PostgresLimitStore
from truestock.connector.store.system import PostgresSystemStore
from truestock.connector.store.unit import Units
from truestock.connector.usecases.decide_attempt import ConfirmAttempt, RejectAttempt
from truestock.connector.usecases.finish_authorization import FinishAuthorization
from truestock.connector.usecases.follow_batches import FollowBatches
from truestock.connector.usecases.hear_notice import HearNotice
from truestock.connector.usecases.keep_access import KeepAccess
from truestock.connector.usecases.leave_connection import Disconnect
from truestock.connector.usecases.look_after import LookAfter
from truestock.connector.usecases.open_consent import OpenConsent
from truestock.connector.usecases.set_policies import SetPolicies
from truestock.connector.usecases.share_limits import OwnLimits, ShareLimits
from truestock.connector.usecases.start_attempt import StartAttempt
from truestock.connector.usecases.sweep import Sweep
from truestock.connector.usecases.use_connection import CheckConnection, LeaseAccess
from truestock.connector.usecases.views import Look
from truestock.marketplaces import registry
from truestock.marketplaces.registration import Registration

MIGRATIONS = folder_of(__file__)
VERSION = "0.1.0"


def utc_now() -> datetime:
    """The clock."""
    return datetime.now(UTC)


def build(settings: ConnectorSettings) -> FastAPI:
    """The connector's application. Raises :class:`KeysMissing`: without a key there is no start."""
    custody = Custody(settings.keyring())
    database = Database.from_settings(settings)
    http = guarded_client(
        OutboundPolicy.from_settings(settings, timeout_s=settings.marketplace_timeout_s),
        timeout=settings.marketplace_timeout_s,
    )
    public_url = settings.public_url.rstrip("/")
    callbacks = f"{public_url}/v1/oauth"
    applications = {
        name: registration.application(registry.get(name), f"{callbacks}/{name}/callback")
        for name, registration in settings.registrations().items()
    }
    vendors = {name: _vendor(name, one) for name, one in settings.registrations().items()}
    holder = f"{socket.gethostname()}/{os.getpid()}/{id(database):x}"
    lease_ttl = timedelta(seconds=settings.refresh_lease_s)
    begin = Units(database, custody, holder, lease_ttl)
    system = PostgresSystemStore(database, custody)
    clients = {name: one.client_id for name, one in applications.items()}
    share = ShareLimits(begin, PostgresLimitStore(database), clients)
    gateway = MarketplaceGateway(
        http, applications, public_url, lambda seller: OwnLimits(share, seller, holder)
    )

    access = KeepAccess(begin, gateway, utc_now, heartbeat_s=settings.refresh_lease_s / 4)
    look = Look(begin, gateway, vendors, utc_now)
    start = StartAttempt(begin, gateway, utc_now)
    lease = LeaseAccess(begin, access)
    look_after = LookAfter(begin, system, gateway, lease, vendors, utc_now)
    sweep = Sweep(begin, system, access, look_after, utc_now)
    return build_app(
        settings,
        routers=(
            attempts.build_router(
                start,
                ConfirmAttempt(begin, gateway, access, utc_now),
                RejectAttempt(begin, utc_now),
                look,
                public_url,
            ),
            connections.build_router(
                start,
                CheckConnection(begin, gateway, lease),
                Disconnect(begin, gateway, utc_now),
                look,
                public_url,
            ),
            policies.build_router(SetPolicies(begin), look),
            callback.build_router(
                OpenConsent(begin, system, gateway, utc_now),
                FinishAuthorization(begin, system, gateway, utc_now),
                public_url,
            ),
            webhooks.build_router(HearNotice(begin, system, gateway, utc_now), gateway),
            internal.build_router(lease, share),
        ),
        subscriptions=handlers.subscriptions(FollowBatches(begin)),
        database=database,
        lifespan_tasks=(_every(settings.sweep_s, sweep),),
        on_close=(access.drain, http.aclose),
        title="Truestock connector",
        version=VERSION,
    )


def _vendor(name: str, registration: Registration) -> Vendor:
    return Vendor(registry.get(name).oauth.consent_lifetime, registration.client_secret_expires_at)


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
