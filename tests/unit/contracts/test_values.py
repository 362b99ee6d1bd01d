"""Money, times and open enumerations keep their promises at the edge."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from pydantic import TypeAdapter, ValidationError

from truestock.contracts.listing import Photo, ShortText
from truestock.contracts.values import Amount, Marketplace, Money, SharedId, UtcDatetime


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


@pytest.mark.parametrize(
    ("written", "read"), [("1E+2", "100"), ("-0.50", "-0.50"), ("0.0000001", "0.000000")]
)
def test_an_amount_is_written_without_an_exponent(written: str, read: str) -> None:
    adapter: TypeAdapter[Decimal] = TypeAdapter(Amount)
    assert adapter.dump_json(adapter.validate_python(Decimal(written))) == f'"{read}"'.encode()


def test_text_that_postgresql_cannot_store_is_refused_wherever_it_stands() -> None:
    with pytest.raises(ValidationError):
        Photo.model_validate_json('{"url":"https://shop.example/a\\u0000b","rank":0}')
    assert Photo.model_validate_json('{"url":"two\\nlines \\ud83d\\ude00","rank":0}').url == "two\nlines 😀"


def test_what_text_may_not_hold_is_no_part_of_the_published_schema() -> None:
    assert TypeAdapter(ShortText).json_schema() == {"maxLength": 2_000, "type": "string"}


def test_an_id_that_events_share_is_read_as_one_object_and_a_wrong_one_is_named_as_such() -> None:
    adapter: TypeAdapter[UUID] = TypeAdapter(SharedId)
    text = "0b54e9a2-3c1e-4f0e-9d0b-6a7a3a1a2b3c"
    first, second = (adapter.validate_json(f'"{text}"') for _ in range(2))
    assert first is second
    assert str(first) == text
    with pytest.raises(ValidationError, match="uuid_parsing"):
        adapter.validate_json('"no id"')
