"""Executes queries on one shop, for what was granted."""

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLInterfaceType,
    GraphQLSchema,
    build_schema,
    execute_sync,
    parse,
    validate,
)

from truestock.sandbox.faults import RoomFaults
from truestock.sandbox.shop import Listing, Shop
from truestock.sandbox.shopify.account import places_of
from truestock.sandbox.shopify.paging import asked_for, listed, page, place_of
from truestock.sandbox.shopify.wire import Json, Wire, gid

_GLOBAL_ID = re.compile(r"gid://shopify/(\w+)/(\d+)")
_BEHIND = re.compile(r"id:>(\d{1,20})")


@lru_cache(maxsize=1)
def schema() -> GraphQLSchema:
    """What is served of Shopify's schema."""
    built = build_schema(files(__package__).joinpath("schema.graphql").read_text("utf-8"))
    for kind in built.type_map.values():
        if isinstance(kind, GraphQLInterfaceType):
            kind.resolve_type = lambda value, *_: value["__typename"]
    return built


@lru_cache(maxsize=64)
def understood(query: str) -> DocumentNode | tuple[GraphQLError, ...]:
    """The query, or what is wrong with it."""
    try:
        document = parse(query, max_tokens=5_000)
    except GraphQLError as error:
        return (error,)
    return tuple(validate(schema(), document)) or document


def denied(what: str, scope: str) -> GraphQLError:
    """As Shopify words a missing scope."""
    needed = f"`{scope}` access scope."
    return GraphQLError(
        f"Access denied for {what}. Required access: {needed}",
        extensions={"code": "ACCESS_DENIED", "requiredAccess": needed},
    )


@dataclass(frozen=True, slots=True)
class Visit:
    """One request to one shop."""

    shop: Shop
    scopes: frozenset[str]
    base: str
    faults: RoomFaults
    path: str

    def execute(self, document: DocumentNode, variables: Mapping[str, Any]) -> ExecutionResult:
        """Data and errors."""
        return execute_sync(schema(), document, root_value=self._root(), variable_values=dict(variables))

    def _root(self) -> Json:
        wire = Wire(self.base, self.shop, self._allowed)
        return {
            "shop": lambda _info: wire.shop(),
            "currentAppInstallation": lambda _info: self._installation(),
            "locations": lambda _info, first=None, after=None: self._locations(wire, first, after),
            "inventoryItems": lambda _info, first=None, after=None: self._items(wire, first, after),
            "products": lambda _info, **asked: self._products(wire, **asked),
            "product": lambda _info, id: self._node(wire, id, "Product"),  # noqa: A006 # GraphQL's name
            "node": lambda _info, id: self._node(wire, id),  # noqa: A006 # as above
            "nodes": lambda _info, ids: self.faults.page(
                [self._node(wire, one) for one in ids], self.shop, self.path
            ),
        }

    def _allowed(self, scope: str, what: str = "this field") -> None:
        if scope not in self.scopes and scope.replace("read_", "write_", 1) not in self.scopes:
            raise denied(what, scope)

    def _installation(self) -> Json:
        handles = sorted(self.scopes)
        return {
            "__typename": "AppInstallation",
            "id": gid("AppInstallation", self.shop.account_id),
            "accessScopes": [{"handle": one, "description": one.replace("_", " ")} for one in handles],
        }

    def _locations(self, wire: Wire, first: int | None, after: str | None) -> Json:
        self._allowed("read_locations", "locations field")
        return listed(places_of(self.shop), wire.location, first, after)

    def _items(self, wire: Wire, first: int | None, after: str | None) -> Json:
        self._allowed("read_inventory", "inventoryItems field")
        products = [product for listing in self.shop for product in listing.products]
        return listed(products, wire.item, first, after)

    def _products(
        self,
        wire: Wire,
        first: int | None = None,
        after: str | None = None,
        query: str | None = None,
        sortKey: str = "ID",  # noqa: ARG002, N803 # GraphQL's name; ids are the only order served
    ) -> Json:
        self._allowed("read_products", "products field")
        size, behind = asked_for(first), max(place_of(after) or 0, _since(query))
        # Ids grow, so the shop's own order is the order of the ids.
        known: list[Listing] = list(self.shop)
        start = bisect_right(known, behind, key=lambda listing: int(listing.id))
        found = known[start : start + size]
        rows = [(int(listing.id), wire.product(listing)) for listing in found]
        whole = page(rows, start + size < len(known), before=start > 0)
        kept = self.faults.page(whole["edges"], self.shop, self.path)
        return {**whole, "edges": kept, "nodes": [edge["node"] for edge in kept]}

    def _node(self, wire: Wire, wanted: str, only: str | None = None) -> Json | None:
        found = _GLOBAL_ID.fullmatch(wanted)
        if found is None or (only is not None and found[1] != only):
            raise GraphQLError(f"Invalid global id '{wanted}'", extensions={"code": "RESOURCE_NOT_FOUND"})
        kind, number = found[1], found[2]
        if kind == "Product":
            self._allowed("read_products", "product field")
            listing = self.shop.get(number)
            return wire.product(listing) if listing else None
        if kind == "InventoryItem":
            self._allowed("read_inventory", "inventoryItem field")
            products = (product for listing in self.shop for product in listing.products)
            item = next((product for product in products if product.stock_id == number), None)
            return wire.item(item) if item else None
        return wire.shop() if (kind, number) == ("Shop", self.shop.account_id) else None


def _since(query: str | None) -> int:
    if not query:
        return 0
    found = _BEHIND.fullmatch(query.strip())
    if found is None:
        raise GraphQLError(f"the sandbox searches for id:>… only, not for {query!r}")
    return int(found[1])
