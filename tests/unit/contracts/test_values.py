"""Money, times and open enumerations keep their promises at the edge."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from truestock.contracts.values import Marketplace, Money, UtcDatetime


@pytest.mark.parametrize("amount", [12.5, True, "12,50", "NaN", "Infinity", "", None, "1e15"])
def test_an_amount_is_a_decimal_string_and_nothing_else(amount: Any) -> None:
    with pytest.raises(ValidationError):
        Money(amount=amount, currency="EUR")


def test_an_amount_keeps_its_cents_through_json() -> None:
    money = Money(amount=Decimal("0.10"), currency="EUR")
    assert money.model_dump_json() == '{"amount":"0.10","currency":"EUR"}'
    assert Money.model_validate_json(money.model_dump_json()) == money


def test_a_json_float_is_refused_and_a_json_integer_is_exact() -> None:
    with pytest.raises(ValidationError):
        Money.model_validate_json('{"amount":0.1,"currency":"EUR"}')
    assert Money.model_validate_json('{"amount":1,"currency":"EUR"}').amount == Decimal(1)


@pytest.mark.parametrize("currency", ["eur", "EURO", "", "€"])
def test_a_currency_is_an_iso_code(currency: str) -> None:
    with pytest.raises(ValidationError):
        Money(amount=Decimal(1), currency=currency)


def test_times_are_utc_and_never_naive() -> None:
    adapter: TypeAdapter[datetime] = TypeAdapter(UtcDatetime)
    noon = datetime(2026, 3, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    assert adapter.validate_python(noon) == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert adapter.validate_python(noon).tzinfo is UTC
    with pytest.raises(ValidationError):
        adapter.validate_python(datetime(2026, 3, 1, 12))  # noqa: DTZ001 # a naive time is the point


def test_a_marketplace_of_a_newer_version_is_unknown_and_a_wrong_type_is_an_error() -> None:
    adapter: TypeAdapter[Marketplace] = TypeAdapter(Marketplace)
    assert adapter.validate_json('"temu"') is Marketplace.UNKNOWN
    with pytest.raises(ValidationError):
        adapter.validate_json("7")
