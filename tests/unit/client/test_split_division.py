"""Dividing stock: every piece ends up somewhere, unknown stays unknown."""

from hypothesis import given
from hypothesis import strategies as st

from truestock.client.cli.decide.choices import even_division


@given(
    stock=st.integers(0, 10_000), values=st.lists(st.text(min_size=1), min_size=1, max_size=30, unique=True)
)
def test_an_even_division_adds_up(stock: int, values: list[str]) -> None:
    parts = even_division(stock, values)
    quantities = [part["quantity"] for part in parts]
    assert sum(quantities) == stock
    assert max(quantities) - min(quantities) <= 1
    assert [part["value"] for part in parts] == values


def test_unknown_stock_is_not_divided() -> None:
    assert even_division(None, ["red", "blue"]) == [
        {"value": "red", "quantity": None},
        {"value": "blue", "quantity": None},
    ]
