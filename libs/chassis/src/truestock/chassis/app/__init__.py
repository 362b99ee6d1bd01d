"""The service as a process: HTTP application, broker and relay in its lifespan, command line."""

from truestock.chassis.app.build import build_app
from truestock.chassis.app.command import OwnerCommand, run

__all__ = ["OwnerCommand", "build_app", "run"]
