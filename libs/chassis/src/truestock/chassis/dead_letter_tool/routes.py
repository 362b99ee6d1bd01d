"""The dead letters of a service's groups over HTTP: role admin, the caller's own workspace only."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from truestock.chassis.auth import Admin
from truestock.chassis.dead_letter_tool.desk import PAGE, DeadLetterDesk
from truestock.chassis.dead_letter_tool.letters import Address
from truestock.chassis.dead_letter_tool.models import DiscardIn, LetterInFull, LetterList, LetterOut

Group = Annotated[str, Path(max_length=200, description="The consumer group.")]
Partition = Annotated[int, Path(ge=0, lt=10**9)]
Offset = Annotated[int, Path(ge=0, lt=10**18)]


def dead_letter_routes(desk: DeadLetterDesk) -> APIRouter:
    """The routes of one service."""
    router = APIRouter(prefix="/v1/dead-letters", tags=["dead letters"])

    @router.get("")
    async def open_letters(
        caller: Admin,
        group: Annotated[str | None, Query(max_length=200, description="Only of this group.")] = None,
        cursor: Annotated[
            str | None, Query(max_length=300, description="`next_cursor` of the page before.")
        ] = None,
        limit: Annotated[int, Query(ge=1, le=PAGE)] = PAGE,
    ) -> LetterList:
        """What is neither replayed nor discarded, oldest first per group."""
        start = Address.parse(cursor) if cursor is not None else None
        page = await desk.open_letters(caller.workspace_id, group=group, start=start, limit=limit)
        items = [LetterOut.of(letter) for letter in page.letters]
        return LetterList(items=items, next_cursor=str(page.next) if page.next else None)

    @router.get("/{group}/{partition}/{offset}")
    async def show(caller: Admin, group: Group, partition: Partition, offset: Offset) -> LetterInFull:
        """One letter with its content, also when it is settled."""
        letter = await desk.show(caller.workspace_id, Address(group, partition, offset))
        return LetterInFull.of(letter)

    @router.post("/{group}/{partition}/{offset}/replay")
    async def replay(caller: Admin, group: Group, partition: Partition, offset: Offset) -> LetterOut:
        """Handle the original record once more; 409 with the reason when it fails again."""
        letter = await desk.replay(caller.workspace_id, Address(group, partition, offset), caller)
        return LetterOut.of(letter)

    @router.post("/{group}/{partition}/{offset}/discard")
    async def discard(
        caller: Admin, group: Group, partition: Partition, offset: Offset, body: DiscardIn
    ) -> LetterOut:
        """Give the record up for good; who and why stay in the audit trail."""
        address = Address(group, partition, offset)
        letter = await desk.discard(caller.workspace_id, address, caller, reason=body.reason)
        return LetterOut.of(letter)

    return router
