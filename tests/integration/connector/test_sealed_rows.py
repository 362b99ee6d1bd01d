"""Somebody changes the database: what was moved, damaged or put back does not open, and nothing else ends."""

import json
from typing import Any

import httpx
import pytest
from support.connector_rows import ACCESS, REFRESH, Rows
from support.connector_sellers import connected
from support.connector_world import Operator

from truestock.local.units import Unit


def _flipped(row: dict[str, Any], part: str, at: int) -> dict[str, Any]:
    damaged = bytearray(row[part])
    damaged[at] ^= 1
    return {part: bytes(damaged)}


def _refused(answer: httpx.Response, *tokens: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (503, "secret_not_readable")
    assert answer.json()["remedy"]
    assert not [token for token in tokens if token in answer.text]


async def test_swapped_rows_open_nowhere_and_others_go_on(
    olga: Operator, rows: Rows, connectors: list[Unit]
) -> None:
    (_, one), (_, two), (_, three) = [await connected(olga, "etsy") for _ in range(3)]
    tokens = [(await olga.lease(each)).json()["access_token"] for each in (one, two)]
    first, second = await rows.secret(one, ACCESS), await rows.secret(two, ACCESS)
    await rows.put_secret(one, ACCESS, second)
    await rows.put_secret(two, ACCESS, first)
    for each in (one, two):
        _refused(await olga.lease(each), *tokens)
        assert await olga.state(each) == "active", "the keyring may be at fault: nothing is concluded"
    assert (await olga.lease(three)).status_code == 200
    assert not [token for token in tokens for unit in connectors if token in unit.logs()]
    await rows.put_secret(one, ACCESS, first)
    await rows.put_secret(two, ACCESS, second)
    assert [(await olga.lease(each)).json()["access_token"] for each in (one, two)] == tokens


async def test_the_fields_of_one_connection_cannot_be_swapped_either(olga: Operator, rows: Rows) -> None:
    seller, connection_id = await connected(olga, "etsy")
    access = await rows.secret(connection_id, ACCESS)
    await rows.put_secret(connection_id, ACCESS, await rows.secret(connection_id, REFRESH))
    _refused(await olga.lease(connection_id))
    await rows.put_secret(connection_id, ACCESS, access)
    await rows.put_secret(connection_id, REFRESH, access)
    _refused(await olga.lease(connection_id, refused=1))
    assert await olga.refreshes(seller.account) == 0, "no access token is sent as a refresh token"


@pytest.mark.parametrize("part", ["wrapped_key", "ciphertext"])
@pytest.mark.parametrize("at", [0, 20, -1])
async def test_a_flipped_byte_does_not_open(part: str, at: int, olga: Operator, rows: Rows) -> None:
    _, connection_id = await connected(olga, "etsy")
    row = await rows.secret(connection_id, ACCESS)
    await rows.put_secret(connection_id, ACCESS, row, **_flipped(row, part, at))
    _refused(await olga.lease(connection_id))


@pytest.mark.parametrize("called", ["what it was", "the present one"])
async def test_a_former_version_that_was_put_back_does_not_open(
    called: str, olga: Operator, rows: Rows
) -> None:
    _, connection_id = await connected(olga, "etsy")
    former = await rows.secret(connection_id, ACCESS)
    token = (await olga.lease(connection_id)).json()["access_token"]
    renewed = (await olga.lease(connection_id, refused=1)).json()
    assert renewed["token_version"] == 2
    present = await rows.secret(connection_id, ACCESS)
    version = former["version"] if called == "what it was" else present["version"]
    await rows.put_secret(connection_id, ACCESS, former, version=version)
    _refused(await olga.lease(connection_id), token)
    await rows.put_secret(connection_id, ACCESS, present)
    assert (await olga.lease(connection_id)).json()["access_token"] == renewed["access_token"]


async def test_what_cannot_be_read_can_be_authorized_again_or_disconnected(
    olga: Operator, rows: Rows
) -> None:
    seller, connection_id = await connected(olga, "etsy")
    for field in (ACCESS, REFRESH):
        row = await rows.secret(connection_id, field)
        await rows.put_secret(connection_id, field, row, **_flipped(row, "ciphertext", 15))
    _refused(await olga.lease(connection_id))
    assert "works again" in (await olga.reauthorize(connection_id, seller.login)).text
    assert (await olga.lease(connection_id)).status_code == 200
    row = await rows.secret(connection_id, REFRESH)
    await rows.put_secret(connection_id, REFRESH, row, **_flipped(row, "wrapped_key", 15))
    assert (await olga.disconnect(connection_id))["state"] == "disconnected"
    assert await rows.secrets(connection_id) == 0
    trail = await olga.get(f"/v1/connections/{connection_id}/audit")
    assert json.dumps(trail).count('"connection.disconnected"') == 1
