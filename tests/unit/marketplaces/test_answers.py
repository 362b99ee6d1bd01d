"""What a marketplace answers is read whole: long numbers, half a character, and nothing that is broken."""

import httpx
import pytest

from truestock.marketplaces.api import JsonWire


def decoded(body: bytes) -> object:
    """The body as the adapters see it."""
    return JsonWire().decode(httpx.Response(200, content=body))


def test_a_number_of_any_length_stays_whole() -> None:
    assert decoded(b'{"id": 123456789012345678901234567890}') == {"id": 123456789012345678901234567890}


def test_a_fraction_is_a_float_whose_shortest_text_is_what_was_sent() -> None:
    assert str(decoded(b"[19.99]")) == "[19.99]"


def test_half_a_character_is_read_and_left_to_the_mapping() -> None:
    assert decoded(rb'{"title": "cut \ud83d"}') == {"title": "cut \ud83d"}


@pytest.mark.parametrize("body", [b'{"results": [', b"", b"<html>", b'{"a": "\xff"}'])
def test_what_is_no_json_is_said_to_be_none(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        decoded(body)
