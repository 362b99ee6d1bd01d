"""``python -m truestock.validator serve|migrate``."""

from truestock.validator.main import main

if __name__ == "__main__":
    main()
