"""Etsy's error answers: ``{"error": …}``, for tokens with an ``error_description``."""

from starlette.responses import JSONResponse

from truestock.sandbox.errors import Refusal


def error_response(error: Refusal) -> JSONResponse:
    """The answer to a refused or disturbed request."""
    body = {"error": error.error}
    if error.description:
        body["error_description"] = error.description
    return JSONResponse(body, error.status, headers=dict(error.headers or {}))


def not_found(what: str) -> Refusal:
    """404 as Etsy words it."""
    return Refusal(404, f"Resource not found: {what}")


def bad_request(why: str) -> Refusal:
    """400: what is wrong with the request."""
    return Refusal(400, why)
