"""The history checker: a lost, doubled, reordered, invented or unversioned entry makes it complain."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from support.history import IMPORTED, ITEM, READERS, SEEDED, VALIDATED, History, Told, problems
from support.made_up_history import KEYS, event, item, sound, with_more, without

FIRST = KEYS[0]
PIPELINE = (IMPORTED, SEEDED, VALIDATED)


def the(history: History, topic: str, key: str = FIRST) -> Told:
    """The event of a key on a topic."""
    [found] = [one for one in history.told if (one.topic, one.key) == (topic, key)]
    return found


def replaced(history: History, old: Told, new: Told) -> History:
    """Another event in the place of one."""
    return replace(history, told=[new if one == old else one for one in history.told])


def test_a_history_in_which_each_listing_went_through_once_has_no_problem() -> None:
    assert problems(sound()) == []


@pytest.mark.parametrize("topic", [*PIPELINE, ITEM])
def test_a_record_that_lies_there_again_byte_for_byte_is_no_problem(topic: str) -> None:
    history = sound()
    again = [replace(one, offset=one.offset + 10) for one in history.told if one.topic == topic]
    assert problems(replace(history, told=[*history.told, *again])) == []


@pytest.mark.parametrize("topic", PIPELINE)
def test_a_lost_event_is_noticed(topic: str) -> None:
    history = sound()
    found = problems(without(history, the(history, topic)))
    assert any(FIRST in one and "lost" in one for one in found)


@pytest.mark.parametrize("topic", PIPELINE)
def test_a_doubled_event_is_noticed(topic: str) -> None:
    history = sound()
    original = the(history, topic)
    twin = replace(original, event_id="twin", mark=b"twin", offset=99)
    assert any("doubled" in one for one in problems(with_more(history, twin)))


@pytest.mark.parametrize("topic", PIPELINE)
def test_an_event_that_is_told_once_more_under_a_new_version_is_noticed(topic: str) -> None:
    history = sound()
    more = event(topic, FIRST, 2, 99, cause=the(history, topic).cause)
    assert any("told 2 times" in one for one in problems(with_more(history, more)))


def test_an_older_state_that_is_repeated_after_a_newer_one_is_no_problem() -> None:
    history = sound()
    state = the(history, ITEM, f"item of {FIRST}")
    newer = event(ITEM, state.key, 2, 50)
    items = [replace(history.items[0], version=2), *history.items[1:]]
    assert problems(with_more(replace(history, items=items), newer, replace(state, offset=51))) == []


def test_a_listing_that_people_changed_may_have_further_verdicts_in_order() -> None:
    history = sound()
    newer = [replace(one, version=2) for one in history.verdicts]
    listings = [replace(one, verdict_version=2) for one in history.listings]
    second = [event(VALIDATED, key, 2, 60 + n, cause="a state") for n, key in enumerate(KEYS)]
    changed = replace(history, verdicts=newer, reported=newer, listings=listings, touched=KEYS)
    assert problems(with_more(changed, *second)) == []
    assert problems(with_more(changed, *second, event(VALIDATED, FIRST, 4, 70)))


def test_reordered_states_of_an_item_are_noticed() -> None:
    history = sound()
    state = the(history, ITEM, f"item of {FIRST}")
    newer = event(ITEM, state.key, 2, 0)
    reordered = replaced(history, state, replace(state, offset=98))
    assert any("out of order" in one for one in problems(with_more(reordered, newer)))


@pytest.mark.parametrize("topic", [*PIPELINE, ITEM])
def test_a_gap_in_the_versions_is_noticed(topic: str) -> None:
    history = sound()
    old = next(one for one in history.told if one.topic == topic)
    assert any("out of order" in one for one in problems(replaced(history, old, replace(old, version=2))))


@pytest.mark.parametrize("topic", [*PIPELINE, ITEM])
def test_an_unversioned_event_is_noticed(topic: str) -> None:
    history = sound()
    old = next(one for one in history.told if one.topic == topic)
    assert any("no version" in one for one in problems(replaced(history, old, replace(old, version=None))))


@pytest.mark.parametrize("topic", PIPELINE)
def test_an_event_about_something_that_was_never_sent_is_noticed(topic: str) -> None:
    found = problems(with_more(sound(), event(topic, "c:3", 1, 99)))
    assert any("never sent" in one for one in found)


@pytest.mark.parametrize("topic", [SEEDED, VALIDATED])
def test_an_event_that_follows_from_nothing_is_noticed(topic: str) -> None:
    history = sound()
    old = the(history, topic)
    found = problems(replaced(history, old, replace(old, cause="another")))
    assert any("does not follow" in one for one in found)


def test_a_repeated_id_with_other_content_is_noticed() -> None:
    history = sound()
    other = replace(the(history, SEEDED), content=b"other", offset=99)
    assert any("2 contents" in one for one in problems(with_more(history, other)))


def test_a_key_on_two_partitions_is_noticed() -> None:
    history = sound()
    elsewhere = replace(the(history, SEEDED), partition=1)
    assert any("no order" in one for one in problems(with_more(history, elsewhere)))


def test_a_dead_letter_is_noticed() -> None:
    assert any("dead-lettered" in one for one in problems(replace(sound(), given_up=[FIRST])))


def _item_lost(history: History) -> History:
    return replace(history, items=history.items[1:])


def _item_doubled(history: History) -> History:
    twin = replace(item(FIRST), item_id="twin")
    return with_more(replace(history, items=[*history.items, twin]), event(ITEM, "twin", 1, 99))


def _item_not_told(history: History) -> History:
    return without(history, the(history, ITEM, f"item of {FIRST}"))


def _item_ahead(history: History) -> History:
    return replace(history, items=[replace(history.items[0], version=2), *history.items[1:]])


def _movement_doubled(history: History) -> History:
    first = history.items[0]
    return replace(history, items=[replace(first, moved=first.moved * 2), *history.items[1:]])


def _movement_lost(history: History) -> History:
    return replace(history, items=[replace(history.items[0], moved=()), *history.items[1:]])


def _variant_lost(history: History) -> History:
    second = history.items[1]
    kept = dict(list(second.on_hand.items())[:1])
    return replace(history, items=[history.items[0], replace(second, on_hand=kept, moved=second.moved[:1])])


def _stock_wrong(history: History) -> History:
    first = history.items[0]
    wrong = dict.fromkeys(first.on_hand, 7)
    moved = tuple((variant, "opening", 7) for variant in wrong)
    return replace(history, items=[replace(first, on_hand=wrong, moved=moved), *history.items[1:]])


def _listing_lost(history: History) -> History:
    return replace(history, listings=history.listings[1:])


def _listing_doubled(history: History) -> History:
    return replace(history, listings=[*history.listings, history.listings[0]])


def _listing_unlinked(history: History) -> History:
    return replace(history, listings=[replace(history.listings[0], state="held"), *history.listings[1:]])


def _listing_on_the_others_item(history: History) -> History:
    one, other = history.listings
    return replace(history, listings=[replace(one, item_id=other.item_id), other])


def _push_against_the_verdict(history: History) -> History:
    return replace(
        history, listings=[replace(history.listings[0], push_allowed=False), *history.listings[1:]]
    )


def _verdict_not_applied(history: History) -> History:
    return replace(history, listings=[replace(history.listings[0], verdict_version=0), *history.listings[1:]])


def _verdict_lost(history: History) -> History:
    return replace(history, verdicts=history.verdicts[1:])


def _verdict_doubled(history: History) -> History:
    return replace(history, verdicts=[*history.verdicts, history.verdicts[0]])


def _report_lost(history: History) -> History:
    return replace(history, reported=history.reported[1:])


def _report_without_verdict(history: History) -> History:
    empty = replace(history.reported[0], verdict=None, version=None)
    return replace(history, reported=[empty, *history.reported[1:]])


@pytest.mark.parametrize(
    "spoil",
    [
        _item_lost,
        _item_doubled,
        _item_not_told,
        _item_ahead,
        _movement_doubled,
        _movement_lost,
        _variant_lost,
        _stock_wrong,
        _listing_lost,
        _listing_doubled,
        _listing_unlinked,
        _listing_on_the_others_item,
        _push_against_the_verdict,
        _verdict_not_applied,
        _verdict_lost,
        _verdict_doubled,
        _report_lost,
        _report_without_verdict,
    ],
)
def test_a_row_that_is_lost_doubled_or_wrong_is_noticed(spoil: Callable[[History], History]) -> None:
    assert problems(spoil(sound()))


@pytest.mark.parametrize(("consumer", "topic"), READERS)
def test_an_event_that_a_consumer_has_not_handled_or_handled_twice_is_noticed(
    consumer: str, topic: str
) -> None:
    history = sound()
    entry = (consumer, the(history, topic).mark)
    lost = replace(history, inbox=[one for one in history.inbox if one != entry])
    assert problems(lost) == [f"{consumer} has not handled 1 events"]
    assert problems(replace(history, inbox=[*history.inbox, entry])) == [
        f"{consumer} has handled 1 events twice"
    ]
    ghost = replace(history, inbox=[*history.inbox, (consumer, b"ghost")])
    assert problems(ghost) == [f"{consumer} has handled 1 events that are on no topic"]
