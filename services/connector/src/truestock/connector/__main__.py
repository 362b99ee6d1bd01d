"""The command line of the connector."""

from truestock.connector.main import main

main()
