"""A history in which two listings went through, to be spoilt by a test."""

from dataclasses import replace

from support.history import (
    IMPORTED,
    ITEM,
    READERS,
    SEEDED,
    VALIDATED,
    History,
    ItemRow,
    ListingRow,
    Told,
    Verdict,
)

KEYS = ("c:1", "c:2")
QUANTITIES = {"c:1": (4,), "c:2": (3, 5)}


def event(topic: str, key: str, version: int | None, offset: int, *, cause: str | None = None) -> Told:
    """An event that is named after its topic, key and version."""
    name = f"{topic}/{key}/{version}"
    return Told(topic, 0, offset, key, name, name.encode(), name.encode(), version, cause)


def told() -> list[Told]:
    """One import, outcome, item state and verdict per listing."""
    found: list[Told] = []
    for offset, key in enumerate(KEYS):
        imported = event(IMPORTED, key, 1, offset)
        seeded = event(SEEDED, key, 1, offset, cause=imported.event_id)
        validated = event(VALIDATED, key, 1, offset, cause=seeded.event_id)
        found += [imported, seeded, validated, event(ITEM, f"item of {key}", 1, offset)]
    return found


def item(key: str) -> ItemRow:
    """The item of a listing with its stock."""
    stock = {f"variant {n} of {key}": quantity for n, quantity in enumerate(QUANTITIES[key])}
    moved = tuple((variant, "opening", quantity) for variant, quantity in stock.items())
    return ItemRow(f"item of {key}", 1, stock, moved)


def sound() -> History:
    """A history without a fault."""
    events = told()
    verdicts = [Verdict(key, "passed", 1) for key in KEYS]
    return History(
        sent=QUANTITIES,
        told=events,
        items=[item(key) for key in KEYS],
        listings=[ListingRow(key, f"item of {key}", "linked", True, 1) for key in KEYS],
        verdicts=verdicts,
        reported=verdicts,
        inbox=[(group, one.mark) for group, topic in READERS for one in events if one.topic == topic],
    )


def without(history: History, lost: Told) -> History:
    """The history without one event and without its traces in inboxes."""
    return replace(
        history,
        told=[one for one in history.told if one != lost],
        inbox=[(group, mark) for group, mark in history.inbox if mark != lost.mark],
    )


def with_more(history: History, *more: Told) -> History:
    """The history with further events, which every reader has handled."""
    known = {one.mark for one in history.told}
    marks = [
        (group, one.mark)
        for one in more
        for group, topic in READERS
        if one.topic == topic and one.mark not in known
    ]
    return replace(history, told=[*history.told, *more], inbox=[*history.inbox, *marks])
