"""Alembic's entry: the chassis does it all."""

from truestock.chassis.migrations import run_environment

run_environment()
