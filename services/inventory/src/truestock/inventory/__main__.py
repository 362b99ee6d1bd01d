"""``python -m truestock.inventory serve|migrate``."""

from truestock.inventory.main import main

if __name__ == "__main__":
    main()
