"""validator.validate-sync: exactly one verdict for each InventorySeeded, in one transaction."""

import pytest
from support.deliveries import delivery
from support.validator_values import (
    BATCH,
    PHOTOS,
    WORKSPACE,
    evidence,
    item,
    seeded,
    sellable,
    state,
    uid,
    variant,
)
from support.validator_world import World

from truestock.chassis.delivery import Permanent
from truestock.contracts.events import SeedOutcome, Verdict
from truestock.validator.domain.model import Unreadable, UnreadableReason


async def test_one_event_one_verdict(world: World) -> None:
    world.shop.show(evidence())
    await world.seed(seeded())
    (event,) = await world.announced()
    assert event.verdict is Verdict.PASSED
    assert (event.batch_id, event.fingerprint, event.version, event.sequence) == (BATCH, "f1", 1, 1)


async def test_a_redelivered_event_is_validated_once(world: World) -> None:
    world.shop.show(evidence())
    once = delivery(seeded())
    await world.validate_sync([once, once])
    await world.validate_sync([once])
    assert await world.verdicts() == ["passed"]


async def test_the_same_id_with_other_content_is_permanent(world: World) -> None:
    world.shop.show(evidence())
    await world.validate_sync([delivery(seeded(), event_id=uid("event"))])
    with pytest.raises(Permanent):
        await world.validate_sync([delivery(seeded(sequence=2), event_id=uid("event"))])


@pytest.mark.parametrize("outcome", [SeedOutcome.HELD, SeedOutcome.REJECTED])
async def test_held_and_rejected_fail_without_a_live_read(world: World, outcome: SeedOutcome) -> None:
    await world.seed(seeded(outcome=outcome, reasons=("duplicate SKU",)))
    (event,) = await world.announced()
    assert (event.verdict, event.item_id, event.fingerprint) == (Verdict.FAILED, None, None)
    assert [str(finding.check) for finding in event.findings] == ["listing.linkage"]
    assert world.shop.reads == {}


async def test_a_held_listing_that_was_decided_gets_a_new_verdict(world: World) -> None:
    world.shop.show(evidence())
    await world.seed(seeded(outcome=SeedOutcome.HELD))
    await world.seed(seeded())
    assert await world.verdicts() == ["failed", "passed"]
    assert await world.report(BATCH) == []


async def test_three_sides_survive_between_events(world: World) -> None:
    world.shop.show(evidence())
    await world.seed(seeded())
    world.shop.show(evidence(sellable(quantity=3)))
    await world.seed(seeded(sequence=2, batch_id=uid("second"), seen=evidence(sellable(quantity=3))))
    (finding,) = await world.report(uid("second"))
    assert (finding["check"], finding["class"], finding["base"]) == ("stock.quantity", "drift", "5")
    assert finding["item_id"] == state().item_id


async def test_a_mapper_defect_is_found_because_the_evidence_is_not_the_mappers(world: World) -> None:
    world.shop.show(evidence())
    await world.seed(seeded(state(variant(price="1250"))))
    (finding,) = await world.report(BATCH)
    assert (finding["check"], finding["class"], finding["severity"]) == ("price.intent", "mapping", "blocker")


async def test_unreachable_is_unverifiable(world: World) -> None:
    world.shop.unreachable = Unreadable(UnreadableReason.UNREACHABLE, "no answer")
    await world.seed(seeded())
    assert await world.verdicts() == ["unverifiable"]


async def test_unreachable_photos_are_a_warning(world: World) -> None:
    world.shop.show(evidence())
    world.hosts.broken = {PHOTOS[1]}
    await world.seed(seeded())
    assert await world.verdicts() == ["passed_with_warnings"]


async def test_a_late_answer_to_an_earlier_import_changes_neither_base_nor_batch(world: World) -> None:
    world.shop.show(evidence())
    await world.seed(seeded(sequence=2, batch_id=uid("second")))
    await world.seed(seeded(sequence=1))
    assert await world.verdicts() == ["passed", "passed"]
    row = await world.inspect.fetchrow("SELECT batch_id, sequence FROM subjects")
    assert (row["batch_id"], row["sequence"]) == (uid("second"), 2)


async def test_a_state_that_overtook_its_seeding_is_the_one_that_is_judged(world: World) -> None:
    world.shop.show(evidence())
    await world.change(item(state(variant(available=4), item_version=2, fingerprint="f2")))
    assert await world.verdicts() == []
    await world.seed(seeded())
    (event,) = await world.announced()
    assert (event.fingerprint, event.item_version) == ("f2", 2)
    assert [str(finding.finding_class) for finding in event.findings] == ["pending_publish"]


async def test_two_workspaces_with_the_same_ids_in_one_batch_stay_apart(world: World) -> None:
    other = uid("other workspace")
    world.shop.show(evidence())
    await world.seed(seeded(), seeded(workspace_id=other, seen=evidence(), sequence=1))
    assert await world.verdicts() == ["passed", "passed"]
    for workspace in (WORKSPACE, other):
        rows = await world.reports.verdicts(
            workspace, connection_id=None, batch_id=BATCH, verdict=None, after=None, most=10
        )
        assert len(rows) == 1
    assert await world.reports.verdict(uid("third"), state().connection_id, "1001") is None


async def test_hundreds_at_once_with_large_listings_among_them(world: World) -> None:
    events = []
    for number in range(300):
        many = tuple(variant(f"{number}-{n}") for n in range(60 if number == 7 else 2))
        seen = evidence(
            *(sellable(f"{number}-{n}") for n in range(60 if number == 7 else 2)), listing_id=f"L{number}"
        )
        world.shop.show(seen)
        events.append(seeded(state(*many, listing_id=f"L{number}", item_id=uid(f"item {number}")), seen))
    await world.seed(*events)
    assert await world.verdicts() == ["passed"] * 300
    assert await world.reports.counts(WORKSPACE, BATCH) == ({"passed": 300}, [])


async def test_text_from_outside_is_stored_whatever_it_holds(world: World) -> None:
    odd = "Ünïcode '; DROP TABLE verdicts; -- \u202e \U0001f9f6"
    world.shop.show(evidence(title="other"))
    await world.seed(seeded(state(title=odd), evidence(title=odd)))
    assert await world.verdicts() == ["failed"]
    (finding,) = await world.report(BATCH)
    assert (finding["check"], finding["title"]) == ("title.match", odd)


async def test_thousands_of_disagreements_stay_one_event_of_bounded_size(
    world: World,
) -> None:
    many = tuple(variant(f"{number}") for number in range(2_048))
    seen = evidence(*(sellable(f"{number}", 9, "99") for number in range(2_048)))
    world.shop.show(seen)
    await world.seed(seeded(state(*many), seen))
    (event,) = await world.announced()
    assert len(event.findings) == 1_001
    assert "3096 more" in event.findings[-1].subject
    assert len(event.model_dump_json()) < 1_000_000
