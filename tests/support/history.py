"""The history of a pipeline, and what is wrong with it: lost, doubled, reordered, invented, unversioned.

Pure: whoever reads topics and tables makes a :class:`History`, :func:`problems` judges it. The history is
that of listings which were sent once and not edited there since, whatever died on their way.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from truestock.contracts import topics

IMPORTED, SEEDED = topics.LISTING_IMPORTED.name, topics.INVENTORY_SEEDED.name
VALIDATED, ITEM = topics.SYNC_VALIDATED.name, topics.ITEM.name
FOLLOWS = {SEEDED: IMPORTED, VALIDATED: SEEDED}
"""The topic on which the cause of a topic's first event about a listing lies."""
READERS = tuple((one.group, one.topic) for one in topics.CONSUMPTION if one.topic in topics.PIPELINE)
"""Each consumer group of the pipeline, and what it reads."""


@dataclass(frozen=True, slots=True)
class Told:
    """An event as it lies on its topic. ``content``: its value and own headers; ``mark``: its inbox hash."""

    topic: str
    partition: int
    offset: int
    key: str
    event_id: str
    content: bytes
    mark: bytes
    version: int | None
    """The sequence of an import and its outcome, the version of a verdict or an item."""
    cause: str | None = None


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item as inventory stores it: its version, and on-hand and movements of its variants."""

    item_id: str
    version: int
    on_hand: Mapping[str, int | None]
    moved: tuple[tuple[str, str, int | None], ...]
    """(variant, kind, quantity) of each movement."""


@dataclass(frozen=True, slots=True)
class ListingRow:
    """A listing as inventory stores it."""

    key: str
    item_id: str | None
    state: str
    push_allowed: bool
    verdict_version: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """A verdict on a listing as its keeper stores it: the validator, and the importer's report."""

    key: str
    verdict: str | None
    version: int | None


@dataclass(frozen=True, slots=True)
class History:
    """All that was sent, told and stored. A key is ``<connection>:<listing>``."""

    sent: Mapping[str, Sequence[int]]
    """The quantities of each sent listing's variants."""
    told: Sequence[Told]
    items: Sequence[ItemRow]
    listings: Sequence[ListingRow]
    verdicts: Sequence[Verdict]
    """What the validator stores."""
    reported: Sequence[Verdict]
    """What the importer reports."""
    inbox: Sequence[tuple[str, bytes]]
    """(consumer, hash) of each row."""
    given_up: Sequence[str] = ()
    """The keys of dead letters."""
    touched: Collection[str] = ()
    """Listings whose items people changed or vouched for: these may have further verdicts."""


def problems(history: History) -> list[str]:
    """What is wrong, in sentences; nothing if each listing went through exactly once, in order."""
    firsts = _first_copies(history.told)
    return [
        *(f"{key} was dead-lettered" for key in history.given_up),
        *_changed_copies(history.told),
        *_moved_keys(history.told),
        *_chains(history, firsts),
        *_item_states(history, firsts),
        *_stock(history),
        *_verdicts(history, firsts),
        *_inbox(history, firsts),
    ]


def _first_copies(told: Iterable[Told]) -> list[Told]:
    """Each event once, in the order in which a reader meets it first: a relay that dies may repeat."""
    ordered = sorted(told, key=lambda one: (one.topic, one.partition, one.offset))
    firsts: dict[tuple[str, str], Told] = {}
    for one in ordered:
        firsts.setdefault((one.topic, one.event_id), one)
    return list(firsts.values())


def _changed_copies(told: Iterable[Told]) -> Iterator[str]:
    copies: dict[str, set[tuple[str, str, bytes]]] = defaultdict(set)
    for one in told:
        copies[one.event_id].add((one.topic, one.key, one.content))
    for event_id, different in copies.items():
        if len(different) > 1:
            yield f"event {event_id} was published with {len(different)} contents"


def _moved_keys(told: Iterable[Told]) -> Iterator[str]:
    places: dict[tuple[str, str], set[int]] = defaultdict(set)
    for one in told:
        places[one.topic, one.key].add(one.partition)
    for (topic, key), partitions in places.items():
        if len(partitions) > 1:
            yield f"{key} lies on partitions {sorted(partitions)} of {topic}: it has no order"


def _by_key(firsts: Iterable[Told], topic: str) -> dict[str, list[Told]]:
    found: dict[str, list[Told]] = defaultdict(list)
    for one in firsts:
        if one.topic == topic:
            found[one.key].append(one)
    return found


def _chains(history: History, firsts: Sequence[Told]) -> Iterator[str]:
    """One import, one outcome and one verdict for every sent listing, each caused by the one before."""
    for topic in (IMPORTED, SEEDED, VALIDATED):
        told = _by_key(firsts, topic)
        for key in history.sent.keys() - told.keys():
            yield f"{key} is lost: nothing on {topic}"
        for key in told.keys() - history.sent.keys():
            yield f"{key} was never sent, but is on {topic}"
        for key, events in told.items():
            once = topic != VALIDATED or key not in history.touched
            yield from _versions(topic, key, events, once=once)
        if topic in FOLLOWS:
            causes = _by_key(firsts, FOLLOWS[topic])
            for key, events in told.items():
                if {events[0].cause} != {one.event_id for one in causes.get(key, ())}:
                    yield f"{key} on {topic} does not follow from what is on {FOLLOWS[topic]}"


