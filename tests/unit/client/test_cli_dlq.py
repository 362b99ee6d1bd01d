"""Dead letters of all services: listed together, replayed one by one or by group, discarded with a reason."""

import json
from typing import Any

import pytest
from support.client_world import Terminal, World, page

SEED = "inventory.seed-from-listing"
SERVICES = ("connector", "importer", "inventory", "validator")


def letter(offset: int = 12, **changes: Any) -> dict[str, Any]:
    """A dead letter as inventory answers it."""
    return {
        "id": f"{SEED}/0/{offset}",
        "group": SEED,
        "written_at": "2026-01-02T03:04:05Z",
        "key": "c-1:1001",
        "reason": "price: must not be negative",
        "state": "open",
        **changes,
    }


def at(service: str, path: str = "", method: str = "GET") -> str:
    return f"{method} http://{service}/v1/dead-letters{path}"


def test_the_open_ones_of_all_services_are_listed(world: World, terminal: Terminal) -> None:
    for service in SERVICES:
        world.on(at(service), page())
    world.on(at("inventory"), page(letter(), cursor="next"), page(letter(13)))
    assert terminal.run("dlq", "list", "--json").exit_code == 0
    assert [one["id"] for one in json.loads(terminal.out)] == [f"{SEED}/0/12", f"{SEED}/0/13"]
    assert [call.query.get("cursor") for call in world.said(at("inventory"))] == [None, "next"]


def test_one_group_is_asked_of_its_service_alone(world: World, terminal: Terminal) -> None:
    world.on(at("inventory"), page(letter()))
    assert terminal.run("dlq", "list", "--group", SEED).exit_code == 0
    assert "must not be negative" in terminal.out
    assert [(call.host, call.query["group"]) for call in world.calls] == [("inventory", SEED)]


def test_one_is_shown_with_its_content(world: World, terminal: Terminal) -> None:
    full = letter(headers={"ce_id": "e-1"}, text='{"sku": "[red]A[/]"}', is_whole=False)
    world.on(at("inventory", f"/{SEED}/0/12"), full)
    assert terminal.run("dlq", "show", f"{SEED}/0/12").exit_code == 0
    for expected in ("e-1", '{"sku": "[red]A[/]"}', "the content is longer"):
        assert expected in terminal.out


def test_a_group_is_replayed_as_far_as_it_succeeds(world: World, terminal: Terminal) -> None:
    world.on(at("inventory"), page(letter(12), letter(13)))
    world.refuse(
        at("inventory", f"/{SEED}/0/12/replay", "POST"), 409, "fails_again", "It fails again.", "Correct it."
    )
    world.on(at("inventory", f"/{SEED}/0/13/replay", "POST"), letter(13, state="replayed"))
    assert terminal.run("dlq", "replay", "--group", SEED).exit_code == 5
    assert "It fails again. Correct it." in terminal.err
    assert "1 replayed, 1 not." in terminal.out


def test_named_ones_are_replayed(world: World, terminal: Terminal) -> None:
    world.on(at("inventory", f"/{SEED}/0/12/replay", "POST"), letter(state="replayed"))
    assert terminal.run("dlq", "replay", f"{SEED}/0/12").exit_code == 0
    assert "1 replayed, 0 not." in terminal.out


def test_discarding_needs_a_reason(world: World, terminal: Terminal) -> None:
    request = at("inventory", f"/{SEED}/0/12/discard", "POST")
    world.on(request, letter(state="discarded", settled_by="Ada"))
    assert terminal.run("dlq", "discard", f"{SEED}/0/12").exit_code == 2
    assert terminal.run("dlq", "discard", f"{SEED}/0/12", "--reason", "a duplicate").exit_code == 0
    [call] = world.said(request)
    assert call.body == {"reason": "a duplicate"}
    assert "discarded by Ada" in terminal.out


@pytest.mark.parametrize(
    "arguments",
    [
        ("show", "nonsense"),
        ("show", f"{SEED}/x/1"),
        ("show", f"{SEED}/0/../../policies"),
        ("replay", "somebody.else/0/1"),
        ("replay",),
        ("replay", f"{SEED}/0/1", "--group", SEED),
    ],
)
def test_what_names_no_dead_letter_is_not_asked(
    world: World, terminal: Terminal, arguments: tuple[str, ...]
) -> None:
    assert terminal.run("dlq", *arguments).exit_code == 2
    assert world.calls == []
