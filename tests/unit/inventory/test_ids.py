"""Ids of things made one after another keep that order, also within a millisecond."""

import itertools

from truestock.chassis.ids import new_id


def test_ids_grow_with_each_microsecond() -> None:
    moments = itertools.count(1_700_000_000_000_000_000, 1_000)
    made = [new_id(lambda: next(moments)) for _ in range(3_000)]
    assert made == sorted(made)


def test_ids_of_one_instant_differ_and_are_version_seven() -> None:
    made = {new_id(lambda: 1_700_000_000_000_000_000) for _ in range(100)}
    assert len(made) == 100
    assert {(one.version, one.variant) for one in made} == {(7, "specified in RFC 4122")}
