"""Global trade item numbers: what tells a real one from free text."""

LENGTHS = (8, 12, 13, 14)


def is_gtin(text: str) -> bool:
    """Whether ``text`` is a GTIN-8, -12 (UPC-A), -13 (EAN) or -14 with the right check digit.

    GS1 General Specifications: the digits before the check digit weigh 3 and 1 in turn, from the right;
    with it, the weighted sum is a multiple of ten. Zeros alone fulfil that and are nobody's number.
    """
    if len(text) not in LENGTHS or not text.isascii() or not text.isdigit() or not int(text):
        return False
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(text)))
    return weighted % 10 == 0
