"""The use cases that the routes call, wired in main."""

from dataclasses import dataclass
from typing import Annotated, cast
from uuid import UUID

from fastapi import Depends, Query, Request

from truestock.contracts.problem import Refusal, RefusalKind
from truestock.inventory.store.reading import NIL, Reading
from truestock.inventory.usecases.decide_held import DecideHeld
from truestock.inventory.usecases.record import DecideProposal, DecideSplit, EditItem
from truestock.inventory.usecases.set_policies import SetPolicies
from truestock.inventory.usecases.stock import AttestStock, CountStock, RecordMovement
from truestock.inventory.usecases.undo import UndoBatch


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that this process can do over HTTP."""

    reading: Reading
    move: RecordMovement
    count: CountStock
    attest: AttestStock
    edit: EditItem
    decide_held: DecideHeld
    decide_split: DecideSplit
    decide_proposal: DecideProposal
    set_policies: SetPolicies
    undo: UndoBatch


def _wired(request: Request) -> Services:
    return cast(Services, request.app.state.inventory)


Wired = Annotated[Services, Depends(_wired)]
Limit = Annotated[int, Query(ge=1, le=500, description="Most entries of a page.")]
Cursor = Annotated[str | None, Query(max_length=100, description="next_cursor of the previous page.")]


def after(cursor: str | None) -> UUID:
    """The id after which a page starts; raises Refusal when the cursor is not one of ours."""
    if not cursor:
        return NIL
    try:
        return UUID(cursor)
    except ValueError:
        raise Refusal(
            "invalid_cursor",
            "The cursor is not one of this list.",
            remedy="Use next_cursor of the previous page, or none to start over.",
            kind=RefusalKind.INVALID,
        ) from None
