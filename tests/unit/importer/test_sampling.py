"""A sample is representative, and the same catalogue and seed give the same one."""

from support.importer_values import listing

from truestock.contracts.listing import ListingState
from truestock.importer.domain.sampling import MANY_PHOTOS, Facts, coverage, facts_of, pick, replacement


def catalogue(count: int = 40) -> list[Facts]:
    plain = [facts_of(listing(f"plain-{n}", skus=(f"S{n}",), category=str(n % 4))) for n in range(count)]
    rare = [
        listing("two-sizes", skus=("A", "B")),
        listing("buried", buried=True),
        listing("no-sku", skus=(None,)),
        listing("sold-out", quantity=0),
        listing("untracked", quantity=None),
        listing("album", photos=MANY_PHOTOS),
        listing("bare", photos=0),
        listing("draft", state=ListingState.DRAFT),
        listing("dear", price="9000.00"),
        listing("cheap", price="0.50"),
        listing("wordy", title="word " * 40),
    ]
    return [*plain, *map(facts_of, rare)]


def test_every_stratum_of_the_catalogue_is_covered() -> None:
    facts = catalogue()
    picked = pick(facts, 12, seed=7)
    assert len(set(picked)) == 12
    assert {entry.stratum for entry in coverage(facts, picked) if not entry.in_sample} == set()
    counts = {entry.stratum: entry.in_catalogue for entry in coverage(facts, picked)}
    assert counts["no_sku"] == counts["no_photo"] == counts["highest_price"] == 1
    assert counts["distinct_categories"] == 4


def test_the_order_of_the_catalogue_does_not_matter() -> None:
    facts = catalogue()
    assert pick(facts, 8, seed=7) == pick(list(reversed(facts)), 8, seed=7)


def test_another_seed_gives_another_sample() -> None:
    facts = [facts_of(listing(str(n))) for n in range(50)]
    assert pick(facts, 8, seed=1) != pick(facts, 8, seed=2)


def test_a_sample_is_never_larger_than_asked_and_fills_up_when_all_is_covered() -> None:
    facts = [facts_of(listing(str(n))) for n in range(50)]
    assert len(pick(facts, 8, seed=1)) == 8
    assert len(pick(facts[:3], 8, seed=1)) == 3
    assert pick([], 8, seed=1) == ()


def test_excluded_listings_are_never_picked() -> None:
    assert "no-sku" not in pick(catalogue(), 25, seed=7, exclude=["no-sku"])


def test_distinct_categories_count_less_than_named_strata() -> None:
    facts = [facts_of(listing(f"c{n}", category=str(n))) for n in range(20)]
    facts.append(facts_of(listing("no-photo", photos=0, category="0")))
    assert "no-photo" in pick(facts, 2, seed=3)


def test_coverage_reports_strata_that_the_sample_misses() -> None:
    found = {entry.stratum: entry for entry in coverage(catalogue(), ["bare"])}
    assert (found["no_photo"].in_catalogue, found["no_photo"].in_sample) == (1, 1)
    assert (found["no_sku"].in_catalogue, found["no_sku"].in_sample) == (1, 0)


def test_a_replacement_restores_the_stratum_that_is_lost() -> None:
    facts = [*catalogue(), facts_of(listing("no-sku-2", skus=(None,)))]
    assert replacement(facts, ["plain-1"], "no-sku", 7, exclude=()) == "no-sku-2"


def test_a_replacement_is_nothing_that_was_picked_or_excluded() -> None:
    facts = [facts_of(listing(name)) for name in ("a", "b", "c")]
    assert replacement(facts, ["a"], "b", 1, exclude=["c"]) is None


def test_unknown_quantity_is_not_zero_stock() -> None:
    assert "zero_stock" not in facts_of(listing("1", quantity=None)).strata
    assert "unknown_stock" not in facts_of(listing("1", quantity=0)).strata
