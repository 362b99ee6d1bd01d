"""Connections at a glance, and the check of their permissions."""

import json

from support.client_world import Terminal, World, connection, page

LIST = "GET http://connector/v1/connections"
CHECK = "POST http://connector/v1/connections/c-1/check"


def deadline(kind: str, days: int, remedy: str = "Reauthorize the connection.") -> dict[str, object]:
    """A deadline as the connector answers it."""
    return {"kind": kind, "ends_at": "2026-12-01T10:00:00Z", "days_left": days, "remedy": remedy}


def line(terminal: Terminal, about: str) -> str:
    """The line of the last output that names this."""
    return next(one for one in terminal.out.splitlines() if about in one)


def test_a_line_tells_state_account_scopes_expiry_and_the_nearest_deadline(
    world: World, terminal: Terminal
) -> None:
    ebay = connection(
        marketplace="ebay",
        granted_scopes=["https://api.ebay.com/oauth/api_scope/sell.inventory.readonly"],
        access_expires_at="2026-11-01T12:30:00Z",
        deadlines=[deadline("client_secret", 200), deadline("refresh_token", 400)],
    )
    world.on(LIST, page(ebay))
    terminal.run("connections")
    shown = line(terminal, "c-1")
    for part in ("ebay: Potter (42)", "active", "sell.inventory.readonly", "2026-11-01 12:30 UTC"):
        assert part in shown
    assert "client secret in 200 days (2026-12-01)" in shown
    assert "https" not in shown
    assert "Reauthorize" not in terminal.out, "nothing has to be done yet"


def test_a_narrow_terminal_gets_a_list_instead_of_towers(world: World, terminal: Terminal) -> None:
    world.on(LIST, page(connection(deadlines=[deadline("consent", 200)])))
    terminal.session.out.width = 80
    terminal.run("connections")
    assert "etsy: Potter (42)" in line(terminal, "account")
    assert "consent in 200 days" in line(terminal, "next deadline")


def test_a_deadline_that_comes_close_says_what_to_do(world: World, terminal: Terminal) -> None:
    close = [deadline("consent", 1), deadline("refresh_token", 31, "Not yet.")]
    world.on(LIST, page(connection(deadlines=close)))
    terminal.run("connections")
    assert "consent in 1 day (2026-12-01)" in line(terminal, "c-1")
    assert "etsy, Potter: Reauthorize the connection." in terminal.out
    assert "Not yet." not in terminal.out


def test_a_deadline_that_has_passed_is_not_a_negative_number_of_days(
    world: World, terminal: Terminal
) -> None:
    world.on(LIST, page(connection(deadlines=[deadline("consent", -3)])))
    terminal.run("connections")
    assert "consent OVER (2026-12-01)" in line(terminal, "c-1")


def test_access_that_is_gone_says_how_it_comes_back(world: World, terminal: Terminal) -> None:
    world.on(LIST, page(connection(state="reauthorization_required", reason="the seller took it back")))
    terminal.run("connections")
    assert "the access is gone (the seller took it back). Run `truestock reauthorize c-1`." in terminal.out


def test_keys_of_a_store_never_expire(world: World, terminal: Terminal) -> None:
    world.on(
        LIST,
        page(connection(marketplace="woocommerce"), connection(connection_id="c-2", state="disconnected")),
    )
    terminal.run("connections")
    assert "never" in line(terminal, "c-1")
    assert "never" not in line(terminal, "c-2")


def test_one_connection_is_shown_with_all_its_deadlines(world: World, terminal: Terminal) -> None:
    both = [deadline("client_secret", 20, "Make a new secret."), deadline("consent", 300)]
    world.on(LIST, page(connection(deadlines=both)))
    terminal.run("connections", "c-1")
    assert "in 20 days" in line(terminal, "deadline: client secret")
    assert "in 300 days" in line(terminal, "deadline: consent")
    assert "Make a new secret." in terminal.out
    terminal.run("connections", "c-1", "--json")
    assert [one["days_left"] for one in json.loads(terminal.out)["deadlines"]] == [20, 300]


def test_a_check_shows_what_every_scope_opened(world: World, terminal: Terminal) -> None:
    world.on(LIST, page(connection()))
    world.on(CHECK, connection(revision=4, checks=[{"scope": "shops_r", "works": True, "detail": "works"}]))
    assert terminal.run("check").exit_code == 0
    assert "yes" in line(terminal, "shops_r")
    assert len(world.said(CHECK)) == 1
    terminal.run("check", "Potter", "--json")
    assert json.loads(terminal.out)["checks"] == [{"scope": "shops_r", "works": True, "detail": "works"}]


def test_a_check_that_finds_a_closed_scope_is_refused_with_the_remedy(
    world: World, terminal: Terminal
) -> None:
    world.on(LIST, page(connection()))
    detail = "These permissions do not open what they should: listings_r (Etsy answered 403)"
    remedy = "Reauthorize the connection and leave all requested permissions switched on."
    world.refuse(CHECK, 409, "missing_scopes", detail, remedy)
    assert terminal.run("check", "c-1").exit_code == 5
    assert "listings_r (Etsy answered 403)" in terminal.err
    assert remedy in terminal.err


def test_without_a_connection_there_is_nothing_to_check(world: World, terminal: Terminal) -> None:
    world.on(LIST, page())
    assert terminal.run("check").exit_code == 4
    assert "truestock connect MARKETPLACE" in terminal.err
    terminal.run("connections")
    assert "truestock connect" in terminal.out
