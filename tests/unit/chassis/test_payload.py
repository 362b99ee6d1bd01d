"""The outbox's JSON of each event is, byte for byte, the one that pydantic writes."""

import types
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from typing import Any, Union, get_args, get_origin
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AwareDatetime, BaseModel
from pydantic.fields import FieldInfo

from truestock.chassis.ids import id_of
from truestock.chassis.outbox.payload import payload_of
from truestock.contracts.events import ConnectionReauthorizationRequired, Event
from truestock.contracts.registry import PUBLISHED

TEXTS = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), min_size=1, max_size=20)
ZONES = st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))])
PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    str: TEXTS,
    int: st.integers(1, 2**70),
    bool: st.booleans(),
    UUID: st.uuids() | st.uuids().map(lambda one: id_of(str(one))),  # the second is the database driver's
    AwareDatetime: st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=ZONES),  # noqa: DTZ001  # bounds
    Decimal: st.decimals(-(10**14), 10**14, places=6) | st.just(Decimal("1E+3")),
    type(None): st.none(),
}


def values_of(kind: Any) -> st.SearchStrategy[Any]:
    """Values of a field's type."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return st.one_of([values_of(one) for one in inner])
    if origin is tuple:
        return st.lists(values_of(inner[0]), max_size=2, min_size=1).map(tuple)
    if origin is dict:
        return st.dictionaries(values_of(inner[0]), values_of(inner[1]), max_size=2)
    if origin is not None:  # Annotated: what it annotates
        return values_of(inner[0])
    if issubclass(kind, BaseModel):
        fields = {name: field_of(kind, name, field) for name, field in kind.model_fields.items()}
        return st.builds(kind, **fields)
    if issubclass(kind, Enum):
        return st.sampled_from(kind)
    return PLAIN[kind]


def field_of(model: type[BaseModel], name: str, field: FieldInfo) -> st.SearchStrategy[Any]:
    """A field's values; a currency has a form of its own."""
    if name == "currency":
        return st.sampled_from(["EUR", "USD"])
    return values_of(field.annotation)


@pytest.mark.parametrize("event", PUBLISHED, ids=lambda event: event.__name__)
@given(data=st.data())
def test_every_event_reads_as_pydantic_writes_it(event: type[Event], data: st.DataObject) -> None:
    made = data.draw(values_of(event))
    assert payload_of(made) == made.model_dump_json().encode()


def test_a_text_that_is_no_unicode_is_refused_as_before() -> None:
    made = ConnectionReauthorizationRequired.model_construct(reason="\ud800")  # type: ignore[call-arg]  # never made that way
    with pytest.raises(ValueError, match="surrogates not allowed"):
        payload_of(made)
