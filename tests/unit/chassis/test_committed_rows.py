"""What the relay remembers of its own process's commits: bounded, used once, forgotten at any time."""

from uuid import UUID

from truestock.chassis.outbox.memory import ROWS, CommittedRows
from truestock.chassis.outbox.rows import OutboxRow


def row(number: int, size: int = 10) -> OutboxRow:
    return OutboxRow(UUID(int=number), "a", "k", "t", "topic", "k", b"x" * size, b"{}", None, None)


def test_a_row_is_used_once() -> None:
    rows = CommittedRows(max_bytes=100)
    rows.add([row(1), row(2)])
    rows.drop(UUID(int=1))
    assert rows.known() == {UUID(int=2): row(2)}


def test_what_was_known_stays_usable_when_it_starts_over_meanwhile() -> None:
    rows = CommittedRows(max_bytes=10)
    rows.add([row(1)])
    known = rows.known()
    rows.add([row(2)])
    rows.drop(UUID(int=1))
    assert known == {UUID(int=1): row(1)}
    assert rows.known() == {UUID(int=2): row(2)}


def test_without_room_it_starts_over_and_never_holds_more_than_its_bytes() -> None:
    rows = CommittedRows(max_bytes=25)
    rows.add([row(1), row(2)])
    rows.add([row(3)])
    assert list(rows.known()) == [UUID(int=3)]
    rows.add([row(4, size=26)])
    assert list(rows.known()) == [UUID(int=3)]
    rows.drop(UUID(int=3))
    rows.add([row(5, size=25)])
    assert list(rows.known()) == [UUID(int=5)]


def test_it_holds_a_bounded_number_of_rows() -> None:
    rows = CommittedRows(max_bytes=10**9)
    rows.add(row(number) for number in range(ROWS + 1))
    assert list(rows.known()) == [UUID(int=ROWS)]


def test_nothing_is_known_after_forgetting() -> None:
    rows = CommittedRows(max_bytes=15)
    rows.add([row(1)])
    rows.forget()
    rows.add([row(2)])
    assert list(rows.known()) == [UUID(int=2)]
