"""The redirect back to the application, where a marketplace says more in it than the standard."""

from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.responses import Response

Query = list[tuple[str, str]]


def retold(response: Response, change: Callable[[Query], Query]) -> Response:
    """The same redirect with a changed query."""
    address = urlsplit(response.headers["location"])
    query = change(parse_qsl(address.query, keep_blank_values=True))
    response.headers["location"] = address._replace(query=urlencode(query)).geturl()
    return response
