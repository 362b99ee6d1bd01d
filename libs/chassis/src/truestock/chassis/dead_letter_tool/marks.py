"""What became of dead letters: lines of the audit trail, in the workspace that the letter belongs to."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import text

from truestock.chassis import audit
from truestock.chassis.auth.principal import Principal
from truestock.chassis.dead_letter_tool.letters import Letter, Settled
from truestock.chassis.transaction import Database, Transaction

PLATFORM = UUID(int=0)
"""Where the trail of letters stands that name no workspace: nobody's token carries it."""

ACTIONS = {"replayed": "dead_letter.replayed", "discarded": "dead_letter.discarded"}
STATES = {action: state for state, action in ACTIONS.items()}

FIND = text(
    """
    SELECT DISTINCT ON (subject) subject, action, at, who_name, reason FROM audit
    WHERE subject = ANY (CAST(:subjects AS text[])) AND action = ANY (CAST(:actions AS text[]))
    ORDER BY subject, audit_id
    """
)
LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:subject, 0))")


class Marks:
    """Reads and writes them. The first one of a letter stands."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, letters: Sequence[Letter]) -> dict[str, Settled]:
        """What became of those ``letters`` that are settled, by :attr:`Letter.subject`."""
        if not letters:
            return {}
        async with self._database.begin({_home(letter) for letter in letters}) as tx:
            return await _find(tx, [letter.subject for letter in letters])

    async def settle(self, letter: Letter, state: str, principal: Principal, reason: str | None) -> Settled:
        """Mark ``letter`` in the trail of its workspace, once; returns the mark that stands."""
        async with self._database.begin([_home(letter)]) as tx:
            await tx.connection.execute(LOCK, {"subject": letter.subject})
            found = await _find(tx, [letter.subject])
            if not found:
                # the platform settles letters of others: the trail is the letter's workspace's
                acting = replace(principal, workspace_id=_home(letter))
                await audit.record(
                    tx, acting, ACTIONS[state], letter.subject, after=_what(letter), reason=reason
                )
                found = await _find(tx, [letter.subject])
        return found[letter.subject]


def _home(letter: Letter) -> UUID:
    return letter.workspace_id or PLATFORM


def _what(letter: Letter) -> dict[str, object]:
    original = letter.original
    return {
        "topic": original.topic,
        "partition": original.partition,
        "offset": original.offset,
        "key": letter.key,
        "event_id": letter.headers.get("ce_id"),
    }


async def _find(tx: Transaction, subjects: Sequence[str]) -> dict[str, Settled]:
    rows = await tx.connection.execute(FIND, {"subjects": list(subjects), "actions": list(STATES)})
    return {row.subject: Settled(STATES[row.action], row.at, row.who_name, row.reason) for row in rows}
