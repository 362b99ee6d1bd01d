"""The command ``truestock``: what an operator does from a terminal.

Every command reads or changes something over the services' public APIs; revisions that were shown
are sent back with the next command, so that nobody decides on something that has changed since.
"""

import sys


def main() -> None:
    """The console script. Ctrl-C ends it quietly at any moment, also while it is still being loaded."""
    try:
        from truestock.client.cli.app import app

        app()
    except KeyboardInterrupt:
        sys.exit(130)
