"""Named steps at which a process can be made to die, so that tests prove what a crash leaves behind."""

import os
from collections import Counter
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import TypeVar

A = TypeVar("A")
R = TypeVar("R")

CRASH_CODE = 137
"""The exit code of a process that was killed (128 + SIGKILL)."""

scope: ContextVar[str | None] = ContextVar("failpoint_scope", default=None)
"""The consumer group whose batch is being handled, so that a transaction can name its steps."""


def in_scope(name: str, work: Callable[[A], Awaitable[R]]) -> Callable[[A], Awaitable[R]]:
    """``work`` whose transactions name their steps ``<name>:before-commit`` and ``<name>:after-commit``.

    For work that no consumer group brings, such as a reading loop.
    """

    async def named(argument: A) -> R:
        token = scope.set(name)
        try:
            return await work(argument)
        finally:
            scope.reset(token)

    return named


def _die() -> None:
    os._exit(CRASH_CODE)


class Failpoints:
    """Dies when the configured step is reached; ``name#3`` dies the third time. Off without a spec."""

    def __init__(self, spec: str | None = None, *, die: Callable[[], None] = _die) -> None:
        name, _, nth = (spec or "").partition("#")
        self._name = name
        self._nth = int(nth or 1)
        self._die = die
        self._reached: Counter[str] = Counter()

    def reach(self, step: str) -> None:
        """The process is at ``step`` now."""
        if self._name and step == self._name:
            self._reached[step] += 1
            if self._reached[step] == self._nth:
                self._die()

    def reach_in_scope(self, step: str) -> None:
        """The process is at ``<group>:<step>`` of the batch that is being handled, if one is."""
        group = scope.get()
        if group is not None:
            self.reach(f"{group}:{step}")
