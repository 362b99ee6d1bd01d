"""From starting an attempt to a confirmed connection, against the real sandbox over HTTP."""

from support.connector_world import Operator


async def test_an_account_is_reviewed_and_confirmed(olga: Operator, logins: list[str]) -> None:
    login = logins.pop()
    attempt = await olga.start()
    assert attempt["state"] == "started"
    assert "code_challenge_method=S256" in await olga.opened(attempt["authorization_url"])
    page = await olga.consent(attempt["authorization_url"], login)
    assert page.status_code == 200
    assert "not connected yet" in page.text
    shown = await olga.get(f"/v1/attempts/{attempt['attempt_id']}")
    assert shown["state"] == "awaiting_confirmation"
    assert shown["authorization_url"] is None
    assert shown["account"]["id"].isdigit()
    assert shown["settings"]["currency"]
    assert shown["granted_scopes"] == ["listings_r", "shops_r"]
    assert shown["account_matches"] is None
    answer = await olga.confirm(shown)
    assert answer.status_code == 200, answer.text
    connection = answer.json()
    assert connection["state"] == "active"
    assert connection["account"] == shown["account"]
    assert connection["token_version"] == 1
    trail = await olga.get(f"/v1/connections/{connection['connection_id']}/audit")
    assert [(line["action"], line["who"]) for line in trail["items"]] == [("connection.confirmed", "olga")]


async def test_a_callback_works_once(olga: Operator, logins: list[str]) -> None:
    attempt = await olga.start()
    callback = await olga.decided(attempt["authorization_url"], logins.pop())
    assert (await olga.http.get(callback)).status_code == 200
    again = await olga.http.get(callback)
    assert again.status_code == 400
    assert "not valid" in again.text


async def test_a_denied_attempt_ends(olga: Operator, logins: list[str]) -> None:
    attempt = await olga.start()
    page = await olga.consent(attempt["authorization_url"], logins[0], deny="1")
    assert page.status_code == 400
    shown = await olga.get(f"/v1/attempts/{attempt['attempt_id']}")
    assert (shown["state"], shown["failure"]["code"]) == ("denied", "access_denied")
    await olga.start()  # the way is free again


async def test_a_missing_scope_is_named_at_connect_time(olga: Operator, logins: list[str]) -> None:
    attempt = await olga.start()
    await olga.consent(attempt["authorization_url"], logins[0], grant_scopes="shops_r")
    shown = await olga.get(f"/v1/attempts/{attempt['attempt_id']}")
    assert (shown["state"], shown["failure"]["code"]) == ("failed", "missing_scopes")
    assert shown["missing_scopes"] == ["listings_r"]


async def test_a_second_connect_names_the_one_under_way(olga: Operator, logins: list[str]) -> None:
    attempt = await olga.start()
    olga.name = "boris"
    answer = await olga.call("POST", "/v1/attempts", {"marketplace": "etsy"})
    assert answer.status_code == 409
    assert answer.json()["code"] == "attempt_under_way"
    assert answer.json()["attempt_id"] == attempt["attempt_id"]
    olga.name = "olga"
    newer = await olga.start()
    older = await olga.get(f"/v1/attempts/{attempt['attempt_id']}")
    assert older["state"] == "superseded"
    assert newer["state"] == "started"


async def test_the_next_connect_waits_for_the_first_sample(olga: Operator, logins: list[str]) -> None:
    connection = await olga.connect(logins.pop())
    answer = await olga.call("POST", "/v1/attempts", {"marketplace": "etsy"})
    assert answer.status_code == 409
    assert answer.json()["code"] == "sample_not_approved"
    assert answer.json()["connection_id"] == connection["connection_id"]
    skipped = await olga.start(skip_sequence_reason="the outlet shop goes in parallel")
    trail = await olga.get(f"/v1/attempts/{skipped['attempt_id']}/audit")
    [line] = trail["items"]
    assert (line["action"], line["reason"]) == ("attempt.started", "the outlet shop goes in parallel")
    assert line["after"]["skip_sequence_reason"] == "the outlet shop goes in parallel"


async def test_an_attempts_audit_is_read_page_by_page(olga: Operator, logins: list[str]) -> None:
    attempt = await olga.authorize(logins.pop())
    await olga.confirm(attempt)
    path = f"/v1/attempts/{attempt['attempt_id']}/audit"
    first = await olga.get(f"{path}?limit=1")
    second = await olga.get(f"{path}?limit=1&cursor={first['next_cursor']}")
    actions = [line["action"] for line in first["items"] + second["items"]]
    assert actions == ["attempt.started", "connection.confirmed"]
    rest = await olga.get(f"{path}?limit=1&cursor={second['next_cursor']}")
    assert rest == {"items": [], "next_cursor": None}
    other = Operator(olga.connector, olga.sandbox, olga.http)
    assert (await other.call("GET", path)).status_code == 404
    assert (await olga.call("GET", f"{path}?cursor=last")).status_code == 422


