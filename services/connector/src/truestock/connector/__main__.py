"""The command line of the connector."""

import gc

gc.disable()  # what is imported stays: to look through it again and again takes a quarter of the start
from truestock.connector.main import main  # noqa: E402  # after the line above, on purpose

gc.enable()
if __name__ == "__main__":
    main()
