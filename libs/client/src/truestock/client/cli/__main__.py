"""``python -m truestock.client.cli``."""

from truestock.client.cli import main

main()
