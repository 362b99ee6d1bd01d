"""Asking a shop, and its global ids."""

import re
from collections.abc import Mapping
from typing import Any

from truestock.marketplaces.api import Api
from truestock.marketplaces.errors import PartialRead

VERSION = "2024-04"
"""The version whose schema the queries are checked against. One that has retired is answered by the oldest
that is supported; all fields in use are in the later ones, too."""
PATH = f"/admin/api/{VERSION}/graphql.json"
GLOBAL_ID = re.compile(r"gid://shopify/([A-Za-z]+)/([0-9]{1,20})")


async def ask(api: Api, query: str, variables: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
    """The data of an answer; raises the classes of :mod:`truestock.marketplaces.errors`."""
    answer = await api.request("POST", PATH, json={"query": query, "variables": dict(variables or {})})
    data = answer.content.get("data") if isinstance(answer.content, dict) else None
    if not isinstance(data, dict):
        raise PartialRead("Shopify's answer holds no data.")
    return data


def number(gid: object, kind: str) -> str | None:
    """The number in a global id of this kind: it is the same in Shopify's webhooks. None for another."""
    found = GLOBAL_ID.fullmatch(gid) if isinstance(gid, str) else None
    return found[2] if found and found[1] == kind else None


def gid(kind: str, numeral: str) -> str:
    """The global id of this kind."""
    return f"gid://shopify/{kind}/{numeral}"


def connection(value: Any) -> tuple[list[Any], str | None]:
    """The nodes of a connection and the cursor of its next page; PartialRead when it is not whole."""
    value = value if isinstance(value, dict) else {}
    nodes, info = value.get("nodes"), value.get("pageInfo")
    if not isinstance(nodes, list) or any(not isinstance(node, dict) for node in nodes):
        raise PartialRead("Shopify's answer holds no list where it promised one.")
    return nodes, next_cursor(info)


def next_cursor(info: Any) -> str | None:
    """Where the next page begins; None on the last page."""
    more = info.get("hasNextPage") if isinstance(info, dict) else None
    cursor = info.get("endCursor") if isinstance(info, dict) else None
    if more is False:
        return None
    if more is not True or not isinstance(cursor, str) or not cursor:
        raise PartialRead("Shopify's answer does not say whether there is more.")
    return cursor
