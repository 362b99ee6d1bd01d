"""Logs, traces and metrics.

Public: :func:`setup`, :func:`tracer`, :func:`current_trace`.
"""

from truestock.chassis.telemetry.context import current_trace, trace_of, tracer
from truestock.chassis.telemetry.setup import Telemetry, setup

__all__ = ["Telemetry", "current_trace", "setup", "trace_of", "tracer"]
