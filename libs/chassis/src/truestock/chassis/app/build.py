"""Wire the outer application of a service."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

from fastapi import APIRouter, Depends, FastAPI
from fastapi.telemetry import TelemetryConfig

from truestock.chassis import problems
from truestock.chassis.app import health
from truestock.chassis.app.process import ServiceProcess
from truestock.chassis.app.storable import refuse_nul
from truestock.chassis.consumer.subscription import AnySubscription
from truestock.chassis.dead_letter_tool import DeadLetterDesk
from truestock.chassis.dead_letter_tool.marks import Marks
from truestock.chassis.dead_letter_tool.reader import DeadLetterReader
from truestock.chassis.dead_letter_tool.routes import dead_letter_routes
from truestock.chassis.settings import ServiceSettings
from truestock.chassis.telemetry.asgi import HttpTelemetry
from truestock.chassis.transaction import Database

OWN_TELEMETRY: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "auto_configure": False,
}
"""FastAPI's own instrumentation would put a second server span and its stages beside ours."""

BackgroundTask = Callable[[], Awaitable[None]]


def build_app(
    settings: ServiceSettings,
    *,
    routers: Sequence[APIRouter],
    subscriptions: Sequence[AnySubscription],
    database: Database,
    lifespan_tasks: Sequence[BackgroundTask] = (),
    on_close: Sequence[BackgroundTask] = (),
    title: str,
    version: str,
) -> FastAPI:
    """The service's application: authentication, problems, health, metrics, telemetry, broker and relay.

    ``lifespan_tasks`` run as long as the process and are started again when they fail; they are cancelled
    when it stops. ``on_close`` runs after them, before the database is closed (clients, …).
    """
    process = ServiceProcess(settings, subscriptions, database, lifespan_tasks, on_close)
    desk = DeadLetterDesk(subscriptions, DeadLetterReader(settings), Marks(database))

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.verifier = process.verifier
        await process.start()
        try:
            yield
        finally:
            await process.stop()

    app = FastAPI(
        title=title,
        version=version,
        lifespan=lifespan,
        telemetry=OWN_TELEMETRY,
        dependencies=[Depends(refuse_nul)],
    )
    app.state.process = process
    app.state.dead_letters = desk
    problems.install(app)
    app.add_middleware(HttpTelemetry, on_error=problems.unexpected)
    app.include_router(health.router)
    for router in (*routers, dead_letter_routes(desk)):
        app.include_router(router)
    return app
