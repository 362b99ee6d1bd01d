"""The small service that freezes (SIGSTOP) at its failpoint, where others would die."""

import os
import signal

from fastapi import FastAPI
from support.small_service import MIGRATIONS, Fact, Follower
from support.small_service_main import Settings

from truestock.chassis.app import build_app, run
from truestock.chassis.consumer import Subscription
from truestock.chassis.failpoints import Failpoints
from truestock.chassis.transaction import Database


def _freeze() -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


def build(settings: Settings) -> FastAPI:
    """The wired service."""
    database = Database.from_settings(settings)
    database.failpoints = Failpoints(settings.failpoint, die=_freeze)
    follower = Follower(database, settings.group, settings.outgoing, transient=set())
    return build_app(
        settings,
        routers=[],
        subscriptions=[Subscription(settings.group, settings.incoming, follower, {Fact.ce_type(): Fact})],
        database=database,
        title="small",
        version="1",
    )


if __name__ == "__main__":
    run(build, Settings, MIGRATIONS)
