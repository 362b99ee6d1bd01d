"""Commands that change something: what was seen is what is decided on."""

from support.client_world import Terminal, World, attempt, batch, connection, page, report

BATCHES = "GET http://importer/v1/batches"
REPORT = "GET http://importer/v1/batches/b-1/report"
APPROVE = "POST http://importer/v1/batches/b-1/approve"
GATE = {"bulk_allowed": True, "because": "sample 1 was approved"}
HELD = {
    "held_id": "h-1",
    "listing_id": "1001",
    "title": "Mug",
    "revision": 4,
    "candidates": [{"item_id": "i-9", "title": "Mug"}],
}
SPLIT = {
    "split_id": "s-1",
    "item_id": "i-1",
    "listing_id": "1001",
    "option_name": "Colour",
    "values": ["red", "blue"],
    "on_hand": 5,
    "revision": 2,
}


def test_approval_sends_the_revision_that_the_report_showed(world: World, terminal: Terminal) -> None:
    world.on(BATCHES, page(batch(revision=99)))
    world.on(REPORT, report())
    world.on(APPROVE, batch(state="approved"))
    world.on("GET http://importer/v1/connections/c-1/gate", GATE)
    terminal.run("report")
    assert terminal.run("approve").exit_code == 0
    assert world.said(APPROVE)[0].headers["if-match"] == '"7"'
    assert "The gate is open" in terminal.out


def test_approving_what_was_never_looked_at_is_refused_here(world: World, terminal: Terminal) -> None:
    world.on(BATCHES, page(batch()))
    assert terminal.run("approve").exit_code == 6
    assert "truestock report" in terminal.err
    assert world.said(APPROVE) == []


def test_a_stale_revision_is_a_sentence_and_an_exit_code(world: World, terminal: Terminal) -> None:
    world.on(BATCHES, page(batch()))
    world.refuse(
        APPROVE, 412, "stale_revision", "You decided on revision 7; it is at 8 now.", "Read it again."
    )
    assert terminal.run("approve", "--revision", "7").exit_code == 6
    assert "it is at 8 now" in terminal.err
    assert "Read it again." in terminal.err
    assert "Traceback" not in terminal.err + terminal.out


def test_confirming_repeats_account_and_settings(world: World, terminal: Terminal) -> None:
    account = {"marketplace": "etsy", "id": "42", "name": "Potter"}
    back = attempt(
        state="awaiting_confirmation",
        account=account,
        settings={"currency": "EUR"},
        settings_hash="hash-1",
        revision=2,
    )
    world.on("POST http://connector/v1/attempts", attempt())
    world.on("GET http://connector/v1/attempts/a-1", attempt(), back)
    world.on("GET http://connector/v1/attempts", page(back))
    world.on("POST http://connector/v1/attempts/a-1/confirm", connection())
    assert terminal.run("connect", "etsy", "--expect-id", "42").exit_code == 0
    for expected in (
        "http://connector/v1/oauth/etsy/start?ticket=t",
        "Potter",
        "EUR",
        "truestock confirm a-1 --account 42 --settings hash-1",
    ):
        assert expected in terminal.out
    assert terminal.run("confirm", "a-1", "--account", "42", "--settings", "hash-1").exit_code == 0
    call = world.said("POST http://connector/v1/attempts/a-1/confirm")[0]
    assert call.body == {"account_id": "42", "settings_hash": "hash-1"}
    assert call.headers["if-match"] == '"2"'


def test_an_attempt_that_failed_says_what_to_do(world: World, terminal: Terminal) -> None:
    failure = {
        "code": "scope_missing",
        "detail": "listings_r was not granted.",
        "remedy": "Connect again and grant it.",
    }
    world.on("POST http://connector/v1/attempts", attempt())
    world.on("GET http://connector/v1/attempts/a-1", attempt(state="failed", failure=failure))
    assert terminal.run("connect", "etsy").exit_code == 5
    assert "listings_r was not granted." in terminal.err


def test_held_listings_are_decided_in_bulk_with_their_revisions(world: World, terminal: Terminal) -> None:
    world.on(BATCHES, page(batch()))
    world.on(REPORT, report())
    world.on("GET http://inventory/v1/held", page(HELD))
    world.on("POST http://inventory/v1/held/decide", {"results": [{"held_id": "h-1", "state": "decided"}]})
    assert terminal.run("decide", "--all-held", "link", "--reason", "same mug").exit_code == 0
    sent = world.said("POST http://inventory/v1/held/decide")[0].body
    decision = {"held_id": "h-1", "revision": 4, "action": "link", "item_id": "i-9"}
    assert sent == {"decisions": [decision], "reason": "same mug"}


def test_a_refused_decision_about_a_held_listing_is_told(world: World, terminal: Terminal) -> None:
    problem = {"detail": "It was decided by somebody else.", "remedy": "Look again."}
    world.on(BATCHES, page(batch()))
    world.on(REPORT, report())
    world.on("GET http://inventory/v1/held", page(HELD))
    world.on("POST http://inventory/v1/held/decide", {"results": [{"held_id": "h-1", "problem": problem}]})
    terminal.run("decide", "--all-held", "create", "--reason", "r")
    assert "It was decided by somebody else. Look again." in terminal.out
    assert "Decided 0 of 1" in terminal.out


