"""Alembic's entry point."""

from truestock.chassis.migrations import run_environment

run_environment()
