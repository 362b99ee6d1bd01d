"""``python -m truestock.sandbox``."""

import sys

from truestock.sandbox.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
