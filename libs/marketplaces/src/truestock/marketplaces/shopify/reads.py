"""Paged and batched reads of Shopify products: one listing per product, its variants inside.

Products are read in the order of their ids. Shopify pages through 25,000 objects at most, so behind
20,000 a new search begins after the last id. Shopify's 2024-04 schema has no count of products.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from truestock.marketplaces.api import Api
from truestock.marketplaces.errors import PartialRead, PermanentRefusal
from truestock.marketplaces.interface import Page, RawListing
from truestock.marketplaces.shopify import queries
from truestock.marketplaces.shopify.completing import complete
from truestock.marketplaces.shopify.graph import ask, gid, next_cursor, number

BATCH = queries.PAGE
DEEPEST = 20_000
LONGEST_ID = 20


@dataclass(frozen=True, slots=True)
class Position:
    """Where a read stands: in what follows id ``since``, ``read`` products far, at cursor ``after``."""

    since: int = 0
    read: int = 0
    after: str | None = None

    def __str__(self) -> str:
        return f"{self.since}:{self.read}:{self.after or ''}"

    @classmethod
    def parse(cls, cursor: str) -> Self:
        """Read a cursor of ours; PermanentRefusal when it is not one."""
        try:
            since, read, after = cursor.split(":", 2)
            if not (since.isascii() and since.isdigit() and read.isascii() and read.isdigit()):
                raise ValueError(cursor)
            return cls(int(since), int(read), after or None)
        except ValueError:
            raise PermanentRefusal("This is not a cursor of a Shopify catalogue.") from None

    def search(self) -> str | None:
        """Shopify's search for the products behind ``since``."""
        return f"id:>{self.since}" if self.since else None

    def following(self, ids: Sequence[str], after: str | None) -> Self | None:
        """The place behind these products; None when there is no more."""
        if after is None:
            return None
        if self.read + len(ids) >= DEEPEST:
            return type(self)(since=int(ids[-1]))
        return type(self)(self.since, self.read + len(ids), after)


async def read_page(api: Api, cursor: str | None) -> Page:
    """One page of products, each whole."""
    at = Position.parse(cursor) if cursor is not None else Position()
    variables = {"first": queries.PAGE, "after": at.after, "query": at.search(), **queries.SIZES}
    data = await ask(api, queries.PRODUCTS, variables)
    products, after = _products(data.get("products"))
    raws = [await _raw(api, product, data) for product in products]
    following = at.following([str(number(product["id"], "Product")) for product in products], after)
    return Page(
        tuple(raw for raw in raws if raw is not None), None, str(following) if following is not None else None
    )


async def read_by_id(api: Api, ids: Sequence[str]) -> dict[str, RawListing | None]:
    """Products by id, in batches; None for what the shop does not have (any more)."""
    found: dict[str, RawListing | None] = dict.fromkeys(ids)
    asked = [one for one in found if one.isascii() and one.isdigit() and len(one) <= LONGEST_ID]
    for batch in _batches(asked):
        variables = {"ids": [gid("Product", one) for one in batch], **queries.SIZES}
        data = await ask(api, queries.PRODUCTS_BY_ID, variables)
        nodes = data.get("nodes")
        if not isinstance(nodes, list) or len(nodes) != len(batch):
            raise PartialRead(f"Shopify was asked for {len(batch)} products and did not answer for each.")
        for asked_id, node in zip(batch, nodes, strict=True):
            if node is not None:
                raw = await _raw(api, _product(node), data)
                if raw is not None and raw.listing_id != asked_id:
                    raise PartialRead("Shopify sent another product than the one that was asked for.")
                found[asked_id] = raw
    return found


def _batches(ids: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]


def _products(value: Any) -> tuple[list[Mapping[str, Any]], str | None]:
    edges = value.get("edges") if isinstance(value, dict) else None
    if not isinstance(edges, list):
        raise PartialRead("Shopify's answer holds no products.")
    products = [_product(edge.get("node") if isinstance(edge, dict) else None) for edge in edges]
    info = value.get("pageInfo")
    after = next_cursor(info)
    if after is not None and len(edges) < queries.PAGE:
        raise PartialRead(f"Shopify has more products and sent {len(edges)} instead of {queries.PAGE}.")
    last = edges[-1].get("cursor") if edges else None
    if edges and info.get("endCursor") != last:
        raise PartialRead("Shopify's page ends before the product that it names as the last one.")
    return products, after


def _product(node: Any) -> Mapping[str, Any]:
    if not isinstance(node, dict) or number(node.get("id"), "Product") is None:
        raise PartialRead("Shopify sent nothing in place of a promised product.")
    return node


async def _raw(api: Api, product: Mapping[str, Any], data: Mapping[str, Any]) -> RawListing | None:
    """A product with the shop's currency, which its prices are in and do not name."""
    whole = await complete(api, product)
    if whole is None:
        return None
    shop = data.get("shop")
    currency = shop.get("currencyCode") if isinstance(shop, dict) else None
    return RawListing(str(number(product["id"], "Product")), {"currency": currency, "product": whole})
