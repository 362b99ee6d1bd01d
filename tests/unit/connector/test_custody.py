"""Envelope encryption: what opens, what does not, and what a missing key says."""

import base64
from dataclasses import replace
from uuid import uuid4

import pytest

from truestock.connector.custody import Custody, NotOpened, Place
from truestock.connector.keyring import Keyring, KeysMissing

OLD, NEW = bytes(range(32)), bytes(range(1, 33))
PLACE = Place(uuid4(), uuid4(), "refresh_token", 3)


async def test_a_secret_opens_at_its_place_only() -> None:
    keyring = Custody(Keyring([("k1", OLD)]))
    sealed = await keyring.seal("123.canary", PLACE)
    assert await keyring.open(sealed, PLACE) == "123.canary"
    assert b"canary" not in sealed.ciphertext
    for elsewhere in (
        replace(PLACE, workspace_id=uuid4()),
        replace(PLACE, owner_id=uuid4()),
        replace(PLACE, field="access_token"),
        replace(PLACE, version=2),
    ):
        with pytest.raises(NotOpened):
            await keyring.open(sealed, elsewhere)


async def test_every_row_has_a_data_key_of_its_own() -> None:
    keyring = Custody(Keyring([("k1", OLD)]))
    one, two = await keyring.seal("same", PLACE), await keyring.seal("same", PLACE)
    assert one.ciphertext != two.ciphertext
    with pytest.raises(NotOpened):
        await keyring.open(replace(one, wrapped_key=two.wrapped_key), PLACE)


async def test_rotation_moves_the_data_key_and_leaves_the_ciphertext() -> None:
    sealed = await Custody(Keyring([("k1", OLD)])).seal("secret", PLACE)
    both = Custody(Keyring([("k2", NEW), ("k1", OLD)]))
    moved = await both.rewrap(sealed, PLACE)
    assert (moved.key_id, moved.ciphertext) == ("k2", sealed.ciphertext)
    assert await Custody(Keyring([("k2", NEW)])).open(moved, PLACE) == "secret"
    with pytest.raises(NotOpened, match="k1"):
        await Custody(Keyring([("k2", NEW)])).open(sealed, PLACE)


async def test_a_flipped_byte_anywhere_does_not_open() -> None:
    custody = Custody(Keyring([("k1", OLD)]))
    sealed = await custody.seal("123.canary", PLACE)
    damaged = [replace(sealed, wrapped_key=other) for other in damages(sealed.wrapped_key)]
    damaged += [replace(sealed, ciphertext=other) for other in damages(sealed.ciphertext)]
    for one in damaged:
        with pytest.raises(NotOpened):
            await custody.open(one, PLACE)


async def test_a_key_that_another_process_used_already_is_read_from_the_source() -> None:
    text = [encoded(k1=OLD)]
    custody = Custody(Keyring.parse(text[0], lambda: text[0]))
    sealed = await Custody(Keyring([("k2", NEW)])).seal("secret", PLACE)
    with pytest.raises(NotOpened):
        await custody.open(sealed, PLACE)
    text[0] = encoded(k1=OLD, k2=NEW)
    assert await custody.open(sealed, PLACE) == "secret"
    assert custody.keys.newest == "k1"
    text[0] = encoded(k2=NEW)
    await custody.keys.refresh()
    assert custody.keys.known == ("k2",)


async def test_a_damaged_source_leaves_the_keys_as_they_were() -> None:
    text = [encoded(k1=OLD)]
    custody = Custody(Keyring.parse(text[0], lambda: text[0]))
    sealed = await custody.seal("secret", PLACE)
    for damaged in ("", "k1:short"):
        text[0] = damaged
        await custody.keys.refresh()
        assert await custody.open(sealed, PLACE) == "secret"


def damages(whole: bytes) -> list[bytes]:
    flipped = [whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for at in range(len(whole))]
    return [*flipped, b"", whole[:5], whole[:-1]]


def encoded(**keys: bytes) -> str:
    return "\n".join(f"{key_id}:{base64.b64encode(key).decode()}" for key_id, key in keys.items())


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
