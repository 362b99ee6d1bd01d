"""Amazon's error answers: ``{"errors": [{"code", "message", "details"}]}``."""

import secrets

from starlette.responses import JSONResponse, Response

from truestock.sandbox.errors import Refusal

_MESSAGES = {
    "Unauthorized": "Access to requested resource is denied.",
    "QuotaExceeded": "You exceeded your quota for the requested resource.",
    "NotFound": "The resource specified does not exist.",
    "InvalidInput": "One or more request parameters are invalid.",
}
_BY_STATUS = {403: "Unauthorized", 404: "NotFound", 429: "QuotaExceeded", 503: "ServiceUnavailable"}
REQUEST_ID = "x-amzn-RequestId"


def error_response(error: Refusal) -> Response:
    """The answer to a refused or disturbed request; a refusal's own code is kept when it is Amazon's."""
    code = error.error if error.error in _MESSAGES else _BY_STATUS.get(error.status, "InternalFailure")
    body = {
        "code": code,
        "message": _MESSAGES.get(code, "We encountered an internal error. Please try again."),
        "details": error.description or "",
    }
    return JSONResponse(
        {"errors": [body]}, error.status, headers={**(error.headers or {}), REQUEST_ID: request_id()}
    )


def unauthorized(details: str = "") -> Refusal:
    """403: the token is no good (``details`` say why), or a role is missing (no details)."""
    return Refusal(403, "Unauthorized", details)


def not_found(what: str) -> Refusal:
    """404."""
    return Refusal(404, "NotFound", what)


def invalid(why: str) -> Refusal:
    """400: what is wrong with the request."""
    return Refusal(400, "InvalidInput", why)


def request_id() -> str:
    """As Amazon numbers requests."""
    return secrets.token_hex(16)
