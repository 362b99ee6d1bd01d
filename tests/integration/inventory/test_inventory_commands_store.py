"""Commands, consumers and undo against real PostgreSQL."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from support.deliveries import delivery
from support.inventory_values import (
    BATCH,
    EBAY,
    ETSY,
    NOW,
    WORKSPACE,
    euro,
    imported,
    listing,
    shown,
)
from support.inventory_world import Inventory

from truestock.contracts.events import (
    ConnectionConfirmed,
    ConnectionDisconnected,
    PriceRule,
    PriceRuleKind,
    SyncValidated,
    Verdict,
)
from truestock.contracts.listing import Account
from truestock.contracts.problem import Refusal
from truestock.contracts.values import Marketplace
from truestock.inventory.domain.editing import Edit
from truestock.inventory.domain.holding import HeldAction
from truestock.inventory.domain.model import Item, ItemState, ListingState, MovementKind
from truestock.inventory.domain.policies import ChannelRule, Policies
from truestock.inventory.domain.splitting import Part
from truestock.inventory.usecases.decide_held import HeldDecision

ACCOUNT = Account(marketplace=Marketplace.ETSY, id="4711", name="Shop")
SECOND = uuid4()


def disconnected(version: int = 2, *, withdraw: bool = False) -> ConnectionDisconnected:
    return ConnectionDisconnected(
        workspace_id=WORKSPACE,
        occurred_at=NOW + timedelta(hours=version),
        correlation_id=ETSY,
        connection_id=ETSY,
        account=ACCOUNT,
        version=version,
        reason="closed",
        withdraw=withdraw,
    )


def confirmed(version: int = 1) -> ConnectionConfirmed:
    return ConnectionConfirmed(
        workspace_id=WORKSPACE,
        occurred_at=NOW + timedelta(hours=version),
        correlation_id=ETSY,
        connection_id=ETSY,
        account=ACCOUNT,
        version=version,
        granted_scopes=(),
        currency="EUR",
        settings_hash="x",
        confirmed_by="Ada",
    )


def verdict(item: Item, fingerprint: str, said: Verdict, version: int) -> SyncValidated:
    return SyncValidated(
        workspace_id=WORKSPACE,
        occurred_at=NOW,
        correlation_id=BATCH,
        connection_id=ETSY,
        marketplace=Marketplace.ETSY,
        listing_id=item.listings[0].listing_id,
        batch_id=BATCH,
        version=version,
        sequence=1,
        item_id=item.item_id,
        item_version=item.version,
        fingerprint=fingerprint,
        verdict=said,
    )


async def test_movements_change_stock_publish_and_are_audited(inventory: Inventory) -> None:
    await inventory.imports(imported(listing("1", shown("A", 3), title="Mug")))
    item = await inventory.item("Mug")
    variant = item.variants[0].variant_id
    after, _ = await inventory.do.move(
        inventory.who, item.item_id, 1, variant, MovementKind.SALE, -1, "sold at the fair"
    )
    assert (after.version, after.variants[0].on_hand) == (2, 2)
    (published,) = await inventory.published()
    assert (published["version"], published["channels"][0]["variants"][0]["available"]) == (2, 2)
    (line,) = await inventory.rows("SELECT who, action, reason FROM audit")
    assert tuple(line) == ("ada", "stock.move", "sold at the fair")
    with pytest.raises(Refusal, match="revision 1"):
        await inventory.do.move(inventory.who, item.item_id, 1, variant, MovementKind.SALE, -1, "again")
    with pytest.raises(Refusal, match="leaves -3"):
        await inventory.do.move(inventory.who, item.item_id, 2, variant, MovementKind.SALE, -5, "too many")
    assert await inventory.published() == []


async def test_after_a_stock_edit_a_reimport_proposes_and_writes_nothing(inventory: Inventory) -> None:
    await inventory.imports(imported(listing("1", shown("A", 3), title="Mug")))
    item = await inventory.item("Mug")
    await inventory.do.count.record(inventory.who, {item.variants[0].variant_id: 8}, "shelf", True)
    (answer,) = await inventory.imports(
        imported(listing("1", shown("A", 3), title="Mug"), sequence=2, batch_id=SECOND)
    )
    assert answer["outcome"] == "proposed"
    (after,) = await inventory.items()
    assert after.variants[0].on_hand == 8
    (proposal,) = await inventory.do.reading.waiting("proposals", WORKSPACE)
    done = await inventory.do.decide_proposal(inventory.who, proposal.proposal_id, 1, [], "ours is right")
    assert done.state.value == "decided"
    published = await inventory.published()
    assert "proposal_open" not in published[-1]["channels"][0]["open_issues"]


async def test_edits_and_accepted_proposals(inventory: Inventory) -> None:
    await inventory.imports(
        imported(listing("1", shown("A", 3), title="Mug")), imported(listing("2", shown("B")))
    )
    item = await inventory.item("Mug")
    variant = item.variants[0].variant_id
    with pytest.raises(Refusal, match="SKU B is on item"):
        await inventory.do.edit(inventory.who, item.item_id, 1, Edit({}, {variant: {"sku": "B"}}), "typo")
    after = await inventory.do.edit(
        inventory.who, item.item_id, 1, Edit({"title": "Cup"}, {variant: {"price": euro("9.00")}}), "sale"
    )
    assert (after.fields.title, after.variants[0].price) == ("Cup", euro("9.00"))
    await inventory.imports(imported(listing("1", shown("A", 3), title="Bowl"), sequence=2))
    (proposal,) = await inventory.do.reading.waiting("proposals", WORKSPACE)
    await inventory.do.decide_proposal(inventory.who, proposal.proposal_id, 1, ["title"], "better")
    found = await inventory.item("Bowl")
    assert found.variants[0].price == euro("9.00")
    with pytest.raises(Refusal, match="revision 1"):
        await inventory.do.decide_proposal(inventory.who, proposal.proposal_id, 1, ["title"], "again")


async def test_splits_are_decided_once_and_divide_the_ledger(inventory: Inventory) -> None:
    await inventory.imports(imported(listing("1", shown("A", 6), title="Shirt", buried=("S", "M"))))
    (split,) = await inventory.do.reading.waiting("splits", WORKSPACE)
    parts = [Part("S", 4, "A-S"), Part("M", 2)]
    with pytest.raises(Refusal, match="add up to 3"):
        await inventory.do.decide_split(
            inventory.who, split.split_id, 1, True, [Part("S", 1), Part("M", 2)], "counted"
        )
    _, item = await inventory.do.decide_split(inventory.who, split.split_id, 1, True, parts, "counted")
    found = await inventory.item("Shirt")
    assert [(v.sku, v.on_hand) for v in found.variants] == [("A-S", 4), (None, 2)]
    assert found.variants == item.variants
    lines = await inventory.rows(
        "SELECT kind, quantity FROM movements WHERE kind = 'split' ORDER BY quantity"
    )
    assert [tuple(line) for line in lines] == [("split", -6), ("split", 2), ("split", 4)]
    with pytest.raises(Refusal, match="revision 1"):
        await inventory.do.decide_split(inventory.who, split.split_id, 1, True, parts, "again")
    assert (await inventory.do.reading.summary(WORKSPACE, None, None))["variants"] == 2


async def test_held_listings_are_decided_in_bulk_each_for_itself(inventory: Inventory) -> None:
    await inventory.imports(
        imported(listing("1", shown("A", 3))),
        imported(listing("2", shown("A", 4))),
        imported(listing("3", shown("A", 5))),
    )
    first, second = await inventory.do.reading.waiting("held", WORKSPACE)
    results = await inventory.do.decide_held(
        inventory.who,
        [
            HeldDecision(first.held_id, 1, HeldAction.CREATE),
            HeldDecision(second.held_id, 7, HeldAction.CREATE),
            HeldDecision(uuid4(), 1, HeldAction.REJECT),
        ],
        "separate",
    )
    assert [result.refusal.code if result.refusal else "ok" for result in results] == [
        "ok",
        "stale_revision",
        "not_found",
    ]
    published = await inventory.published()
    assert [row["outcome"] for row in published if "outcome" in row] == ["created"]
    assert published[0]["batch_id"] == str(BATCH)
    (result,) = await inventory.do.decide_held(
        inventory.who, [HeldDecision(second.held_id, 1, HeldAction.REJECT)], "not ours"
    )
    assert result.refusal is None
    assert len(await inventory.items()) == 2


async def test_attesting_a_batch_confirms_all_of_it(inventory: Inventory) -> None:
    await inventory.imports(imported(listing("1", shown("A", 3))), imported(listing("2", shown("B", None))))
    done = await inventory.do.attest(inventory.who, [], BATCH, "as imported, I checked")
    assert (len(done.items), done.variants, len(done.unknown)) == (2, 2, 1)
    assert all(v.confirmed for item in await inventory.items() for v in item.variants)
    published = await inventory.published()
    assert all("stock_unconfirmed" not in row["channels"][0]["open_issues"] for row in published)
    await inventory.do.attest(inventory.who, [], BATCH, "again")
    assert await inventory.published() == []


async def test_push_allowed_follows_the_verdict_on_the_current_fingerprint_only(inventory: Inventory) -> None:
    await inventory.imports(imported(listing("1", shown("A", 3), title="Mug")))
    item = await inventory.item("Mug")
    old = item.listings[0].fingerprint
    await inventory.judge([delivery(verdict(item, old, Verdict.PASSED, 2))])
    allowed = await inventory.item("Mug")
    assert (allowed.listings[0].push_allowed, allowed.version) == (True, 1)
    await inventory.judge([delivery(verdict(item, old, Verdict.FAILED, 1))])
    assert (await inventory.item("Mug")).listings[0].push_allowed
    await inventory.do.count.record(inventory.who, {item.variants[0].variant_id: 8}, "shelf", True)
    counted = await inventory.item("Mug")
    assert not counted.listings[0].push_allowed
    await inventory.judge([delivery(verdict(item, old, Verdict.PASSED, 3))])
    assert not (await inventory.item("Mug")).listings[0].push_allowed
    new = counted.listings[0].fingerprint
    await inventory.judge([delivery(verdict(item, new, Verdict.PASSED_WITH_WARNINGS, 4))])
    assert (await inventory.item("Mug")).listings[0].push_allowed
    await inventory.judge([delivery(verdict(item, new, Verdict.UNVERIFIABLE, 5))])
    assert not (await inventory.item("Mug")).listings[0].push_allowed


async def test_buffers_and_price_rules_spread_to_the_items_they_concern(inventory: Inventory) -> None:
    await inventory.imports(
        imported(listing("1", shown("A", 3), title="Mug")),
        imported(listing("9", shown("B", 3), title="Cup"), connection_id=EBAY),
    )
    await inventory.published()
    rule = ChannelRule(PriceRule(kind=PriceRuleKind.MARKUP, value=Decimal("2")), Decimal("0.01"))
    done = await inventory.do.set_policies(
        inventory.who, 0, Policies({"etsy": 2}, {ETSY: rule}), "keep two back"
    )
    assert done.revision == 1
    (published,) = await inventory.published()
    assert published["shared"]["title"] == "Mug"
    (variant,) = published["channels"][0]["variants"]
    assert (variant["available"], variant["price"]["amount"]) == (1, "20.00")
    assert (await inventory.do.reading.policies(WORKSPACE)).price_rules[ETSY] == rule
    with pytest.raises(Refusal, match="revision 0"):
        await inventory.do.set_policies(inventory.who, 0, Policies(), "late")


async def test_a_disconnected_connection_s_listings_rest_until_it_returns(inventory: Inventory) -> None:
    await inventory.deliver([confirmed(1)])
    await inventory.imports(imported(listing("1", shown("A", 3), title="Mug")))
    await inventory.deliver([disconnected(2)])
    item = await inventory.item("Mug")
    assert [each.state for each in item.listings] == [ListingState.SUSPENDED]
    assert (await inventory.published())[-1]["channels"] == []
    (late,) = await inventory.imports(imported(listing("2", shown("B"))))
    assert late["outcome"] == "rejected"
    await inventory.deliver([confirmed(3), disconnected(2)])
    back = await inventory.item("Mug")
    assert [each.state for each in back.listings] == [ListingState.LINKED]
    again = imported(listing("1", shown("A", 3), title="Mug"), sequence=2, at=NOW + timedelta(days=1))
    assert [row["outcome"] for row in await inventory.imports(again)] == ["unchanged"]
    assert len(await inventory.items()) == 1


async def test_withdrawing_archives_what_nobody_touched(inventory: Inventory) -> None:
    await inventory.imports(
        imported(listing("1", shown("A", 3), title="Mug")), imported(listing("2", shown("B", 2), title="Cup"))
    )
    cup = await inventory.item("Cup")
    await inventory.do.count.record(inventory.who, {cup.variants[0].variant_id: 8}, "shelf", True)
    await inventory.published()
    await inventory.deliver([disconnected(2, withdraw=True)])
    (left,) = await inventory.items()
    assert (left.fields.title, left.listings) == ("Cup", ())
    published = await inventory.published()
    assert len([row for row in published if "tombstone" in row]) == 1


async def everything(inventory: Inventory) -> list[list[tuple[Any, ...]]]:
    tables = {
        "items": "item_id, state, fields, match_key, split_id, split_digest",
        "variants": "variant_id, sku, gtin, options, on_hand, price_amount, retired",
        "channel_listings": "listing_id, connection_id, state, item_id, variants, channel, fingerprint",
        "proposals": "proposal_id, state",
        "held": "held_id, state",
    }
    where = {"items": "state = 'active'", "channel_listings": "state <> 'unlinked'"}
    found = []
    for table, columns in tables.items():
        condition = where.get(table, "true")
        if table == "variants":
            condition = "item_id IN (SELECT item_id FROM items WHERE state = 'active')"
        elif table in ("proposals", "held"):
            condition = "state = 'open'"
        query = f"SELECT {columns} FROM {table} WHERE {condition} ORDER BY 1, 2"  # noqa: S608  # names above
        found.append([tuple(row) for row in await inventory.rows(query)])
    return found


async def test_undo_restores_exactly_what_was_there_before(inventory: Inventory) -> None:
    await inventory.imports(
        imported(listing("1", shown(None, 3), title="Mug")),
        imported(listing("2", shown("B", 2), title="Cup")),
        imported(listing("9", shown("E", 2), title="Jar"), connection_id=EBAY),
        imported(listing("4", shown("B", 1), title="Held")),
    )
    before = await everything(inventory)
    await inventory.imports(
        *(
            imported(found, sequence=2, batch_id=SECOND)
            for found in (
                listing("1", shown("A", 5), title="Mug", brand="Acme"),
                listing("2", shown("B", 2), title="Teacup"),
                listing("3", shown("C", 2), title="Plate", buried=("S", "M")),
                listing("5", shown("E", 9), title="Jar"),
                listing("6", shown("C", 9), title="Same SKU"),
                listing("4", shown("D", 1), title="Held"),
            )
        )
    )
    assert await everything(inventory) != before
    preview = await inventory.do.undo.preview(WORKSPACE, ETSY, SECOND)
    done = await inventory.do.undo.perform(WORKSPACE, ETSY, SECOND, "Ada", "wrong mapping")
    assert {**preview, "performed": True} == done
    assert (len(done["archive"]), len(done["unlink"]), len(done["restore"])) == (2, 1, 2)
    assert await everything(inventory) == before
    assert await inventory.do.undo.perform(WORKSPACE, ETSY, SECOND, "Ada", "twice") == done
    reversals = await inventory.rows("SELECT quantity FROM movements WHERE kind = 'reversal'")
    assert sorted(row["quantity"] for row in reversals) == [-2, -1]
    (late,) = await inventory.imports(imported(listing("8", shown("L")), sequence=1, batch_id=SECOND))
    assert late["outcome"] == "rejected"
    fresh = imported(listing("3", shown("C", 2), title="Plate"), sequence=3, batch_id=uuid4())
    assert [row["outcome"] for row in await inventory.imports(fresh)] == ["created"]


async def test_archived_items_are_still_readable(inventory: Inventory) -> None:
    await inventory.imports(imported(listing("1", shown("A", 3), title="Mug")))
    item = await inventory.item("Mug")
    await inventory.do.undo.perform(WORKSPACE, ETSY, BATCH, "Ada", "wrong")
    found = await inventory.do.reading.item(WORKSPACE, item.item_id)
    assert found is not None
    assert found.state is ItemState.ARCHIVED
    assert await inventory.do.reading.item(UUID(int=5), item.item_id) is None
    with pytest.raises(Refusal, match="archived"):
        await inventory.do.edit(inventory.who, item.item_id, 2, Edit({"title": "x"}), "late")
