"""The small service as a process of its own: ``python -m support.small_service_main serve|migrate``."""

from typing import ClassVar

from fastapi import APIRouter, FastAPI
from support.small_service import MIGRATIONS, Fact, Follower, fact

from truestock.chassis.app import build_app, run
from truestock.chassis.auth import IfMatch, Operator, Service, Viewer
from truestock.chassis.consumer import Subscription
from truestock.chassis.settings import ServiceSettings
from truestock.chassis.transaction import Database
from truestock.contracts.problem import not_found


class Settings(ServiceSettings):
    """What the small service needs besides the usual."""

    service: ClassVar[str] = "small"

    group: str = "small.follow"
    incoming: str = "test.in"
    outgoing: str = "test.out"


def routes(database: Database, outgoing: str) -> APIRouter:
    """One route of each sort."""
    router = APIRouter()

    @router.get("/v1/things/{name}")
    async def thing(name: str, caller: Viewer) -> dict[str, str]:
        if name == "unknown":
            raise not_found("thing", name)
        if name == "broken":
            raise RuntimeError("password=hunter2hunter2")
        return {"name": name, "workspace": str(caller.workspace_id), "who": caller.name}

    @router.post("/v1/things/{name}/publish")
    async def publish(name: str, seen: IfMatch, caller: Operator) -> dict[str, int]:
        async with database.begin([caller.workspace_id]) as tx:
            tx.emit(fact(name, seen, topic=outgoing, workspace=caller.workspace_id))
        return {"revision": seen}

    @router.get("/internal/v1/things")
    async def things(caller: Service) -> dict[str, str]:
        return {"workspace": str(caller.workspace_id), "who": caller.subject}

    return router


def build(settings: Settings) -> FastAPI:
    """The wired service."""
    database = Database.from_settings(settings)
    follower = Follower(database, settings.group, settings.outgoing, transient=set())
    return build_app(
        settings,
        routers=[routes(database, settings.outgoing)],
        subscriptions=[Subscription(settings.group, settings.incoming, follower, {Fact.ce_type(): Fact})],
        database=database,
        title="small",
        version="1",
    )


if __name__ == "__main__":
    run(build, Settings, MIGRATIONS)
