"""``python -m truestock.sandbox``."""

import gc
import sys

gc.disable()  # what is imported stays: to look through it again and again takes a quarter of the start
from truestock.sandbox.cli import main  # noqa: E402  # after the line above, on purpose

gc.enable()
if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
