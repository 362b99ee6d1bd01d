"""The GraphQL endpoint: understood, priced, executed, and told what it cost."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from graphql import DocumentNode, GraphQLError
from starlette.requests import Request
from starlette.responses import Response

from truestock.sandbox.errors import Refusal
from truestock.sandbox.faults import RoomFaults
from truestock.sandbox.gate import Caller
from truestock.sandbox.shopify.cost import Pricing
from truestock.sandbox.shopify.limits import MOST_OF_ONE_QUERY, Points
from truestock.sandbox.shopify.querying import Visit, schema, understood

THROTTLED = {"message": "Throttled", "extensions": {"code": "THROTTLED"}}


class Answering:
    """Answers queries; ``base`` is the sandbox's address."""

    def __init__(self, base: str, points: Points, faults: RoomFaults) -> None:
        self._base, self._points, self._faults = base, points, faults

    async def graphql(self, caller: Caller, request: Request) -> Response:
        """``POST …/graphql.json``; errors of the query come with status 200."""
        shop = caller.shop
        if shop is None:
            raise Refusal(401, "Unauthorized")
        query, variables = await _asked(request)
        document = understood(query)
        if not isinstance(document, DocumentNode):
            return json_answer({"errors": [_shown(error) for error in document]})
        pricing = Pricing(schema(), document, variables)
        asked = pricing.requested()
        if asked > MOST_OF_ONE_QUERY:
            return json_answer({"errors": [_too_dear(asked)]})
        allowed, left = self._points.take(shop.account_id, asked)
        if not allowed:
            return json_answer(
                {"errors": [THROTTLED], "extensions": {"cost": self._points.told(asked, None, left)}}
            )
        visit = Visit(shop, caller.scopes, self._base, self._faults, request.url.path)
        result = visit.execute(document, variables)
        actual = min(asked, pricing.actual(result.data))
        left = self._points.give_back(shop.account_id, asked - actual)
        answer: dict[str, Any] = {"data": result.data}
        if result.errors:
            answer["errors"] = [_shown(error) for error in result.errors]
        answer["extensions"] = {"cost": self._points.told(asked, actual, left)}
        return json_answer(answer)


def json_answer(content: Mapping[str, Any], status: int = 200) -> Response:
    """JSON with Shopify's version header."""
    headers = {"x-shopify-api-version": "2024-04"}
    return Response(orjson.dumps(content), status, headers, "application/json")


async def _asked(request: Request) -> tuple[str, Mapping[str, Any]]:
    try:
        body = orjson.loads(await request.body())
    except orjson.JSONDecodeError:
        body = None
    query = body.get("query") if isinstance(body, dict) else None
    variables = body.get("variables") if isinstance(body, dict) else None
    if not isinstance(query, str) or not isinstance(variables or {}, dict):
        raise Refusal(400, "Bad Request: the body must be JSON with a query and, if any, variables")
    return query, variables or {}


def _shown(error: GraphQLError) -> dict[str, Any]:
    shown: dict[str, Any] = {"message": error.message}
    places: Sequence[Any] = error.locations or ()
    if places:
        shown["locations"] = [{"line": place.line, "column": place.column} for place in places]
    if error.path:
        shown["path"] = list(error.path)
    if error.extensions:
        shown["extensions"] = dict(error.extensions)
    return shown


def _too_dear(cost: int) -> dict[str, Any]:
    return {
        "message": f"Query cost is {cost}, which exceeds the single query max cost limit "
        f"({MOST_OF_ONE_QUERY}).",
        "extensions": {"code": "MAX_COST_EXCEEDED", "cost": cost, "maxCost": MOST_OF_ONE_QUERY},
    }
