"""``python -m truestock.local demo|run|sweep``: settings come from the environment (see ``make help``)."""

import asyncio
import sys

from rich.console import Console

from truestock.local import commands
from truestock.local.errors import StackError
from truestock.local.signals import until_signalled

_USAGE = "usage: python -m truestock.local demo|run|sweep"


def main(arguments: list[str]) -> int:
    """The exit code; errors for people go to standard error as one sentence."""
    match arguments:
        case ["demo"]:
            return _guarded(lambda console: asyncio.run(until_signalled(commands.demo(console))))
        case ["run"]:
            return _guarded(lambda console: asyncio.run(until_signalled(commands.run(console))))
        case ["sweep"]:
            return _guarded(commands.sweep)
    Console(stderr=True).print(_USAGE)
    return 2


def _guarded(command: commands.Command) -> int:
    try:
        return command(Console(soft_wrap=True))
    except StackError as error:
        Console(stderr=True, soft_wrap=True).print(
            f"error: {error}", style="red", markup=False, highlight=False
        )
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
