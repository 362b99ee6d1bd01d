"""FastAPI dependencies: ``Viewer``, ``Operator``, ``Admin``, ``Service`` and ``IfMatch``."""

import re
from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from truestock.chassis.auth.principal import Principal, Role
from truestock.chassis.auth.verifier import InvalidToken, TokenVerifier
from truestock.chassis.problems import HttpProblem
from truestock.contracts.problem import Refusal, RefusalKind

_bearer = HTTPBearer(auto_error=False, description="A token of the OIDC issuer.")
Credentials = Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]


def _unauthorized(detail: str) -> HttpProblem:
    return HttpProblem(
        401,
        "invalid_token",
        detail,
        remedy="Obtain a new token (truestock login) and repeat the command.",
        headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
    )


def _forbidden(role: Role) -> Refusal:
    return Refusal(
        "forbidden",
        f"This needs the role {role}.",
        remedy=f"Ask an administrator of your workspace for the role {role}.",
        kind=RefusalKind.FORBIDDEN,
    )


def _verifier(request: Request) -> TokenVerifier:
    verifier: TokenVerifier = request.app.state.verifier
    return verifier


def _person(role: Role) -> Callable[..., Awaitable[Principal]]:
    async def authenticate(request: Request, credentials: Credentials) -> Principal:
        if credentials is None:
            raise _unauthorized("There is no bearer token.")
        try:
            principal = await _verifier(request).person(credentials.credentials)
        except InvalidToken as error:
            raise _unauthorized(str(error)) from None
        if not principal.may(role):
            raise _forbidden(role)
        return principal

    return authenticate


async def _service(
    request: Request,
    credentials: Credentials,
    x_workspace_id: Annotated[UUID, Header(description="The workspace that this call is about.")],
) -> Principal:
    if credentials is None:
        raise _unauthorized("There is no bearer token.")
    try:
        principal = await _verifier(request).service(credentials.credentials, x_workspace_id)
    except InvalidToken as error:
        raise _unauthorized(str(error)) from None
    if not principal.may(Role.SERVICE):
        raise _forbidden(Role.SERVICE)
    return principal


_ETAG = re.compile(r'^(?:W/)?"?(\d{1,18})"?$')


async def _if_match(
    if_match: Annotated[str | None, Header(description='The revision that was seen: `"3"`.')] = None,
) -> int:
    if if_match is None:
        raise HttpProblem(
            428,
            "revision_required",
            "This command needs the revision that you saw, in the header If-Match.",
            remedy='Read the resource and send its ETag, for example If-Match: "3".',
        )
    found = _ETAG.match(if_match.strip())
    if found is None:
        raise Refusal(
            "invalid_revision",
            "If-Match does not hold a revision.",
            remedy='Send the ETag of the resource, for example If-Match: "3".',
            kind=RefusalKind.INVALID,
        )
    return int(found[1])


Viewer = Annotated[Principal, Depends(_person(Role.VIEWER))]
"""A person who may read."""
Operator = Annotated[Principal, Depends(_person(Role.OPERATOR))]
"""A person who may command."""
Admin = Annotated[Principal, Depends(_person(Role.ADMIN))]
"""A person who may also waive."""
Service = Annotated[Principal, Depends(_service)]
"""Another service, calling about the workspace that it names."""
IfMatch = Annotated[int, Depends(_if_match)]
"""The revision that the caller saw; 428 without it, 422 when it is not one."""
