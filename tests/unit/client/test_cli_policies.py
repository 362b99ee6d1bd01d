"""Policies of the workspace: shown together, changed one at a time without losing the others."""

import json

import pytest
from support.client_world import Terminal, World, connection, page

CONNECTOR = "http://connector/v1/policies"
INVENTORY = "http://inventory/v1/policies"
VALIDATOR = "http://validator/v1/policies"
MARKUP = {"kind": "markup", "value": "1.10", "tolerance": "0.01"}
KEPT = {"buffers": {"ebay": 2}, "price_rules": {"c-1": MARKUP}, "revision": 5}


@pytest.fixture(autouse=True)
def workspace(world: World) -> None:
    world.on(f"GET {CONNECTOR}", {"priority": ["etsy", "ebay"], "revision": 1})
    world.on(f"GET {INVENTORY}", KEPT)
    world.on(f"PUT {INVENTORY}", KEPT)
    world.on(f"GET {VALIDATOR}", {"price_tolerance": "0.05", "revision": 2})
    world.on("GET http://connector/v1/connections", page(connection(), connection(connection_id="c-2")))


def test_the_policies_of_all_services_are_shown_together(terminal: Terminal) -> None:
    assert terminal.run("policies").exit_code == 0
    for expected in ("etsy → ebay", "ebay: 2 pieces", "× 1.10", "Potter", "0.05"):
        assert expected in terminal.out
    terminal.run("policies", "--json")
    assert json.loads(terminal.out)["inventory"]["buffers"] == {"ebay": 2}


def test_a_buffer_leaves_the_other_policies_as_they_are(world: World, terminal: Terminal) -> None:
    assert terminal.run("buffer", "etsy", "3", "--reason", "fairs").exit_code == 0
    assert terminal.run("buffer", "ebay", "0", "--reason", "closed", "--revision", "4").exit_code == 0
    more, less = world.said(f"PUT {INVENTORY}")
    rules = {"c-1": MARKUP}
    assert more.body == {"buffers": {"ebay": 2, "etsy": 3}, "price_rules": rules, "reason": "fairs"}
    assert less.body == {"buffers": {}, "price_rules": rules, "reason": "closed"}
    assert [call.headers["if-match"] for call in (more, less)] == ['"5"', '"4"']


def test_a_price_rule_is_set_for_one_connection(world: World, terminal: Terminal) -> None:
    assert terminal.run("price-rule", "c-2", "fixed", "-1.50", "--reason", "r").exit_code == 0
    [call] = world.said(f"PUT {INVENTORY}")
    fixed = {"kind": "fixed", "value": "-1.50", "tolerance": "0"}
    assert call.body == {"buffers": {"ebay": 2}, "price_rules": {"c-1": MARKUP, "c-2": fixed}, "reason": "r"}


def test_the_tolerance_is_set_at_the_validator(world: World, terminal: Terminal) -> None:
    world.on(f"PUT {VALIDATOR}", {"price_tolerance": "0.10", "revision": 3})
    assert terminal.run("tolerance", "0.10", "--reason", "rounding").exit_code == 0
    [call] = world.said(f"PUT {VALIDATOR}")
    assert (call.body, call.headers["if-match"]) == ({"price_tolerance": "0.10", "reason": "rounding"}, '"2"')
    assert "0.10" in terminal.out


def test_what_is_not_a_number_is_named_and_nothing_is_sent(world: World, terminal: Terminal) -> None:
    for arguments in (("tolerance", "a little"), ("tolerance", "NaN"), ("price-rule", "c-1", "markup", "x")):
        assert terminal.run(*arguments, "--reason", "r").exit_code == 2
        assert "is not a number" in terminal.err
    assert {call.method for call in world.calls} <= {"GET"}
