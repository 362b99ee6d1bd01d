"""The service as a process: HTTP application, broker and relay in its lifespan, command line."""

from truestock.chassis.app.build import build_app
from truestock.chassis.app.command import run

__all__ = ["build_app", "run"]
