"""The dead letters of all services, each asked for those of its own consumer groups."""

from collections.abc import AsyncIterator, Mapping

from truestock.client.http import Service
from truestock.client.models.dead_letters import DeadLetter, DeadLetterInFull
from truestock.contracts.problem import Refusal, RefusalKind

PATH = "/v1/dead-letters"


class DeadLetters:
    """Needs the role admin; shows this workspace's letters only.

    A letter is named GROUP/PARTITION/OFFSET; its group begins with the name of its service.
    """

    def __init__(self, services: Mapping[str, Service]) -> None:
        self._services = services

    async def open(self, *, group: str | None = None) -> AsyncIterator[DeadLetter]:
        """What is neither replayed nor discarded, of one consumer group or of all."""
        services = [self._service(group)] if group is not None else self._services.values()
        for service in services:
            async for letter in service.pages(DeadLetter, PATH, group=group):
                yield letter

    async def show(self, letter: str) -> DeadLetterInFull:
        """One letter with its content, also when it is settled."""
        return await self._service(letter).get(DeadLetterInFull, _path(letter))

    async def replay(self, letter: str) -> DeadLetter:
        """Hand the original record to its group once more; refused with the reason when it fails again."""
        return await self._service(letter).command(DeadLetter, f"{_path(letter)}/replay")

    async def discard(self, letter: str, *, reason: str) -> DeadLetter:
        """Give the record up for good."""
        body = {"reason": reason}
        return await self._service(letter).command(DeadLetter, f"{_path(letter)}/discard", body)

    def _service(self, name: str) -> Service:
        service = self._services.get(name.partition(".")[0])
        if service is None:
            raise _unknown(f"{name} belongs to none of the services {', '.join(self._services)}.")
        return service


def _path(letter: str) -> str:
    parts = letter.split("/")
    if len(parts) != 3 or not (parts[1].isdecimal() and parts[2].isdecimal()):
        raise _unknown(f"{letter} names no dead letter.")
    return f"{PATH}/{letter}"


def _unknown(detail: str) -> Refusal:
    return Refusal(
        "invalid_dead_letter",
        detail,
        remedy="Give it as `truestock dlq list` shows it: GROUP/PARTITION/OFFSET.",
        kind=RefusalKind.INVALID,
    )
