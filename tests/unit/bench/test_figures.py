"""The benchmark's statistics."""

import pytest
from bench.figures import Round, cpu_us, memory, percentile, ratio


@pytest.mark.parametrize(
    ("share", "value"), [(0.5, 50.0), (0.99, 99.0), (0.991, 100.0), (1.0, 100.0), (0.0, 1.0)]
)
def test_a_percentile_is_a_measured_value(share: float, value: float) -> None:
    assert percentile([float(n) for n in range(100, 0, -1)], share) == value


def test_one_value_is_every_percentile() -> None:
    assert percentile([7.0], 0.99) == 7.0


def test_no_values_have_no_percentile() -> None:
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.5)


def test_a_ratio_compares_rounds_that_were_neighbours() -> None:
    ours = [Round(100, 1.0, {}), Round(100, 10.0, {}), Round(100, 2.0, {})]
    theirs = [Round(100, 0.5, {}), Round(100, 5.0, {}), Round(100, 2.0, {})]
    assert ratio(ours, theirs) == 0.5


def test_rounds_of_different_sizes_are_compared_by_their_rates() -> None:
    assert ratio([Round(1_000, 1.0, {})], [Round(10, 1.0, {})]) == 100


def test_rounds_without_a_neighbour_are_refused() -> None:
    with pytest.raises(ValueError, match="argument"):
        ratio([Round(1, 1.0, {})], [])


def test_cpu_is_per_event_and_role() -> None:
    rounds = [Round(1_000, 1.0, {"inventory": 0.5, "validator": 0.25})] * 2
    assert cpu_us([*rounds, Round(1_000, 1.0, {"inventory": 9.0, "validator": 9.0})]) == {
        "inventory": pytest.approx(500.0),
        "validator": pytest.approx(250.0),
    }


def test_memory_is_shown_round_by_round() -> None:
    rounds = [
        Round(1, 1.0, {}, {"inventory": 150.04, "validator": 170.0}),
        Round(1, 1.0, {}, {"inventory": 149.0, "validator": 171.0}),
    ]
    assert memory(rounds) == {"inventory": [150.0, 149.0], "validator": [170.0, 171.0]}
