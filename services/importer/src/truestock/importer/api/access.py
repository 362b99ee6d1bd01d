"""What the routes share: the use cases of this application, the caller as an actor, cursors, ETags."""

from datetime import datetime
from typing import Annotated, cast
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from truestock.chassis.auth import Principal
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
