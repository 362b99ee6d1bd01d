"""eBay's error answers: ``{"errors": [{"errorId", "domain", "category", "message"}]}``."""

from starlette.responses import JSONResponse, Response

from truestock.sandbox.errors import Refusal
from truestock.sandbox.faults import Disturbed


def error_response(error: Refusal) -> Response:
    """The answer to a refused or disturbed request; a refusal's ``error`` is eBay's number."""
    number = _number(error)
    domain = "ACCESS" if number in (1100, 2001) else "OAuth" if number < 2000 else "API_INVENTORY"
    shown = {
        "errorId": number,
        "domain": domain,
        "category": "APPLICATION" if error.status >= 500 else "REQUEST",
        "message": error.description or "The request could not be completed.",
        "longMessage": error.description or "The request could not be completed.",
    }
    return JSONResponse({"errors": [shown]}, error.status, headers=dict(error.headers or {}))


def unauthorized(description: str = "Invalid access token") -> Refusal:
    """401."""
    return Refusal(401, "1001", description)


def insufficient() -> Refusal:
    """403: the token lacks the scope."""
    return Refusal(403, "1100", "Insufficient permissions to fulfill the request.")


def exceeded() -> Refusal:
    """429."""
    return Refusal(429, "2001", "The request limit has been reached for the resource.")


def not_found(number: int = 25710) -> Refusal:
    """404; 25702 names an SKU, 25705 a group, 25713 an offer."""
    return Refusal(
        404, str(number), "We didn't find the entity you are requesting. Please verify the request."
    )


def invalid(why: str, number: int = 25709) -> Refusal:
    """400: what is wrong with the request."""
    return Refusal(400, str(number), why)


def _number(error: Refusal) -> int:
    if isinstance(error, Disturbed) or not error.error.isdigit():
        return 2001 if error.status == 429 else 25001
    return int(error.error)
