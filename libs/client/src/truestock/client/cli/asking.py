"""Questions to the operator from within a command."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

import typer


def sure(question: str) -> None:
    """Ask whether to go on; ends the command when not."""
    with _interruptible():
        typer.confirm(question, abort=True, err=True)


def typed(question: str, default: str = "") -> str:
    """A line of text; the default when nothing is typed."""
    with _interruptible():
        answer: str = typer.prompt(question, default=default, show_default=bool(default), err=True)
    return answer.strip()


def choice(question: str, *allowed: str) -> str:
    """One of the words, or a first letter of one; asks again until it is one of them."""
    letters = {word[0]: word for word in allowed}
    while True:
        answer = typed(f"{question} [{'/'.join(allowed)}]", default=allowed[-1]).casefold()
        found = answer if answer in allowed else letters.get(answer)
        if found:
            return found


@contextmanager
def _interruptible() -> Iterator[None]:
    """asyncio's own handler would swallow the first Ctrl-C while the terminal is being read."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
