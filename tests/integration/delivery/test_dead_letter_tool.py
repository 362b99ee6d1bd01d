"""Dead letters are listed, replayed to their group alone, and discarded: once, and by their own workspace."""

from collections.abc import Sequence
from uuid import UUID

import pytest
from sqlalchemy import text
from support.small_service import (
    OTHER_WORKSPACE,
    PERMANENT,
    WORKSPACE,
    Fact,
    Running,
    fact,
    record_headers,
    settings,
)

from truestock.chassis.auth import Principal, Role
from truestock.chassis.consumer import Subscription
from truestock.chassis.dead_letter_tool import Address, DeadLetterDesk, Letter
from truestock.chassis.dead_letter_tool.marks import PLATFORM, Marks
from truestock.chassis.dead_letter_tool.reader import DeadLetterReader
from truestock.chassis.delivery import Delivery, Transient
from truestock.contracts.problem import Refusal

pytestmark = pytest.mark.kafka

ADMIN = Principal("a-1", "Ada", frozenset({Role.ADMIN}), WORKSPACE)
STRANGER = Principal("b-1", "Bob", frozenset({Role.ADMIN}), OTHER_WORKSPACE)
OPERATIONS = Principal("platform:ops", "ops", frozenset({Role.ADMIN}), PLATFORM)


class Corrected:
    """The group's handler after the fix: it accepts what was refused. Counts how often it is called."""

    def __init__(self, running: Running) -> None:
        self.running = running
        self.calls = 0

    async def __call__(self, deliveries: Sequence[Delivery[Fact]]) -> None:
        self.calls += 1
        async with self.running.parts.db.begin({one.event.workspace_id for one in deliveries}) as tx:
            for one in await tx.first_sight(self.running.group, deliveries):
                event = one.event
                await tx.connection.execute(
                    text("INSERT INTO facts (workspace_id, key, number) VALUES (:workspace, :key, :number)"),
                    {"workspace": event.workspace_id, "key": event.about, "number": event.number},
                )
                tx.emit(fact(event.about, event.number, topic=self.running.outgoing), caused_by=one)


class Forgetful(Marks):
    """As after a crash between the handler's commit and the mark."""

    async def of(self, letters: Sequence[Letter]) -> dict[str, object]:  # type: ignore[override]  # never any
        return {}


def desk(running: Running, handle: object = None, marks: Marks | None = None) -> DeadLetterDesk:
    """The desk of the running service; ``handle`` stands for another release's handler."""
    subscription = Subscription(
        running.group,
        running.incoming,
        handle or running.parts.follower,  # type: ignore[arg-type]  # any handler of deliveries
        {Fact.ce_type(): Fact},
    )
    config = settings(running.urls, running.bootstrap)
    return DeadLetterDesk([subscription], DeadLetterReader(config), marks or Marks(running.parts.db))


async def open_letter(running: Running, about: str, workspace_id: UUID | None = WORKSPACE) -> list[Letter]:
    """What is open about this key."""
    found: list[Letter] = []
    start: Address | None = None
    while True:
        page = await desk(running).open_letters(workspace_id, start=start)
        found += [letter for letter in page.letters if letter.key == about]
        start = page.next
        if start is None:
            return found


async def trail(running: Running, workspace_id: UUID, letter: Letter) -> list[tuple[str, str, str | None]]:
    """Action, name and reason of each line about the letter."""
    async with running.parts.db.begin([workspace_id]) as tx:
        rows = await tx.connection.execute(
            text("SELECT action, who_name, reason FROM audit WHERE subject = :subject ORDER BY audit_id"),
            {"subject": letter.subject},
        )
        return [(row.action, row.who_name, row.reason) for row in rows]


async def test_a_replay_after_the_fix_converges_and_twice_has_one_effect(running: Running) -> None:
    bad = fact("fixed", PERMANENT)
    headers = [*record_headers(bad), ("odd", b"\xff\x00")]
    await running.send_raw(bad.model_dump_json().encode(), headers, key=b"fixed")
    await running.parts.send(running.incoming, fact("fixed", 20))
    await running.dead_letters(b"fixed")
    await running.has_stored("fixed", 20)

    [listed] = await open_letter(running, "fixed")
    letter = await desk(running).show(WORKSPACE, listed.address)
    assert letter.without_content() == listed
    assert (letter.original.topic, letter.original.key) == (running.incoming, b"fixed")
    assert letter.original.value == bad.model_dump_json().encode()
    assert list(letter.original.headers) == headers
    assert letter.reason == "fourteen is never right"

    with pytest.raises(Refusal, match="fails again: fourteen is never right") as refused:
        await desk(running).replay(WORKSPACE, letter.address, ADMIN)
    assert refused.value.code == "fails_again"
    assert await open_letter(running, "fixed") == [listed]

    corrected = Corrected(running)
    await desk(running, corrected, Forgetful(running.parts.db)).replay(WORKSPACE, letter.address, ADMIN)
    await desk(running, corrected, Forgetful(running.parts.db)).replay(WORKSPACE, letter.address, ADMIN)
    assert corrected.calls == 2
    again = await desk(running, corrected).replay(WORKSPACE, letter.address, ADMIN)
    assert (corrected.calls, again.settled and again.settled.state) == (2, "replayed")
    await running.has_stored("fixed", PERMANENT, 20)
    assert await running.published("fixed", 2) == [20, PERMANENT]
    assert await open_letter(running, "fixed") == []
    assert await trail(running, WORKSPACE, letter) == [("dead_letter.replayed", "Ada", None)]


