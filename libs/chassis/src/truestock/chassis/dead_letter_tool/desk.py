"""What one may do with a service's dead letters: list the open ones, show, replay, discard."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from aiokafka import ConsumerRecord

from truestock.chassis.auth.principal import Principal
from truestock.chassis.consumer.subscription import AnySubscription
from truestock.chassis.dead_letter_tool.letters import Address, Letter, Settled, read, settled
from truestock.chassis.dead_letter_tool.replay import replay
from truestock.contracts.problem import Refusal, RefusalKind, not_found

PAGE = 200
SCANNED = 1_000
"""Most records looked at for one page: a page may be empty and still have a next one."""


class Reader(Protocol):
    """The part of the reader that the desk needs."""

    async def one(self, address: Address) -> ConsumerRecord | None:
        """The record at this address."""

    def since(self, start: Address) -> AsyncGenerator[tuple[Address, ConsumerRecord], None]:
        """What the group's topic holds now, from ``start`` on."""


class Trail(Protocol):
    """The part of the marks that the desk needs."""

    async def of(self, letters: Sequence[Letter]) -> dict[str, Settled]:
        """What became of the settled ones, by subject."""

    async def settle(self, letter: Letter, state: str, principal: Principal, reason: str | None) -> Settled:
        """Mark it once; the mark that stands."""


@dataclass(frozen=True, slots=True)
class LetterPage:
    """Open letters, and where the list goes on."""

    letters: tuple[Letter, ...]
    next: Address | None


class DeadLetterDesk:
    """The dead letters of one service's consumer groups.

    ``workspace_id`` None is the platform: it sees all letters, those that name no workspace included.
    Anybody else's letter is not found.
    """

    def __init__(self, subscriptions: Sequence[AnySubscription], reader: Reader, marks: Trail) -> None:
        self._subscriptions = {one.group: one for one in subscriptions}
        self._reader = reader
        self._marks = marks

    @property
    def groups(self) -> tuple[str, ...]:
        """The service's consumer groups, in the order of a list of all."""
        return tuple(sorted(self._subscriptions))

    async def open_letters(
        self,
        workspace_id: UUID | None,
        *,
        group: str | None = None,
        start: Address | None = None,
        limit: int = PAGE,
    ) -> LetterPage:
        """The next page of what is neither replayed nor discarded, of one group or of all."""
        groups = self._from(group, start)
        found: list[Letter] = []
        scanned = 0
        for name in groups:
            begin = start if start is not None and start.group == name else Address(name, 0, 0)
            async with aclosing(self._reader.since(begin)) as records:
                chunk: list[Letter] = []
                async for address, record in records:
                    if scanned == SCANNED or len(chunk) + len(found) == limit:
                        found += await self._open(chunk)
                        chunk = []
                        if scanned == SCANNED or len(found) == limit:
                            return LetterPage(tuple(found), address)
                    scanned += 1
                    letter = read(address, record)
                    if workspace_id is None or letter.is_of(workspace_id):
                        chunk.append(letter.without_content())
                found += await self._open(chunk)
        return LetterPage(tuple(found), None)

    def _from(self, group: str | None, start: Address | None) -> list[str]:
        if group is not None:
            self._subscription(group)
        if start is not None:
            self._subscription(start.group)
        groups = [group] if group is not None else list(self.groups)
        return [name for name in groups if start is None or name >= start.group]

    async def _open(self, letters: Sequence[Letter]) -> list[Letter]:
        marks = await self._marks.of(letters)
        return [letter for letter in letters if letter.subject not in marks]

    async def show(self, workspace_id: UUID | None, address: Address) -> Letter:
        """One letter, settled or not; raises :class:`Refusal` when there is none of this workspace."""
        self._subscription(address.group)
        record = await self._reader.one(address)
        letter = read(address, record) if record is not None else None
        if letter is None or (workspace_id is not None and not letter.is_of(workspace_id)):
            raise not_found("dead letter", address)
        return settled(letter, (await self._marks.of([letter])).get(letter.subject))

    async def replay(self, workspace_id: UUID | None, address: Address, principal: Principal) -> Letter:
        """Hand the original record to its group's handler once more, and settle the letter.

        A letter that was replayed is not handled again. Raises :class:`Refusal` when it fails again or
        was discarded.
        """
        letter = await self.show(workspace_id, address)
        if letter.settled is not None:
            _is(letter, letter.settled, "replayed")
            return letter
        await replay(letter, self._subscription(address.group))
        mark = await self._marks.settle(letter, "replayed", principal, None)
        return settled(letter, mark)

    async def discard(
        self, workspace_id: UUID | None, address: Address, principal: Principal, *, reason: str
    ) -> Letter:
        """Give the record up for good; discarding it twice is discarding it once."""
        letter = await self.show(workspace_id, address)
        mark = letter.settled or await self._marks.settle(letter, "discarded", principal, reason)
        _is(letter, mark, "discarded")
        return settled(letter, mark)

    def _subscription(self, group: str) -> AnySubscription:
        found = self._subscriptions.get(group)
        if found is None:
            raise Refusal(
                "unknown_group",
                f"This service has no consumer group {group}.",
                remedy=f"Its groups are: {', '.join(self.groups) or 'none'}.",
                kind=RefusalKind.NOT_FOUND,
            )
        return found


def _is(letter: Letter, mark: Settled, state: str) -> None:
    if mark.state != state:
        raise Refusal(
            "already_settled",
            f"{letter.address} was {mark.state} by {mark.who} at {mark.at:%Y-%m-%d %H:%M} UTC.",
            remedy="Nothing is left to do; the audit trail says why.",
            state=mark.state,
        )
