"""How a limit by the second is divided: never more than there is, nobody for good without a part."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from support.connector_values import NOW

from truestock.connector.domain.limits import ALERT, ALERT_FOR, LOOK, TERM, Held, Limit, divide, usable

ETSY = Limit(10, bursts=False, closed_until=None)
SHOPIFY = Limit(100, bursts=True, closed_until=None)
SECOND = timedelta(seconds=1)

wishes = st.one_of(st.none(), st.integers(1, 2_000))


def held(holder: str, per_second: int, wanted: int | None = None, until: timedelta = SECOND) -> Held:
    return Held(holder, wanted, per_second, NOW + until)


@given(
    limit=st.builds(Limit, st.integers(1, 1_000), st.booleans(), st.none()),
    asked=st.lists(st.tuples(st.integers(0, 6), wishes, st.floats(0, 2)), max_size=40),
)
def test_parts_that_have_not_ended_stay_within_the_limit(
    limit: Limit, asked: list[tuple[int, int | None, float]]
) -> None:
    assert limit.per_second is not None
    holders: dict[str, Held] = {}
    now = NOW
    for number, wanted, later in asked:
        now += timedelta(seconds=later)
        name = str(number)
        part = divide(limit, list(holders.values()), name, wanted, now)
        assert part.per_second is not None
        assert 0 <= part.per_second <= (wanted or limit.per_second)
        assert now < part.ask_by <= now + TERM
        holders[name] = Held(name, wanted, part.per_second, now + TERM)
        assert sum(one.per_second for one in holders.values() if one.until > now) <= limit.per_second


@given(
    limit=st.builds(Limit, st.integers(1, 50), st.booleans(), st.none()),
    wanted=st.lists(wishes, min_size=1, max_size=8),
)
def test_everybody_who_keeps_asking_gets_a_part_sooner_or_later(
    limit: Limit, wanted: list[int | None]
) -> None:
    holders: dict[str, Held] = {}
    got = dict.fromkeys(map(str, range(len(wanted))), 0)
    for turn in range(30):
        for number, wish in enumerate(wanted):
            now = NOW + turn * TERM + number * timedelta(milliseconds=10)
            part = divide(limit, list(holders.values()), str(number), wish, now)
            holders[str(number)] = Held(str(number), wish, part.per_second or 0, now + TERM)
            got[str(number)] += part.per_second or 0
    assert all(got.values()), got


def test_alone_one_gets_all_but_what_is_kept_back() -> None:
    assert divide(ETSY, [], "a", None, NOW).per_second == 9
    assert divide(SHOPIFY, [], "a", None, NOW).per_second == 100


def test_equals_get_equal_parts_once_the_first_has_renewed() -> None:
    first = [held("a", 9)]
    waiting = divide(ETSY, first, "b", None, NOW)
    assert waiting.per_second == 0
    assert waiting.ask_by == NOW + SECOND, "when the first one's share ends"
    assert divide(ETSY, [*first, held("b", 0)], "a", None, NOW).per_second == 4
    assert divide(ETSY, [held("a", 4), held("b", 0)], "b", None, NOW).per_second == 4


def test_what_the_modest_leave_over_goes_to_the_others() -> None:
    others = [held("b", 1, wanted=1), held("c", 0, wanted=2)]
    assert divide(ETSY, others, "a", None, NOW).per_second == usable(ETSY, 3) - 1 - 2


def test_where_there_are_more_holders_than_requests_they_take_turns() -> None:
    one = Limit(1, bursts=False, closed_until=None)
    rows = [held("a", 1), held("b", 0)]
    assert divide(one, rows, "b", None, NOW).per_second == 0
    assert divide(one, rows, "a", None, NOW).per_second == 0
    assert divide(one, [held("a", 0), held("b", 0)], "b", None, NOW).per_second == 1


def test_a_share_that_has_ended_is_free_again() -> None:
    assert divide(ETSY, [held("a", 9, until=-SECOND)], "b", None, NOW).per_second == 9


def test_a_share_that_a_clock_gave_which_was_ahead_is_free_again() -> None:
    ahead = held("dead", 9, until=timedelta(hours=1))
    assert divide(ETSY, [ahead], "b", None, NOW).per_second == 9
    assert divide(ETSY, [held("alive", 9, until=TERM)], "b", None, NOW).per_second == 0


def test_without_a_rate_others_are_looked_for_more_often_while_somebody_was_refused() -> None:
    quiet = divide(Limit(None, False, None), [], "a", None, NOW)
    assert (quiet.per_second, quiet.ask_by) == (None, NOW + LOOK)
    refused = divide(Limit(None, False, NOW - ALERT_FOR / 2), [], "a", None, NOW)
    assert (refused.per_second, refused.ask_by) == (None, NOW + ALERT)
    over = divide(Limit(None, False, NOW - ALERT_FOR), [], "a", None, NOW)
    assert over.ask_by == NOW + LOOK
