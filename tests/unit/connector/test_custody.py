"""Envelope encryption: what opens, what does not, and what a missing key says."""

import base64
from dataclasses import replace
from uuid import uuid4

import pytest

from truestock.connector.custody import Keyring, KeysMissing, NotOpened, Place

OLD, NEW = bytes(range(32)), bytes(range(1, 33))
PLACE = Place(uuid4(), uuid4(), "refresh_token", 3)


def test_a_secret_opens_at_its_place_only() -> None:
    keyring = Keyring([("k1", OLD)])
    sealed = keyring.seal("123.canary", PLACE)
    assert keyring.open(sealed, PLACE) == "123.canary"
    assert b"canary" not in sealed.ciphertext
    for elsewhere in (
        replace(PLACE, workspace_id=uuid4()),
        replace(PLACE, owner_id=uuid4()),
        replace(PLACE, field="access_token"),
        replace(PLACE, version=2),
    ):
        with pytest.raises(NotOpened):
            keyring.open(sealed, elsewhere)


def test_every_row_has_a_data_key_of_its_own() -> None:
    keyring = Keyring([("k1", OLD)])
    one, two = keyring.seal("same", PLACE), keyring.seal("same", PLACE)
    assert one.ciphertext != two.ciphertext
    with pytest.raises(NotOpened):
        keyring.open(replace(one, wrapped_key=two.wrapped_key), PLACE)


def test_rotation_moves_the_data_key_and_leaves_the_ciphertext() -> None:
    sealed = Keyring([("k1", OLD)]).seal("secret", PLACE)
    both = Keyring([("k2", NEW), ("k1", OLD)])
    moved = both.rewrap(sealed, PLACE)
    assert (moved.key_id, moved.ciphertext) == ("k2", sealed.ciphertext)
    assert Keyring([("k2", NEW)]).open(moved, PLACE) == "secret"
    with pytest.raises(NotOpened, match="k1"):
        Keyring([("k2", NEW)]).open(sealed, PLACE)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "does not start without a key"),
        ("k1:" + base64.b64encode(b"short").decode(), "Key number 1"),
        ("k1:not base64!", "Key number 1"),
        (":" + base64.b64encode(OLD).decode(), "Key number 1"),
        (f"k1:{base64.b64encode(OLD).decode()} k1:{base64.b64encode(NEW).decode()}", "twice"),
    ],
)
def test_an_unusable_keyring_says_what_is_wrong_and_shows_no_key(text: str, told: str) -> None:
    with pytest.raises(KeysMissing, match=told) as refused:
        Keyring.parse(text)
    assert base64.b64encode(OLD).decode() not in str(refused.value)


def test_keys_are_read_newest_first_by_line_or_comma() -> None:
    one, two = base64.b64encode(NEW).decode(), base64.b64encode(OLD).decode()
    assert Keyring.parse(f"k2:{one},k1:{two}").known == ("k2", "k1")
    assert Keyring.parse(f"k2:{one}\nk1:{two}\n").newest == "k2"
