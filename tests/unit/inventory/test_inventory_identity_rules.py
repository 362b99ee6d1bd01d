"""Variant identity and linking across connections."""

from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace
from support.inventory_values import EBAY, ETSY, imported, listing, mint, shown

from truestock.contracts.events import ListingImported, SeedOutcome
from truestock.contracts.listing import CanonicalVariant, OptionValue
from truestock.inventory.domain.identity import Conflict, Match, match_variants
from truestock.inventory.domain.known import Known, match_key
from truestock.inventory.domain.linking import Create, Hold, LinkTo, place
from truestock.inventory.domain.model import Variant
from truestock.inventory.domain.seeding import seed


def ours(number: int, sku: str | None = None, split_id: UUID | None = None, **options: str) -> Variant:
    chosen = tuple(OptionValue(name=n, value=v) for n, v in options.items())
    return Variant(UUID(int=number), sku=sku, options=chosen, split_id=split_id)


def matched(found: Match | Conflict) -> list[tuple[str | None, int]]:
    assert isinstance(found, Match)
    return [(option.sku, variant.variant_id.int) for option, variant in found.pairs]


def test_sku_comes_first_then_options_then_being_the_only_one() -> None:
    both = [ours(1, "A", Size="S"), ours(2, None, Size="M")]
    assert matched(match_variants([shown("A", Size="Small"), shown(None, Size="m ")], both)) == [
        ("A", 1),
        (None, 2),
    ]
    assert matched(match_variants([shown("NEW")], [ours(1, "OLD")])) == [("NEW", 1)]


def test_a_sku_that_the_listing_repeats_identifies_nothing() -> None:
    found = match_variants(
        [shown("A", Size="M"), shown("A", Size="S")], [ours(1, "A", Size="S"), ours(2, "A", Size="M")]
    )
    assert matched(found) == [("A", 2), ("A", 1)]


def test_swapped_skus_are_a_conflict_that_an_operator_may_decide_for_the_sku() -> None:
    options = [shown("A", Size="M"), shown("B", Size="S")]
    both = [ours(1, "A", Size="S"), ours(2, "B", Size="M")]
    assert isinstance(match_variants(options, both), Conflict)
    assert matched(match_variants(options, both, trust_sku=True)) == [("A", 1), ("B", 2)]


def test_new_and_vanished_options_are_named() -> None:
    found = match_variants(
        [shown("A", Size="S"), shown("C", Size="L")], [ours(1, "A", Size="S"), ours(2, "B", Size="M")]
    )
    assert isinstance(found, Match)
    assert [v.sku for v in found.added] == ["C"]
    assert [v.sku for v in found.missing] == ["B"]


def test_the_only_option_of_a_split_item_stands_for_all_its_parts() -> None:
    parts = [ours(1, split_id=UUID(int=9), Size="S"), ours(2, split_id=UUID(int=9), Size="M")]
    found = match_variants([shown("A")], parts)
    assert isinstance(found, Match)
    assert found.split_group


def having(*events: ListingImported) -> Known:
    known = Known()
    for event in events:
        seed(event, known, mint())
    return known


def code(event: ListingImported, known: Known) -> str:
    found = place(event, known)
    assert isinstance(found, Hold)
    return found.code


def test_unknown_things_are_created() -> None:
    assert isinstance(place(imported(listing("1", shown("A"))), Known()), Create)


def test_same_unique_skus_link_across_connections() -> None:
    known = having(imported(listing("1", shown("A", Size="S"), shown("B", Size="M"))))
    found = place(
        imported(listing("9", shown("B", Size="M"), shown("A", Size="S")), connection_id=EBAY), known
    )
    assert isinstance(found, LinkTo)


@pytest.mark.parametrize(
    ("variants", "expected"),
    [
        ([shown("A", Size="S"), shown("A", Size="M")], "duplicate_sku"),
        ([shown("A", Size="S"), shown("NEW", Size="L")], "partial_match"),
        ([shown("A", Size="S"), shown(None, Size="M")], "partial_match"),
        ([shown("A", Size="M"), shown("B", Size="S")], "variant_conflict"),
        ([shown("A", Size="S"), shown("Z")], "several_items"),
    ],
)
def test_what_cannot_be_linked_safely_is_held(variants: list[CanonicalVariant], expected: Any) -> None:
    known = having(
        imported(listing("1", shown("A", Size="S"), shown("B", Size="M"))), imported(listing("2", shown("Z")))
    )
    assert code(imported(listing("9", *variants), connection_id=EBAY), known) == expected


def test_a_sku_that_this_connection_has_already_is_held() -> None:
    known = having(imported(listing("1", shown("A"))))
    assert code(imported(listing("2", shown("A"))), known) == "duplicate_sku"


def test_a_sku_that_the_importer_saw_twice_is_held() -> None:
    assert code(imported(listing("1", shown("A")), duplicate_skus=("A",)), Known()) == "duplicate_sku"


def test_same_title_and_options_of_another_connection_without_identifier_are_held() -> None:
    known = having(imported(listing("1", shown(None, Size="S"), title="Blue  MUG!")))
    same = imported(listing("9", shown(None, Size="s"), title="blue mug"), connection_id=EBAY)
    assert code(same, known) == "same_title"
    here = imported(listing("2", shown(None, Size="S"), title="Blue mug"), connection_id=ETSY)
    assert isinstance(place(here, known), Create)


def test_different_skus_tell_same_titles_apart() -> None:
    known = having(imported(listing("1", shown("A"), title="Blue mug")))
    other = imported(listing("9", shown("B"), title="Blue mug"), connection_id=EBAY)
    assert isinstance(place(other, known), Create)


def test_a_sku_that_several_items_share_tells_no_titles_apart() -> None:
    known = having(imported(listing("1", shown("A"), title="Blue mug")))
    other = imported(listing("9", shown("B"), title="Blue mug"), connection_id=EBAY)
    assert isinstance(place(other, known), Create)
    twin = seed(imported(listing("2", shown("Z"), title="Red mug")), known, mint()).item
    assert twin is not None
    known.put(replace(twin, variants=tuple(replace(one, sku="A") for one in twin.variants)))
    assert code(other, known) == "same_title"


def test_titles_and_options_agree_however_a_marketplace_shortens_and_joins_them() -> None:
    long = "Slow-made Bamboo Notebook, cream paper, thread-bound | with a ribbon and a pocket, number 85"
    full = [(("color", "red"), ("material", "cotton")), (("color", "blue"), ("material", "cotton"))]
    joined = [(("variation", "Blue / Cotton".casefold()),), (("variation", "red / cotton"),)]
    assert match_key(long, full) == match_key(long[:80], joined)
    assert match_key(long, full) != match_key(long, full[:1])


def test_a_listing_without_title_has_no_match_key() -> None:
    assert match_key(" !! ", [()]) == ""


def test_collisions_inside_a_batch_are_resolved_one_after_another() -> None:
    known, minted = Known(), mint()
    outcomes = [
        seed(event, known, minted).outcome
        for event in (
            imported(listing("1", shown("A"))),
            imported(listing("9", shown("A")), connection_id=EBAY),
            imported(listing("2", shown("A"))),
        )
    ]
    assert outcomes == [SeedOutcome.CREATED, SeedOutcome.LINKED, SeedOutcome.HELD]
