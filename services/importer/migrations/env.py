"""Alembic's environment of this service."""

from truestock.chassis.migrations.runner import run_environment

run_environment()
