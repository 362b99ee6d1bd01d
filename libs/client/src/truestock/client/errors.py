"""What went wrong between this program and a service, as a :class:`Refusal` with a remedy."""

import json
from typing import Any

import httpx

from truestock.contracts.problem import Refusal, RefusalKind

KIND = {
    401: RefusalKind.FORBIDDEN,
    403: RefusalKind.FORBIDDEN,
    404: RefusalKind.NOT_FOUND,
    409: RefusalKind.CONFLICT,
    412: RefusalKind.STALE,
    428: RefusalKind.STALE,
}
RESERVED = frozenset({"type", "title", "status", "detail", "remedy", "code", "kind", "self"})
LOGIN_EXPIRED = "login_expired"


def login_expired() -> Refusal:
    """There is no valid login any more (or there never was one)."""
    return Refusal(
        LOGIN_EXPIRED,
        "You are not logged in, or your login has expired.",
        remedy="Run `truestock login`.",
        kind=RefusalKind.FORBIDDEN,
    )


def unreachable(service: str, url: str) -> Refusal:
    """Nothing answers at the service's address."""
    return Refusal(
        "unreachable",
        f"The {service} does not answer at {url}.",
        remedy="Check that it runs (`make run` starts the local stack) and that the address is right.",
        kind=RefusalKind.UNAVAILABLE,
    )


def unreadable(service: str, url: str) -> Refusal:
    """The answer is not what this version of the client understands."""
    return Refusal(
        "unreadable_answer",
        f"The {service} answered at {url} in a form that this client does not understand.",
        remedy="Check the address, and that client and services are of the same major version.",
        kind=RefusalKind.UNAVAILABLE,
    )


def refusal_of(response: httpx.Response, service: str) -> Refusal:
    """The refusal that a non-successful answer carries (``application/problem+json``, or not)."""
    if response.status_code == 401:
        return login_expired()
    kind = KIND.get(response.status_code)
    if kind is None:
        kind = RefusalKind.UNAVAILABLE if response.status_code >= 500 else RefusalKind.INVALID
    problem = _members(response)
    detail = _text(problem.get("detail")) or f"The {service} answered {response.status_code}."
    remedy = _text(problem.get("remedy")) or (
        "Try again shortly; if it stays like this, look at the service's log."
        if kind is RefusalKind.UNAVAILABLE
        else "Check the command and its values."
    )
    extras = {name: value for name, value in problem.items() if name not in RESERVED and name.isidentifier()}
    code = _text(problem.get("code")) or f"http_{response.status_code}"
    return Refusal(code, detail, remedy=remedy, kind=kind, **extras)


def _members(response: httpx.Response) -> dict[str, Any]:
    if "json" not in response.headers.get("content-type", ""):
        return {}
    try:
        body = json.loads(response.content)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
