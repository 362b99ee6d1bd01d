"""Every error of the HTTP edge as ``application/problem+json`` (RFC 9457) with a remedy."""

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from truestock.chassis.delivery import Transient
from truestock.contracts.problem import Refusal

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"


class HttpProblem(Exception):
    """A refusal that only HTTP knows (401, 428, …)."""

    def __init__(
        self, status: int, code: str, detail: str, *, remedy: str, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.remedy = remedy
        self.headers = headers


def problem(
    status: int, code: str, detail: str, remedy: str, headers: dict[str, str] | None = None, **extras: Any
) -> JSONResponse:
    """A problem response."""
    body = {
        "type": f"urn:truestock:problem:{code}",
        "title": code.replace("_", " "),
        "status": status,
        "detail": detail,
        "remedy": remedy,
        "code": code,
        **extras,
    }
    return JSONResponse(body, status, headers=headers, media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Answer every error of ``app`` as a problem."""
    app.add_exception_handler(Refusal, _refusal)
    app.add_exception_handler(HttpProblem, _http_problem)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(HTTPException, _http_exception)
    app.add_exception_handler(Transient, _transient)


def _refusal(_: Request, error: Exception) -> Response:
    if not isinstance(error, Refusal):
        raise error
    return JSONResponse(_plain(error.as_problem()), error.status, media_type=MEDIA_TYPE)


def _plain(body: dict[str, Any]) -> dict[str, Any]:
    from fastapi.encoders import jsonable_encoder

    return dict(jsonable_encoder(body))


def _http_problem(_: Request, error: Exception) -> Response:
    if not isinstance(error, HttpProblem):
        raise error
    return problem(error.status, error.code, error.detail, error.remedy, error.headers)


def _invalid_request(_: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    problems = [
        {"field": ".".join(str(part) for part in found["loc"]), "problem": found["msg"]}
        for found in error.errors()[:20]
    ]
    named = "; ".join(f"{found['field']}: {found['problem']}" for found in problems[:3])
    return problem(
        422,
        "invalid_request",
        f"The request does not have the expected shape: {named}.",
        "Correct the named fields; /docs shows the expected shape with examples.",
        problems=problems,
    )


_REMEDIES = {
    400: ("invalid_request", "Send a body as /docs shows it."),
    404: ("not_found", "Check the address; /docs lists what there is."),
    405: ("method_not_allowed", "Use one of the methods that /docs lists for this address."),
}


def _http_exception(_: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    code, remedy = _REMEDIES.get(error.status_code, ("refused", "See /docs for what is expected."))
    headers = dict(error.headers) if error.headers else None
    return problem(error.status_code, code, f"{error.detail}.", remedy, headers)


def _transient(request: Request, error: Exception) -> Response:
    log.warning("transient failure on %s %s: %s", request.method, request.url.path, error)
    return problem(
        503,
        "try_again",
        "Something that this command needs did not answer in time; nothing was changed.",
        "Repeat the command in a few seconds.",
        {"Retry-After": "2"},
    )


def unexpected(method: str, path: str, error: Exception) -> Response:
    """The answer to a bug: logged with its trace, told to the caller without details."""
    log.error("unexpected failure on %s %s", method, path, exc_info=error)
    return problem(
        500,
        "internal_error",
        "The service failed on this request; nothing was changed.",
        "Try again; if it stays, give the traceparent of this response to whoever runs the service.",
    )
