"""Alembic's entry: the chassis does it all."""

from truestock.chassis.migrations.runner import run_environment

run_environment()
