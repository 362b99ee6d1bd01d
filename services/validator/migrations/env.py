"""Alembic's entry point."""

from truestock.chassis.migrations.runner import run_environment

run_environment()
