"""Etsy's error answers: ``{"error": …}``, for tokens with an ``error_description``."""

from collections.abc import Mapping

from starlette.responses import JSONResponse

from truestock.sandbox.faults import Disturbed


class EtsyError(Exception):
    """A request that is answered with an error."""

    def __init__(
        self,
        status: int,
        error: str,
        description: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(error)
        self.status, self.error, self.description, self.headers = status, error, description, headers


def error_response(error: EtsyError | Disturbed) -> JSONResponse:
    """The answer to a refused or disturbed request."""
    body = {"error": error.error}
    if isinstance(error, EtsyError) and error.description:
        body["error_description"] = error.description
    return JSONResponse(body, error.status, headers=dict(error.headers or {}))


def not_found(what: str) -> EtsyError:
    """404 as Etsy words it."""
    return EtsyError(404, f"Resource not found: {what}")


def bad_request(why: str) -> EtsyError:
    """400: what is wrong with the request."""
    return EtsyError(400, why)
