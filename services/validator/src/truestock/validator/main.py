"""The only place that wires the validator."""

from datetime import UTC, datetime

import httpx
from fastapi import FastAPI

from truestock.chassis.app import build_app, run
from truestock.chassis.http import ServiceClient
from truestock.chassis.migrations import folder_of
from truestock.chassis.outbound import OutboundPolicy, guarded_client
from truestock.chassis.transaction import Database
from truestock.validator.api import build_router
from truestock.validator.clients import Leases, LiveReader, PhotoProber
from truestock.validator.clients.limits import limits_through
from truestock.validator.clients.live import Patience
from truestock.validator.handlers import subscriptions
from truestock.validator.settings import Settings
from truestock.validator.store import Reports, begin
from truestock.validator.usecases.follow_connections import FollowConnections
from truestock.validator.usecases.policies import ChangePolicies
from truestock.validator.usecases.revalidate_batch import RevalidateBatch
from truestock.validator.usecases.revalidate_changed import RevalidateChanged
from truestock.validator.usecases.validate_sync import ValidateSync

MIGRATIONS = folder_of(__file__)


def _now() -> datetime:
    return datetime.now(UTC)


def build(settings: Settings) -> FastAPI:
    """The wired service."""
    database = Database.from_settings(settings)
    open_work = begin(database)
    patience = httpx.Timeout(20.0, connect=5.0)
    http = httpx.AsyncClient(timeout=patience)
    # Stores and photos are where sellers say they are.
    marketplaces_http = guarded_client(
        OutboundPolicy.from_settings(settings, timeout_s=settings.read_seconds), timeout=patience
    )
    photos_http = guarded_client(
        OutboundPolicy.from_settings(settings, timeout_s=settings.photo_timeout_s),
        timeout=settings.photo_timeout_s,
        # As many kept as used: closing and opening connections would cost more than the requests.
        limits=httpx.Limits(
            max_connections=settings.photo_concurrency, max_keepalive_connections=settings.photo_concurrency
        ),
    )
    connector = ServiceClient(http, settings.connector_url, "truestock-connector", settings)
    leases = Leases(connector, _now)
    read_live = LiveReader(
        marketplaces_http,
        leases,
        settings.registrations(),
        _now,
        patience=Patience(
            attempts=settings.read_attempts,
            seconds=settings.read_seconds,
            concurrency=settings.read_concurrency,
        ),
        limits=limits_through(connector),
    )
    reach_photos = PhotoProber(
        photos_http,
        concurrency=settings.photo_concurrency,
        timeout_s=settings.photo_timeout_s,
        budget_s=settings.photo_budget_s,
    )

    async def close_clients() -> None:
        for client in (http, marketplaces_http, photos_http):
            await client.aclose()

    router = build_router(
        Reports(database),
        RevalidateBatch(open_work, read_live, reach_photos, _now),
        ChangePolicies(open_work),
        open_work,
    )
    return build_app(
        settings,
        routers=[router],
        subscriptions=subscriptions(
            ValidateSync(open_work, read_live, reach_photos, _now),
            RevalidateChanged(open_work, read_live, reach_photos, _now),
            FollowConnections(open_work, leases.forget),
            max_records=settings.consumer_max_records,
        ),
        database=database,
        on_close=[close_clients],
        title="Truestock validator",
        version="1",
    )


def main() -> None:
    """``python -m truestock.validator serve|migrate``."""
    run(build, Settings, MIGRATIONS)
