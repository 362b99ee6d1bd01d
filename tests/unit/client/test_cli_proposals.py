"""Proposals of later imports: shown with both sides, decided on what was shown."""

import json
from typing import Any

from support.client_world import Terminal, World, batch, page, report

PROPOSALS = "GET http://inventory/v1/proposals"
DECIDE = "POST http://inventory/v1/proposals/p-1/decide"


def proposal(**changes: Any) -> dict[str, Any]:
    title = {"inventory": "Mug", "marketplace": "Mug, large", "acceptable": True}
    stock = {"inventory": "3", "marketplace": None, "acceptable": False}
    fields = {"title": title, "variants.v-1.quantity": stock}
    return {
        "proposal_id": "p-1",
        "item_id": "i-1",
        "listing_id": "1001",
        "title": "Mug",
        "fields": fields,
        "revision": 3,
        **changes,
    }


def test_proposals_are_listed_by_state(world: World, terminal: Terminal) -> None:
    world.on(PROPOSALS, page(proposal()))
    assert terminal.run("proposals").exit_code == 0
    for expected in ("p-1", "1001", "title, variants.v-1.quantity"):
        assert expected in terminal.out
    terminal.run("proposals", "--state", "decided", "--json")
    assert [one["proposal_id"] for one in json.loads(terminal.out)] == ["p-1"]
    assert [call.query["state"] for call in world.said(PROPOSALS)] == ["open", "decided"]


def test_a_field_is_accepted_on_the_revision_that_was_shown(world: World, terminal: Terminal) -> None:
    world.on(PROPOSALS, page(proposal()), page(proposal(revision=9)))
    world.on(DECIDE, proposal(state="decided", revision=4))
    terminal.run("proposal", "p-1")
    for expected in ("Mug, large", "variants.v-1.quantity", "–", "no"):
        assert expected in terminal.out
    assert terminal.run("proposal", "p-1", "--accept", "title", "--reason", "r").exit_code == 0
    [call] = world.said(DECIDE)
    assert call.body == {"accept_fields": ["title"], "reason": "r"}
    assert call.headers["if-match"] == '"3"'


def test_all_that_can_be_is_accepted_and_nothing_is_when_kept(world: World, terminal: Terminal) -> None:
    world.on(PROPOSALS, page(proposal()))
    world.on(DECIDE, proposal(state="decided", revision=4))
    terminal.run("proposal", "p-1", "--accept-all", "--reason", "r", "--revision", "3")
    terminal.run("proposal", "p-1", "--keep", "--reason", "r", "--revision", "3")
    assert [call.body["accept_fields"] for call in world.said(DECIDE)] == [["title"], []]


def test_a_decision_is_one_choice_with_its_reason_on_what_was_seen(world: World, terminal: Terminal) -> None:
    world.on(PROPOSALS, page(proposal()))
    assert terminal.run("proposal", "p-1", "--keep").exit_code == 2
    assert terminal.run("proposal", "p-1", "--keep", "--accept-all", "--reason", "r").exit_code == 2
    assert terminal.run("proposal", "p-1", "--keep", "--reason", "r").exit_code == 6
    assert world.said(DECIDE) == []


def test_proposals_of_a_batch_are_decided_in_bulk(world: World, terminal: Terminal) -> None:
    world.on("GET http://importer/v1/batches", page(batch()))
    world.on("GET http://importer/v1/batches/b-1/report", report())
    world.on(PROPOSALS, page(proposal(), proposal(proposal_id="p-2")))
    world.on(DECIDE, proposal(state="decided"))
    world.refuse(
        "POST http://inventory/v1/proposals/p-2/decide",
        412,
        "stale_revision",
        "It has changed.",
        "Look again.",
    )
    assert terminal.run("decide", "--all-proposals", "accept", "--reason", "r").exit_code == 0
    assert world.said(PROPOSALS)[0].query["batch_id"] == "b-1"
    [call] = world.said(DECIDE)
    assert call.body == {"accept_fields": ["title"], "reason": "r"}
    assert call.headers["if-match"] == '"3"'
    assert "p-2: It has changed. Look again." in terminal.out
    assert "Decided 1 of 2 proposals." in terminal.out
