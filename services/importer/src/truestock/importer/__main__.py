"""``python -m truestock.importer serve|migrate``."""

from truestock.importer.main import main

main()
