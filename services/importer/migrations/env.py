"""Alembic's environment of this service."""

from truestock.chassis.migrations import run_environment

run_environment()