async def test_priority_order(olga: Operator) -> None:
    policies = await olga.get("/v1/policies")
    assert policies == {"priority": [], "revision": 0}  # nobody has set an order: nothing is out of it
    answer = await olga.call("PUT", "/v1/policies", {"priority": ["ebay", "etsy"]}, revision=0)
    assert answer.status_code == 200
    stale = await olga.call("PUT", "/v1/policies", {"priority": ["etsy"]}, revision=0)
    assert stale.status_code == 412
    refused = await olga.call("POST", "/v1/attempts", {"marketplace": "etsy"})
    assert (refused.status_code, refused.json()["code"], refused.json()["next"]) == (
        409,
        "priority_order",
        "ebay",
    )
    await olga.start(skip_priority_reason="eBay is not ready")


async def test_another_account_than_expected_needs_a_reason(olga: Operator, logins: list[str]) -> None:
    attempt = await olga.authorize(logins.pop(), expected_account={"id": "1", "name": "Somebody"})
    assert attempt["account_matches"] is False
    refused = await olga.confirm(attempt)
    assert (refused.status_code, refused.json()["code"]) == (409, "account_mismatch")
    accepted = await olga.confirm(attempt, accept_mismatch_reason="the id on the sheet was wrong")
    assert accepted.status_code == 200


async def test_settings_that_changed_meanwhile_are_shown_again(olga: Operator, logins: list[str]) -> None:
    login = logins.pop()
    attempt = await olga.authorize(login)
    currency = "SEK" if attempt["settings"]["currency"] != "SEK" else "NOK"
    await olga.http.post(f"{olga.sandbox}/control/accounts/{login}", json={"currency": currency})
    refused = await olga.confirm(attempt)
    assert (refused.status_code, refused.json()["code"]) == (409, "settings_changed")
    assert refused.json()["settings"]["currency"] == currency
    now = await olga.get(f"/v1/attempts/{attempt['attempt_id']}")
    assert now["settings"]["currency"] == currency
    assert now["revision"] > attempt["revision"]
    assert (await olga.confirm(attempt)).status_code == 412
    assert (await olga.confirm(now)).status_code == 200


async def test_two_operators_confirm_the_same_attempt(olga: Operator, logins: list[str]) -> None:
    attempt = await olga.authorize(logins.pop())
    assert (await olga.confirm(attempt)).status_code == 200
    olga.name = "boris"
    assert (await olga.confirm(attempt)).status_code == 412


async def test_an_account_has_one_owner(olga: Operator, logins: list[str]) -> None:
    login = logins.pop()
    await olga.connect(login)
    other = Operator(olga.connector, olga.sandbox, olga.http)
    attempt = await other.authorize(login)
    refused = await other.confirm(attempt)
    assert (refused.status_code, refused.json()["code"]) == (409, "account_owned_elsewhere")
    assert (await other.get("/v1/connections"))["items"] == []
    assert str(olga.workspace) not in refused.text


async def test_another_workspaces_ids_are_unknown(olga: Operator, logins: list[str]) -> None:
    connection = await olga.connect(logins.pop())
    other = Operator(olga.connector, olga.sandbox, olga.http)
    path = f"/v1/connections/{connection['connection_id']}"
    assert (await other.call("GET", path)).status_code == 404
    assert (await other.lease(connection["connection_id"])).status_code == 404
    body = {"reason": "not mine", "withdraw": False}
    assert (await other.call("POST", f"{path}/disconnect", body, revision=1)).status_code == 404


async def test_a_rejected_attempt_frees_the_way(olga: Operator, logins: list[str]) -> None:
    attempt = await olga.authorize(logins[0])
    path = f"/v1/attempts/{attempt['attempt_id']}/reject"
    answer = await olga.call("POST", path, {"reason": "wrong shop"}, revision=attempt["revision"])
    assert answer.json()["state"] == "rejected"
    assert (await olga.confirm(attempt)).status_code == 412
    await olga.start()


async def test_viewers_look_and_nobody_else_gets_in(olga: Operator) -> None:
    olga.role = "viewer"
    assert (await olga.call("GET", "/v1/connections")).status_code == 200
    assert (await olga.call("POST", "/v1/attempts", {"marketplace": "etsy"})).status_code == 403
    assert (await olga.http.get(f"{olga.connector}/v1/connections")).status_code == 401
    olga.role = "operator"
    assert (await olga.call("POST", "/v1/attempts", {"marketplace": "temu"})).status_code == 422
    assert (await olga.call("POST", "/v1/attempts", {"marketplaces": "etsy"})).status_code == 422
