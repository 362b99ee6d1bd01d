"""The only place that wires the importer."""

import os
import socket
from collections.abc import Callable
from datetime import UTC, datetime

import httpx
from fastapi import FastAPI

from truestock.chassis.app import build_app, run
from truestock.chassis.failpoints import in_scope
from truestock.chassis.http import ServiceClient
from truestock.chassis.migrations import folder_of
from truestock.chassis.outbound import OutboundPolicy, guarded_client
from truestock.chassis.transaction import Database
from truestock.importer import handlers
from truestock.importer.api import Services, router
from truestock.importer.clients.catalogue import Catalogues, ReleaseMappings
from truestock.importer.clients.connector import ConnectorClient
from truestock.importer.clients.inventory import InventoryClient
from truestock.importer.clients.photos import TIMEOUT_S, PhotoChecker
from truestock.importer.settings import ImporterSettings
from truestock.importer.store import Store, WorkQueue
from truestock.importer.usecases.decide_batch import DecideBatch
from truestock.importer.usecases.decide_listing import DecideListing
from truestock.importer.usecases.follow_connections import FollowConnections
from truestock.importer.usecases.judge_gate import JudgeGate
from truestock.importer.usecases.look import Look
from truestock.importer.usecases.reading import ReadBatch, Worker
from truestock.importer.usecases.settle import Settle
from truestock.importer.usecases.start_batch import StartBatch
from truestock.importer.usecases.track import TrackDeadLetters, TrackOutcomes, TrackVerdicts
from truestock.importer.usecases.undo_batch import UndoBatch

MIGRATIONS = folder_of(__file__)


def utc_now() -> datetime:
    """The clock."""
    return datetime.now(UTC)


def build(settings: ImporterSettings, *, now: Callable[[], datetime] = utc_now) -> FastAPI:
    """The wired service."""
    database = Database.from_settings(settings)
    begin, queue = Store(database).begin, WorkQueue(database)
    http = httpx.AsyncClient(timeout=settings.read_timeout_s)
    # Stores and photos are where sellers say they are.
    marketplaces_http = guarded_client(
        OutboundPolicy.from_settings(settings, timeout_s=settings.read_timeout_s),
        timeout=settings.read_timeout_s,
    )
    photos_http = guarded_client(OutboundPolicy.from_settings(settings, timeout_s=TIMEOUT_S))
    connector = ConnectorClient(ServiceClient(http, settings.connector_url, "truestock-connector", settings))
    inventory = InventoryClient(ServiceClient(http, settings.inventory_url, "truestock-inventory", settings))
    mappings = ReleaseMappings()
    judge_gate = JudgeGate(mappings)
    settle = Settle(begin, now)
    read_batch = ReadBatch(
        begin,
        Catalogues(marketplaces_http, connector, settings.registrations(), now),
        PhotoChecker(photos_http),
        now,
    )
    worker = Worker(
        queue,
        in_scope("importer.read-batch", read_batch),
        owner=f"{socket.gethostname()}/{os.getpid()}",
        concurrency=settings.reader_concurrency,
        lease_s=settings.reader_lease_s,
        poll_s=settings.reader_poll_s,
    )
    app = build_app(
        settings,
        routers=[router],
        subscriptions=handlers.subscriptions(
            FollowConnections(begin, now, worker.nudge),
            TrackOutcomes(begin, settle, now),
            TrackVerdicts(begin, settle, now),
            TrackDeadLetters(begin, queue, settle, now),
        ),
        database=database,
        lifespan_tasks=[worker],
        on_close=[http.aclose, marketplaces_http.aclose, photos_http.aclose],
        title="Truestock importer",
        version="1",
    )
    app.state.importer = Services(
        start=StartBatch(begin, connector, mappings, judge_gate, now, worker.nudge),
        decide_batch=DecideBatch(begin, now, worker.nudge),
        decide_listing=DecideListing(begin, now, worker.nudge),
        undo=UndoBatch(begin, inventory, now),
        look=Look(begin, judge_gate),
        now=now,
    )
    return app


def main() -> None:
    """``serve`` or ``migrate``."""
    run(build, ImporterSettings, MIGRATIONS)
