"""HTTP in: verdicts, findings, batch reports, tolerances, another live read."""

from truestock.validator.api.routes import build_router

__all__ = ["build_router"]
