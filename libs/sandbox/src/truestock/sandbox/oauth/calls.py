"""Starlette's request as an OAuth call."""

from collections import Counter

from starlette.requests import Request

from truestock.sandbox.oauth.server import Call


async def read_call(request: Request) -> Call:
    """Query parameters for GET, form fields (also sent as JSON, as Etsy accepts) for POST."""
    pairs = list(request.query_params.multi_items())
    if request.method == "POST":
        if request.headers.get("content-type", "").startswith("application/json"):
            body = await _json_object(request)
            pairs = [(str(name), str(value)) for name, value in body.items()]
        else:
            async with request.form() as form:
                pairs += [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    counted = Counter(name for name, _ in pairs)
    return Call(
        method=request.method,
        url=str(request.url),
        headers={"Authorization": request.headers["authorization"]}
        if "authorization" in request.headers
        else {},
        params=dict(pairs),
        repeated=frozenset(name for name, times in counted.items() if times > 1),
    )


async def _json_object(request: Request) -> dict[str, object]:
    try:
        body = await request.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
