"""``python -m truestock.inventory serve|migrate|raise-epoch``."""

from truestock.inventory.main import main

if __name__ == "__main__":
    main()