def _versions(topic: str, key: str, events: Sequence[Told], *, once: bool) -> Iterator[str]:
    """Versions 1, 2, 3, … in the order of the topic, only the first of them where it is told ``once``."""
    versions = [one.version for one in events]
    if None in versions:
        yield f"{key} on {topic} has no version"
    elif len(set(versions)) < len(versions):
        yield f"{key} on {topic} is doubled: versions {versions}"
    elif versions != [*range(1, len(versions) + 1)]:
        yield f"{key} on {topic} is out of order: versions {versions}"
    elif once and len(versions) > 1:
        yield f"{key} on {topic} was told {len(versions)} times"


def _item_states(history: History, firsts: Sequence[Told]) -> Iterator[str]:
    told = _by_key(firsts, ITEM)
    stored = {item.item_id: item for item in history.items}
    for item_id in stored.keys() ^ told.keys():
        yield f"item {item_id} is {'stored but not told' if item_id in stored else 'told but not stored'}"
    for item_id, events in told.items():
        yield from _versions(ITEM, item_id, events, once=False)
        item = stored.get(item_id)
        if item is not None and events[-1].version != item.version:
            yield f"item {item_id} is at version {item.version}, but told at {events[-1].version}"


def _stock(history: History) -> Iterator[str]:
    """One linked item per listing with its variants' stock, from one opening movement each."""
    items = {item.item_id: item for item in history.items}
    if len(items) != len(history.items):
        yield "an item is stored twice"
    listed = Counter(row.key for row in history.listings)
    for key in history.sent.keys() - listed.keys():
        yield f"{key} is lost: inventory has no listing"
    for key, count in listed.items():
        if count > 1 or key not in history.sent:
            yield f"{key} is listed {count} times in inventory, of {len(history.sent)} sent"
    used = Counter(row.item_id for row in history.listings)
    for item_id in items.keys() - used.keys():
        yield f"item {item_id} belongs to no listing: it was made twice"
    for row in history.listings:
        item = items.get(row.item_id or "")
        if item is None or row.state != "linked" or used[row.item_id] > 1:
            yield f"{row.key} is {row.state} to item {row.item_id}, which {used[row.item_id]} listings have"
            continue
        have = sorted(quantity for quantity in item.on_hand.values() if quantity is not None)
        if have != sorted(history.sent.get(row.key, ())) or None in item.on_hand.values():
            yield f"{row.key} has stock {have}, sent {sorted(history.sent.get(row.key, ()))}"
        if sorted(item.moved, key=str) != sorted(
            ((variant, "opening", on_hand) for variant, on_hand in item.on_hand.items()), key=str
        ):
            yield f"{row.key} has movements {sorted(item.moved, key=str)}: not one opening per variant"


def _verdicts(history: History, firsts: Sequence[Told]) -> Iterator[str]:
    newest = {key: events[-1].version for key, events in _by_key(firsts, VALIDATED).items()}
    allowed = {"passed", "passed_with_warnings"}
    judged = {one.key: one for one in history.verdicts}
    for where, verdicts in (("the validator", history.verdicts), ("the report", history.reported)):
        counted = Counter(one.key for one in verdicts)
        for key in history.sent.keys() | counted.keys():
            if counted[key] != 1:
                yield f"{key} has {counted[key]} verdicts in {where}"
        for one in verdicts:
            if one.verdict is None or one.version != newest.get(one.key):
                yield f"{where} has {one.verdict} {one.version} on {one.key}, told {newest.get(one.key)}"
    for row in history.listings:
        verdict = judged.get(row.key)
        if verdict is None or row.verdict_version != verdict.version:
            yield f"inventory follows verdict {row.verdict_version} on {row.key}, not the validator's"
        elif row.push_allowed != (verdict.verdict in allowed):
            yield f"{row.key} may be pushed: {row.push_allowed}, although it {verdict.verdict}"


def _inbox(history: History, firsts: Sequence[Told]) -> Iterator[str]:
    """Every group has handled every event of its topic, once, and nothing else."""
    for consumer, topic in READERS:
        told = {one.mark for one in firsts if one.topic == topic}
        handled = Counter(mark for by, mark in history.inbox if by == consumer)
        if missing := len(told - handled.keys()):
            yield f"{consumer} has not handled {missing} events"
        if ghosts := len(handled.keys() - told):
            yield f"{consumer} has handled {ghosts} events that are on no topic"
        if doubled := sum(count > 1 for count in handled.values()):
            yield f"{consumer} has handled {doubled} events twice"
