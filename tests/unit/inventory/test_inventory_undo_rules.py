"""Undo: exactly what was there before."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from msgspec.structs import replace
from support.inventory_values import EBAY, NOW, imported, listing, mint, shown

from truestock.contracts.events import ListingImported, SeedOutcome
from truestock.inventory.domain.known import Known
from truestock.inventory.domain.model import ItemState, ListingState
from truestock.inventory.domain.records import JournalEntry
from truestock.inventory.domain.seeding import seed
from truestock.inventory.domain.undoing import Undone, undo

SECOND = uuid4()


class Batches:
    """Seeds imports, keeps their journal, and undoes a batch."""

    def __init__(self) -> None:
        self.known = Known()
        self.journal: list[JournalEntry] = []
        self._mint = mint()

    def seed(self, event: ListingImported) -> Any:
        done = seed(event, self.known, self._mint)
        item = done.item
        self.journal.append(
            JournalEntry(
                UUID(int=len(self.journal)),
                event.workspace_id,
                event.connection_id,
                event.listing.listing_id,
                event.batch_id,
                item.item_id if item else None,
                done.outcome,
                done.effects,
                NOW,
            )
        )
        return done

    def undo(self, batch_id: UUID) -> Undone:
        entries: Sequence[JournalEntry] = [e for e in self.journal if e.batch_id == batch_id]
        self.journal = [e for e in self.journal if e.batch_id != batch_id]
        done = undo(entries, self.known.listings, self.known.items, {}, "Ada", "wrong mapping", self._mint)
        for each in done.listings.values():
            self.known.put_listing(each)
        for item in done.items.values():
            self.known.put(item)
        return done


def test_untouched_items_are_archived_with_reversals_and_seed_afresh() -> None:
    batches = Batches()
    event = imported(listing("1", shown("A", 5)))
    item = batches.seed(event).item
    done = batches.undo(event.batch_id)
    assert done.archive == [item.item_id]
    assert [(m.quantity, m.by) for m in done.movements] == [(-5, "Ada")]
    assert batches.known.items[item.item_id].state is ItemState.ARCHIVED
    assert batches.known.listings[(event.connection_id, "1")].state is ListingState.UNLINKED
    afresh = batches.seed(imported(listing("1", shown("A", 5)), sequence=2, batch_id=SECOND))
    assert afresh.outcome is SeedOutcome.CREATED
    assert afresh.item.item_id != item.item_id


def test_touched_items_are_only_unlinked_and_found_again_by_sku() -> None:
    batches = Batches()
    event = imported(listing("1", shown("A", 5)))
    item = batches.seed(event).item
    batches.known.put(replace(item, touches=1))
    done = batches.undo(event.batch_id)
    assert (done.archive, done.unlink, done.movements) == ([], [item.item_id], [])
    assert batches.known.items[item.item_id].state is ItemState.ACTIVE
    again = batches.seed(imported(listing("1", shown("A", 5)), sequence=2, batch_id=SECOND))
    assert (again.outcome, again.item.item_id) == (SeedOutcome.LINKED, item.item_id)


def test_items_that_another_connection_lists_are_only_unlinked() -> None:
    batches = Batches()
    item = batches.seed(imported(listing("1", shown("A", 5)))).item
    batches.seed(imported(listing("9", shown("A", 5)), connection_id=EBAY, batch_id=SECOND))
    done = batches.undo(imported(listing("1")).batch_id)
    assert (done.archive, done.unlink) == ([], [item.item_id])
    assert [each.connection_id for each in batches.known.items[item.item_id].listings] == [EBAY]


def test_a_link_is_taken_back_and_the_item_is_as_before() -> None:
    batches = Batches()
    item = batches.seed(imported(listing("1", shown("A", 5)))).item
    batches.seed(imported(listing("9", shown("A", 7)), connection_id=EBAY, batch_id=SECOND))
    done = batches.undo(SECOND)
    after = batches.known.items[item.item_id]
    assert done.unlink == [item.item_id]
    assert replace(after, version=item.version) == item


def test_refinements_and_proposals_are_taken_back() -> None:
    batches = Batches()
    event = imported(listing("1", shown(None, 5), title="Mug"))
    item = batches.seed(event).item
    later = listing("1", shown("A", 6), title="Cup", brand="Acme")
    proposal = batches.seed(imported(later, sequence=2, batch_id=SECOND)).proposal
    done = batches.undo(SECOND)
    after = batches.known.items[item.item_id]
    assert done.restore == [item.item_id]
    assert done.withdrawn == [proposal.proposal_id]
    assert (after.fields, after.variants, after.match_key) == (item.fields, item.variants, item.match_key)
    assert after.listings[0].proposal_id is None
    assert after.listings[0].sequence == 2
    assert after.listings[0].batch_id == event.batch_id


def test_what_somebody_wrote_over_a_refinement_stays() -> None:
    batches = Batches()
    item = batches.seed(imported(listing("1", shown("A", 5)))).item
    batches.seed(imported(listing("1", shown("A", 5), brand="Acme"), sequence=2, batch_id=SECOND))
    refined = batches.known.items[item.item_id]
    batches.known.put(replace(refined, fields=refined.fields.model_copy(update={"brand": "Mine"})))
    batches.undo(SECOND)
    assert batches.known.items[item.item_id].fields.brand == "Mine"


def test_a_held_listing_of_the_batch_is_withdrawn() -> None:
    batches = Batches()
    batches.seed(imported(listing("1", shown("A"))))
    waiting = batches.seed(imported(listing("2", shown("A")), batch_id=SECOND)).held
    done = batches.undo(SECOND)
    assert done.withdrawn == [waiting.held_id]
    assert [each.state for each in done.listings.values()] == [ListingState.UNLINKED]
    assert done.items == {}


def test_a_batch_that_changed_nothing_undoes_to_nothing() -> None:
    batches = Batches()
    item = batches.seed(imported(listing("1", shown("A")))).item
    batches.seed(imported(listing("1", shown("A")), sequence=2, batch_id=SECOND))
    done = batches.undo(SECOND)
    assert (done.archive, done.unlink, done.restore) == ([], [], [])
    assert batches.known.items[item.item_id].version == item.version
