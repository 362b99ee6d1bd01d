"""What ``MARKETPLACE`` means."""

import pytest

from truestock.local.errors import StackError
from truestock.local.marketplaces import NAMES, chosen


@pytest.mark.parametrize(
    ("named", "meant"),
    [
        (None, ("etsy",)),
        ("", ("etsy",)),
        ("all", NAMES),
        (" Shopify ", ("shopify",)),
        ("ebay, etsy", ("ebay", "etsy")),
    ],
)
def test_names_are_taken_in_their_order(named: str | None, meant: tuple[str, ...]) -> None:
    assert chosen(named) == meant


@pytest.mark.parametrize(
    ("named", "told"),
    [
        ("temu", "'temu' is no marketplace"),
        ("etsy,all", "'all' is no marketplace"),
        ("etsy,etsy", "named twice"),
    ],
)
def test_a_wrong_name_is_told_with_those_that_are_known(named: str, told: str) -> None:
    with pytest.raises(StackError, match=told) as refused:
        chosen(named)
    assert "woocommerce" in str(refused.value)