def test_accepting_splits_divides_all_of_the_stock(world: World, terminal: Terminal) -> None:
    world.on(BATCHES, page(batch()))
    world.on(REPORT, report())
    world.on("GET http://inventory/v1/splits", page(SPLIT))
    world.on("POST http://inventory/v1/splits/s-1/decide", SPLIT | {"state": "accepted"})
    assert terminal.run("decide", "--all-splits", "accept", "--reason", "two colours", "--yes").exit_code == 0
    call = world.said("POST http://inventory/v1/splits/s-1/decide")[0]
    assert call.body["variants"] == [{"value": "red", "quantity": 3}, {"value": "blue", "quantity": 2}]
    assert call.headers["if-match"] == '"2"'


def test_blockers_are_waived_by_code(world: World, terminal: Terminal) -> None:
    world.on(BATCHES, page(batch()))
    world.on(REPORT, report())
    waive = "POST http://importer/v1/batches/b-1/listings/1001/waive"
    world.on(waive, batch(revision=8))
    terminal.run("decide", "--waive", "price_missing", "--reason", "comes later")
    call = world.said(waive)[0]
    assert call.body == {"reason": "comes later", "code": "price_missing"}
    assert call.headers["if-match"] == '"7"'


def test_decisions_in_bulk_need_a_reason(world: World, terminal: Terminal) -> None:
    world.on(BATCHES, page(batch()))
    assert terminal.run("decide", "--all-held", "create").exit_code == 2
    assert "--reason" in terminal.err


def test_undo_shows_what_would_happen_before_it_asks(world: World, terminal: Terminal) -> None:
    undo = "http://importer/v1/batches/b-1/undo"
    world.on(BATCHES, page(batch()))
    world.on(f"GET {undo}", {"archive": ["i-1", "i-2"], "unlink": ["i-3"]})
    world.on(f"POST {undo}", batch(state="rejected"))
    refused = terminal.run("undo", typed="n\n")
    assert refused.exit_code == 1
    assert "items to archive (untouched)" in terminal.out
    assert world.said(f"POST {undo}") == []
    assert terminal.run("undo", "--yes").exit_code == 0
    assert world.said(f"POST {undo}")[0].headers["if-match"] == '"7"'


def test_a_price_is_an_amount_and_a_currency(world: World, terminal: Terminal) -> None:
    item = {"item_id": "i-1", "title": "Mug", "variants": [{"variant_id": "v-1", "sku": "M"}], "revision": 5}
    world.on("GET http://inventory/v1/items", page(item))
    world.on("GET http://inventory/v1/items/i-1", item)
    world.on("PATCH http://inventory/v1/items/i-1", item | {"revision": 6})
    terminal.run("item", "M")
    assert terminal.run("edit", "M", "--price", "12.50", "--reason", "r").exit_code == 2
    assert terminal.run("edit", "M", "--price", "12.50 EUR", "--reason", "r").exit_code == 0
    call = world.said("PATCH http://inventory/v1/items/i-1")[0]
    price = {"amount": "12.50", "currency": "EUR"}
    assert call.body == {"variants": [{"variant_id": "v-1", "price": price}], "reason": "r"}
    assert call.headers["if-match"] == '"5"'


def test_a_wrong_line_of_a_count_is_named(terminal: Terminal) -> None:
    assert terminal.run("count", "MUG-1").exit_code == 2
    assert "'MUG-1' is not a line of a count" in terminal.err


def test_logging_out_forgets_the_login(terminal: Terminal) -> None:
    assert terminal.run("logout").exit_code == 0
    assert terminal.run("gate").exit_code == 3
    assert "truestock login" in terminal.err


def test_a_sale_is_a_negative_change_and_not_an_option(world: World, terminal: Terminal) -> None:
    item = {"item_id": "i-1", "title": "Mug", "variants": [{"variant_id": "v-1", "sku": "M"}], "revision": 5}
    world.on("GET http://inventory/v1/items", page(item))
    world.on("GET http://inventory/v1/items/i-1", item)
    world.on("POST http://inventory/v1/items/i-1/movements", item | {"revision": 6})
    terminal.run("item", "M")
    assert terminal.run("adjust", "M", "-1", "--kind", "sale", "--reason", "sold").exit_code == 0
    call = world.said("POST http://inventory/v1/items/i-1/movements")[0]
    assert call.body == {"variant_id": "v-1", "kind": "sale", "quantity": -1, "reason": "sold"}


def test_an_undone_batch_is_not_undone_again(world: World, terminal: Terminal) -> None:
    world.on(BATCHES, page(batch(undone_at="2026-01-01T00:00:00Z", undone_by="Ada")))
    assert terminal.run("undo", "--yes").exit_code == 5
    assert "undone by" in terminal.err.casefold()
