"""Fetching what did not fit into the query for a page: more variants, photos and stock locations.

A composed product is what one large answer would have held: every connection lists all of its nodes and
has no next page.
"""

from collections.abc import Mapping
from typing import Any

from truestock.marketplaces.api import Api
from truestock.marketplaces.errors import PartialRead
from truestock.marketplaces.shopify import queries
from truestock.marketplaces.shopify.graph import ask, connection

WHOLE = {"hasNextPage": False, "endCursor": None}


async def complete(api: Api, product: Mapping[str, Any]) -> dict[str, Any] | None:
    """The whole product; None when it was deleted meanwhile."""
    media = await _rest(api, product, "media", queries.PHOTOS_OF, {"first": queries.MORE_PHOTOS})
    sizes = {"first": queries.MORE_VARIANTS, "levels": queries.LEVELS}
    variants = await _rest(api, product, "variants", queries.VARIANTS_OF, sizes)
    if media is None or variants is None:
        return None
    await _complete_levels(api, variants)
    return {
        **product,
        "media": {"nodes": media, "pageInfo": WHOLE},
        "variants": {"nodes": variants, "pageInfo": WHOLE},
    }


async def _rest(
    api: Api, product: Mapping[str, Any], field: str, query: str, sizes: Mapping[str, int]
) -> list[Any] | None:
    nodes, after = connection(product.get(field))
    nodes = list(nodes)
    while after is not None:
        data = await ask(api, query, {"id": product["id"], "after": after, **sizes})
        owner = data.get("product")
        if owner is None:
            return None
        more, following = connection(owner.get(field) if isinstance(owner, dict) else None)
        if following == after:
            raise PartialRead("Shopify sends the same page again and again.")
        nodes += more
        after = following
    return nodes


async def _complete_levels(api: Api, variants: list[dict[str, Any]]) -> None:
    """Replaces, in ``variants``, the inventory items that are stocked at more locations than were read."""
    cut: dict[str, dict[str, Any]] = {}
    for variant in variants:
        item = variant.get("inventoryItem")
        # A null item says nothing about stock; that is for the mapper to remark.
        if isinstance(item, dict) and isinstance(item.get("id"), str):
            _, after = connection(item.get("inventoryLevels"))
            if after is not None:
                cut[item["id"]] = variant
    ids = list(cut)
    for start in range(0, len(ids), queries.ITEMS):
        batch = ids[start : start + queries.ITEMS]
        for item_id, levels in (await _levels(api, batch)).items():
            item = cut[item_id]["inventoryItem"]
            whole = {"nodes": levels, "pageInfo": WHOLE}
            cut[item_id]["inventoryItem"] = {**item, "inventoryLevels": whole}


async def _levels(api: Api, ids: list[str]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for item_id, (nodes, after) in (await _levels_page(api, ids, None)).items():
        levels = list(nodes)
        while after is not None:
            page = await _levels_page(api, [item_id], after)
            more, following = page[item_id]
            if following == after:
                raise PartialRead("Shopify sends the same page again and again.")
            levels += more
            after = following
        found[item_id] = levels
    return found


async def _levels_page(
    api: Api, ids: list[str], after: str | None
) -> dict[str, tuple[list[Any], str | None]]:
    variables = {"ids": ids, "first": queries.MORE_LEVELS, "after": after}
    nodes = (await ask(api, queries.LEVELS_OF, variables)).get("nodes")
    if not isinstance(nodes, list) or len(nodes) != len(ids):
        raise PartialRead("Shopify sent fewer inventory items than were asked for.")
    found: dict[str, tuple[list[Any], str | None]] = {}
    for item_id, node in zip(ids, nodes, strict=True):
        if not isinstance(node, dict) or node.get("id") != item_id:
            raise PartialRead("Shopify did not send an inventory item that it named before.")
        found[item_id] = connection(node.get("inventoryLevels"))
    return found
