"""What a record of a dead-letter topic says about itself, however odd it is."""

from dataclasses import replace
from uuid import UUID

import pytest
from aiokafka import ConsumerRecord
from hypothesis import given
from hypothesis import strategies as st
from support.small_service import WORKSPACE

from truestock.chassis.dead_letter_tool.letters import Address, read, workspace_of
from truestock.chassis.dead_letter_tool.models import SHOWN_BYTES, LetterInFull
from truestock.chassis.deadletters import why
from truestock.contracts.problem import Refusal

ADDRESS = Address("inventory.seed", 0, 7)
HEADERS = st.lists(st.tuples(st.text(max_size=8), st.none() | st.binary(max_size=8)), max_size=4)


def record(value: bytes | None, *, key: bytes | None = b"k", headers: object = ()) -> ConsumerRecord:
    """A record as a consumer gets it."""
    return ConsumerRecord("t", 2, 40, 1_700_000_000_000, 0, key, value, None, -1, -1, headers)


def given_up(original: ConsumerRecord, *, group: str = ADDRESS.group) -> ConsumerRecord:
    """The dead letter of a record."""
    headers = why(original, group=group, error=ValueError("no"), reason="because", attempts=2)
    return replace(original, topic=f"{group}.dlq", partition=0, offset=7, headers=tuple(headers))


@given(value=st.none() | st.binary(max_size=40), key=st.none() | st.binary(max_size=8), headers=HEADERS)
def test_the_original_comes_back_byte_for_byte(
    value: bytes | None, key: bytes | None, headers: list[tuple[str, bytes | None]]
) -> None:
    original = record(value, key=key, headers=tuple(headers))
    letter = read(ADDRESS, given_up(original))
    assert (letter.original.key, letter.original.value) == (key, value)
    assert (letter.original.topic, letter.original.partition, letter.original.offset) == ("t", 2, 40)
    assert letter.original.headers == tuple(headers)
    assert (letter.reason, letter.exception_class, letter.attempts) == ("because", "ValueError", 2)
    assert LetterInFull.of(letter).bytes == len(value or b"")


def test_a_dead_letter_that_became_one_again_keeps_its_first_story() -> None:
    first = given_up(record(b"{}", headers=(("ce_id", b"1"),)))
    letter = read(ADDRESS, given_up(first, group="importer.track"))
    assert letter.original.headers == first.headers
    assert letter.original.topic == first.topic


@given(value=st.none() | st.binary(max_size=40), headers=HEADERS)
def test_a_strangers_record_is_a_letter_without_a_story(
    value: bytes | None, headers: list[tuple[str, bytes | None]]
) -> None:
    letter = read(ADDRESS, record(value, headers=tuple(headers)))
    assert letter.original.headers == tuple(headers)
    assert letter.reason == "it does not say why"
    assert LetterInFull.of(letter).state == "open"


@pytest.mark.parametrize(
    ("value", "headers", "whose"),
    [
        (f'{{"workspace_id": "{WORKSPACE}"}}'.encode(), (), WORKSPACE),
        (None, (("truestock_workspace", str(WORKSPACE).encode()),), WORKSPACE),
        # data that does not say it is not helped by a header that does
        (b"{}", (("truestock_workspace", str(WORKSPACE).encode()),), None),
        (b'{"workspace_id": 7}', (), None),
        (b'{"workspace_id": "7"}', (), None),
        (b"[1]", (), None),
        (b"", (), None),
        (b"\xff", (), None),
        (None, (), None),
        (None, (("truestock_workspace", None),), None),
    ],
)
def test_whose_it_is_comes_from_its_data_or_is_unknown(
    value: bytes | None, headers: object, whose: UUID | None
) -> None:
    assert workspace_of(record(value, headers=headers)) == whose


@pytest.mark.parametrize(
    ("value", "text", "is_whole"),
    [
        (b"plain", "plain", True),
        ("ä".encode() * SHOWN_BYTES, "ä" * (SHOWN_BYTES // 2), False),
        # the cut falls into the second of the two bytes
        (b"x" + "ä".encode() * SHOWN_BYTES, "x" + "ä" * (SHOWN_BYTES // 2 - 1), False),
        (b"\xff\xfe", None, True),
        (b"\xff" * (SHOWN_BYTES + 1), None, False),
    ],
)
def test_text_is_shown_as_text_and_the_rest_in_base64(value: bytes, text: str | None, is_whole: bool) -> None:
    shown = LetterInFull.of(read(ADDRESS, given_up(record(value))))
    assert (shown.text, shown.is_whole) == (text, is_whole)
    assert (shown.base64 is None) == (text is not None)
    assert shown.bytes == len(value)


@pytest.mark.parametrize(
    "text", ["", "g/0", "g/0/x", "g/-1/0", "g//0/0", "g/0/0/0", "G H/0/0", "g/0/" + "9" * 19]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match="GROUP/PARTITION/OFFSET"):
        Address.parse(text)


def test_an_address_is_read_as_it_is_spelled() -> None:
    assert Address.parse(str(ADDRESS)) == ADDRESS