async def test_another_workspace_neither_sees_nor_touches_a_letter(running: Running) -> None:
    await running.parts.send(running.incoming, fact("private", PERMANENT))
    await running.dead_letters(b"private")
    [letter] = await open_letter(running, "private")
    assert await open_letter(running, "private", OTHER_WORKSPACE) == []
    tool = desk(running, Corrected(running))
    for attempt in (
        tool.show(OTHER_WORKSPACE, letter.address),
        tool.replay(OTHER_WORKSPACE, letter.address, STRANGER),
        tool.discard(OTHER_WORKSPACE, letter.address, STRANGER, reason="mine now"),
    ):
        with pytest.raises(Refusal, match="There is no dead letter"):
            await attempt
    assert await open_letter(running, "private") == [letter]
    assert await running.parts.stored(OTHER_WORKSPACE) == []


async def test_a_letter_that_names_no_workspace_is_the_platforms(running: Running) -> None:
    await running.send_raw(b"\x00 not json", record_headers(fact("torn", 1)), key=b"torn")
    await running.dead_letters(b"torn")
    assert await open_letter(running, "torn") == []
    [letter] = await open_letter(running, "torn", None)
    with pytest.raises(Refusal, match="There is no dead letter"):
        await desk(running).show(WORKSPACE, letter.address)
    with pytest.raises(Refusal, match="fails again"):
        await desk(running).replay(None, letter.address, OPERATIONS)
    await desk(running).discard(None, letter.address, OPERATIONS, reason="torn by a disk")
    assert await open_letter(running, "torn", None) == []
    assert await trail(running, PLATFORM, letter) == [("dead_letter.discarded", "ops", "torn by a disk")]


async def test_what_the_platform_does_stands_in_the_trail_of_the_letters_workspace(running: Running) -> None:
    await running.parts.send(running.incoming, fact("helped", PERMANENT))
    await running.dead_letters(b"helped")
    [letter] = await open_letter(running, "helped")
    await desk(running).discard(None, letter.address, OPERATIONS, reason="asked for on the phone")
    assert await trail(running, WORKSPACE, letter) == [
        ("dead_letter.discarded", "ops", "asked for on the phone")
    ]


async def test_discarding_twice_is_discarding_once_and_ends_replays(running: Running) -> None:
    await running.parts.send(running.incoming, fact("gone", PERMANENT))
    await running.dead_letters(b"gone")
    [letter] = await open_letter(running, "gone")
    first = await desk(running).discard(WORKSPACE, letter.address, ADMIN, reason="a duplicate")
    second = await desk(running).discard(WORKSPACE, letter.address, ADMIN, reason="once more")
    assert second.settled == first.settled
    assert await trail(running, WORKSPACE, letter) == [("dead_letter.discarded", "Ada", "a duplicate")]
    corrected = Corrected(running)
    with pytest.raises(Refusal, match="was discarded by Ada"):
        await desk(running, corrected).replay(WORKSPACE, letter.address, ADMIN)
    assert corrected.calls == 0
    shown = await desk(running).show(WORKSPACE, letter.address)
    assert shown.settled == first.settled


async def test_a_replay_that_fails_for_now_leaves_the_letter_open(running: Running) -> None:
    await running.parts.send(running.incoming, fact("later", PERMANENT))
    await running.dead_letters(b"later")
    [letter] = await open_letter(running, "later")

    async def unreachable(_: Sequence[Delivery[Fact]]) -> None:
        raise Transient("the database is away")

    with pytest.raises(Transient):
        await desk(running, unreachable).replay(WORKSPACE, letter.address, ADMIN)
    assert await open_letter(running, "later") == [letter]


async def test_pages_together_hold_every_letter_once(running: Running) -> None:
    await running.parts.send(running.incoming, *(fact(f"page-{n}", PERMANENT) for n in range(5)))
    for n in range(5):
        await running.dead_letters(f"page-{n}".encode())
    whole = await desk(running).open_letters(WORKSPACE)
    found: list[Letter] = []
    start: Address | None = None
    while True:
        page = await desk(running).open_letters(WORKSPACE, group=running.group, start=start, limit=2)
        assert len(page.letters) <= 2
        found += page.letters
        start = page.next
        if start is None:
            break
    assert found == list(whole.letters)
    assert {f"page-{n}" for n in range(5)} <= {letter.key for letter in found}


async def test_an_address_without_a_letter_and_a_foreign_group_are_not_found(running: Running) -> None:
    with pytest.raises(Refusal, match="There is no dead letter"):
        await desk(running).show(WORKSPACE, Address(running.group, 0, 10**9))
    with pytest.raises(Refusal, match="no consumer group"):
        await desk(running).show(WORKSPACE, Address("somebody.else", 0, 0))
