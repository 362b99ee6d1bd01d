"""``python -m truestock.<service> dead-letters list|show|replay|discard``: the platform's own way.

It needs the service's settings (database and Kafka) and no HTTP, sees the letters of all workspaces and
those that name none, and is for whoever may run a command in the service's place. What it settles stands
in the audit trail of the letter's workspace, or in the platform's.
"""

import argparse
import getpass
import sys
from collections.abc import Callable
from typing import TypeVar

from fastapi import FastAPI

from truestock.chassis.auth.principal import Principal, Role
from truestock.chassis.dead_letter_tool.desk import DeadLetterDesk
from truestock.chassis.dead_letter_tool.letters import Address
from truestock.chassis.dead_letter_tool.marks import PLATFORM
from truestock.chassis.dead_letter_tool.models import LetterInFull, LetterOut
from truestock.chassis.delivery import Transient
from truestock.chassis.settings import ServiceSettings
from truestock.contracts.problem import Refusal

S = TypeVar("S", bound=ServiceSettings)


def add_to(parser: argparse.ArgumentParser) -> None:
    """Give ``parser`` the commands and their arguments."""
    choices = parser.add_subparsers(dest="action", required=True)
    listing = choices.add_parser(
        "list", help="what is neither replayed nor discarded, one JSON object a line"
    )
    listing.add_argument("--group", help="only of this consumer group")
    for name, help_text in (
        ("show", "one letter with its content"),
        ("replay", "hand the original record to its group's handler once more"),
        ("discard", "give the record up for good"),
    ):
        one = choices.add_parser(name, help=help_text)
        one.add_argument("letter", metavar="GROUP/PARTITION/OFFSET")
        if name != "show":
            one.add_argument("--who", default=getpass.getuser(), help="who does it (default: this user)")
        if name == "discard":
            one.add_argument("--reason", required=True, help="why; kept in the audit trail")


async def run(build: Callable[[S], FastAPI], settings: S, arguments: argparse.Namespace) -> str | None:
    """Do what ``arguments`` say and print it; returns the sentence that says why it failed."""
    app = build(settings)
    try:
        await _do(app.state.dead_letters, arguments)
    except Refusal as refusal:
        return f"{refusal.detail} {refusal.remedy}"
    except Transient as error:
        return f"{settings.service} cannot do that now: {error}. Repeat it in a moment."
    finally:
        await app.state.process.stop()
    return None


async def _do(desk: DeadLetterDesk, arguments: argparse.Namespace) -> None:
    if arguments.action == "list":
        await _list(desk, arguments.group)
        return
    address = Address.parse(arguments.letter)
    if arguments.action == "show":
        _print(LetterInFull.of(await desk.show(None, address)))
        return
    principal = Principal(
        f"platform:{arguments.who}", arguments.who, frozenset({Role.ADMIN}), workspace_id=PLATFORM
    )
    if arguments.action == "replay":
        letter = await desk.replay(None, address, principal)
    else:
        letter = await desk.discard(None, address, principal, reason=arguments.reason)
    _print(LetterOut.of(letter))


async def _list(desk: DeadLetterDesk, group: str | None) -> None:
    start: Address | None = None
    while True:
        page = await desk.open_letters(None, group=group, start=start)
        for letter in page.letters:
            _print(LetterOut.of(letter))
        start = page.next
        if start is None:
            return


def _print(shown: LetterOut) -> None:
    sys.stdout.write(f"{shown.model_dump_json()}\n")
