"""As every service's."""

from truestock.chassis.migrations import run_environment

run_environment()
