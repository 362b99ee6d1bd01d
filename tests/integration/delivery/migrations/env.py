"""As every service's."""

from truestock.chassis.migrations.runner import run_environment

run_environment()
