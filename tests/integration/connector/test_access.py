"""Leases, refreshes, reauthorization and disconnecting, with two processes on one database."""

import asyncio

from support.connector_world import Operator
from support.waiting import eventually

from truestock.local.units import Unit


async def _expire(olga: Operator, login: str) -> None:
    await olga.fault("expire_access", login)


async def test_fifty_leases_at_expiry_make_one_token_request(
    olga: Operator, logins: list[str], connectors: list[Unit]
) -> None:
    login = logins.pop()
    connection = await olga.connect(login)
    account, connection_id = connection["account"]["id"], connection["connection_id"]
    first = (await olga.lease(connection_id)).json()
    await _expire(olga, login)
    other = Operator(connectors[1].url, olga.sandbox, olga.http, workspace=olga.workspace)
    answers = await asyncio.gather(
        *(
            (olga if number % 2 else other).lease(connection_id, refused=first["token_version"])
            for number in range(50)
        )
    )
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["access_token"] for answer in answers}) == 1
    assert {answer.json()["token_version"] for answer in answers} == {2}
    assert await olga.refreshes(account) == 1


async def test_a_late_report_of_an_old_version_refreshes_nothing(olga: Operator, logins: list[str]) -> None:
    connection = await olga.connect(logins.pop())
    account, connection_id = connection["account"]["id"], connection["connection_id"]
    second = (await olga.lease(connection_id, refused=1)).json()
    again = (await olga.lease(connection_id, refused=1)).json()
    assert second["token_version"] == again["token_version"] == 2
    assert await olga.refreshes(account) == 1


async def test_a_revoked_grant_needs_a_person_and_the_same_account(olga: Operator, logins: list[str]) -> None:
    login, other_login = logins.pop(), logins[0]
    connection = await olga.connect(login)
    connection_id = connection["connection_id"]
    path = f"/v1/connections/{connection_id}"
    await olga.fault("revoke", login)
    for _ in range(2):
        refused = await olga.lease(connection_id, refused=1)
        assert (refused.status_code, refused.json()["code"]) == (409, "reauthorization_required")
    assert await olga.refreshes(connection["account"]["id"]) == 1, "dead access is not asked for again"
    assert (await olga.get(path))["state"] == "reauthorization_required"

    attempt = (await olga.call("POST", f"{path}/reauthorize")).json()
    await olga.consent(attempt["authorization_url"], other_login)
    wrong = await olga.get(f"/v1/attempts/{attempt['attempt_id']}")
    assert (wrong["state"], wrong["failure"]["code"]) == ("failed", "wrong_account")
    assert (await olga.get(path))["state"] == "reauthorization_required"

    attempt = (await olga.call("POST", f"{path}/reauthorize")).json()
    page = await olga.consent(attempt["authorization_url"], login)
    assert "works again" in page.text
    restored = await olga.get(path)
    assert restored["state"] == "active"
    assert restored["token_version"] == 2
    lease = await olga.lease(connection_id)
    assert lease.status_code == 200
    confirmed = await olga.get(f"/v1/attempts/{attempt['attempt_id']}")
    assert confirmed["state"] == "confirmed"
    assert (await olga.confirm(confirmed)).status_code == 200, "confirming again answers the connection"


async def test_reauthorizing_an_active_connection_with_another_account_changes_nothing(
    olga: Operator, logins: list[str]
) -> None:
    connection = await olga.connect(logins.pop())
    path = f"/v1/connections/{connection['connection_id']}"
    attempt = (await olga.call("POST", f"{path}/reauthorize")).json()
    await olga.consent(attempt["authorization_url"], logins[0])
    assert await olga.get(path) == connection
    assert (await olga.lease(connection["connection_id"])).status_code == 200


async def test_disconnect_and_connect_again_keep_the_id(olga: Operator, logins: list[str]) -> None:
    login = logins.pop()
    connection = await olga.connect(login)
    path = f"/v1/connections/{connection['connection_id']}"
    body = {"reason": "summer break", "withdraw": False}
    assert (await olga.call("POST", f"{path}/disconnect", body, revision=99)).status_code == 412
    answer = await olga.call("POST", f"{path}/disconnect", body, revision=connection["revision"])
    assert answer.json()["state"] == "disconnected"
    refused = await olga.lease(connection["connection_id"])
    assert (refused.status_code, refused.json()["code"]) == (409, "disconnected")
    again = await olga.connect(login)
    assert again["connection_id"] == connection["connection_id"]
    assert again["revision"] == connection["revision"] + 2
    assert again["token_version"] == 2
    assert (await olga.lease(connection["connection_id"])).status_code == 200


async def test_a_marketplace_that_does_not_answer_is_not_asked_again_at_once(
    olga: Operator, logins: list[str]
) -> None:
    login = logins.pop()
    connection = await olga.connect(login)
    connection_id = connection["connection_id"]
    await olga.fault("server_error", login, where="token", times=10)
    answers = [await olga.lease(connection_id, refused=1) for _ in range(3)]
    assert [answer.json()["code"] for answer in answers] == ["marketplace_unavailable"] * 3
    assert await olga.refreshes(connection["account"]["id"]) == 1
    assert (await olga.lease(connection_id)).status_code == 200, "the present token still works"


async def test_a_short_lived_token_is_refreshed_ahead(olga: Operator, logins: list[str]) -> None:
    settings = f"{olga.sandbox}/control/settings"
    login = logins.pop()
    await olga.http.post(settings, json={"access_ttl": 6})
    try:
        connection = await olga.connect(login)
        path = f"/v1/connections/{connection['connection_id']}"

        async def refreshed() -> bool:
            return bool((await olga.get(path))["token_version"] > 1)

        await eventually(refreshed, 15, message="nobody refreshed ahead of expiry")
    finally:
        await olga.http.post(settings, json={"access_ttl": 3600})


async def test_check_reads_the_account_live(olga: Operator, logins: list[str]) -> None:
    login = logins.pop()
    connection = await olga.connect(login)
    path = f"/v1/connections/{connection['connection_id']}/check"
    await _expire(olga, login)
    assert (await olga.call("POST", path)).json()["settings_hash"] == connection["settings_hash"]
    await olga.http.post(f"{olga.sandbox}/control/accounts/{login}", json={"currency": "PLN"})
    assert (await olga.call("POST", path)).json()["settings"]["currency"] == "PLN"
