"""A client that cannot reach its broker says so at every attempt: thousands of equal lines in a minute."""

import logging
import time
from collections.abc import Callable

EVERY_S = 10.0
"""One line of a kind in so many seconds; the next one tells how many it stands for."""

KINDS = 200
"""More are not remembered: then all begin anew."""


class Repeats(logging.Filter):
    """Holds back what a library repeats. One kind: the same logger, level and message before its arguments.

    The first line of a kind passes at once. ``held_back`` of a later one counts those before it that did
    not pass.
    """

    def __init__(self, *libraries: str, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._libraries = frozenset(libraries)
        self._clock = clock
        self._passed: dict[tuple[str, int, str], float] = {}
        self._held: dict[tuple[str, int, str], int] = {}

    def __len__(self) -> int:
        """How many kinds are remembered."""
        return len(self._passed)

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is written."""
        if record.name.partition(".")[0] not in self._libraries:
            return True
        kind, now = (record.name, record.levelno, str(record.msg)), self._clock()
        passed = self._passed.get(kind)
        if passed is not None and now - passed < EVERY_S:
            self._held[kind] = self._held.get(kind, 0) + 1
            return False
        if len(self._passed) >= KINDS:
            self._passed.clear()
            self._held.clear()
        self._passed[kind] = now
        held = self._held.pop(kind, 0)
        if held:
            record.held_back = held
        return True
