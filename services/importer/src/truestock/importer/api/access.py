"""What the routes share: the use cases of this application, the caller as an actor, cursors, ETags."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, cast
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from truestock.chassis.auth import IfMatch, Operator, Principal
from truestock.chassis.auth.principal import Role
from truestock.contracts.problem import Refusal, RefusalKind
from truestock.importer.api import present
from truestock.importer.api.responses import BatchBody
from truestock.importer.api.services import Services
from truestock.importer.domain.actor import Actor

Limit = Annotated[int, Query(ge=1, le=500)]
Cursor = Annotated[str | None, Query(max_length=300)]


def _services(request: Request) -> Services:
    return cast(Services, request.app.state.importer)


Wired = Annotated[Services, Depends(_services)]


@dataclass(frozen=True, slots=True)
class Command:
    """What every command on a batch comes with: who gives it, on which revision."""

    batch_id: UUID
    operator: Operator
    seen: IfMatch
    wired: Wired
    response: Response

    @property
    def actor(self) -> Actor:
        """The operator as the domain knows them."""
        return actor_of(self.operator)

    @property
    def given(self) -> tuple[Actor, UUID, int]:
        """What the use cases take first: by whom, on which batch, at the revision that was seen."""
        return self.actor, self.batch_id, self.seen

    async def answer(self) -> BatchBody:
        """The batch as it stands after the command, with its ETag."""
        return await answer(self.wired, self.operator, self.batch_id, self.response)


OnBatch = Annotated[Command, Depends()]


def actor_of(principal: Principal) -> Actor:
    """The caller as the domain knows it."""
    return Actor(principal.workspace_id, principal.subject, principal.name, admin=principal.may(Role.ADMIN))


async def answer(services: Services, principal: Principal, batch_id: UUID, response: Response) -> BatchBody:
    """A batch as it stands, with its ETag."""
    view = await services.look.batch(principal.workspace_id, batch_id)
    response.headers["ETag"] = f'"{view.batch.revision}"'
    return present.batch(view, services.now())


def instant(cursor: str | None) -> datetime | None:
    """A list cursor that is an instant; raises Refusal when it is not one."""
    if cursor is None:
        return None
    try:
        found = datetime.fromisoformat(cursor)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise Refusal(
            "invalid_cursor",
            "The cursor is not one of this list.",
            remedy="Use next_cursor of the previous page, or none to start over.",
            kind=RefusalKind.INVALID,
        )
    return found
