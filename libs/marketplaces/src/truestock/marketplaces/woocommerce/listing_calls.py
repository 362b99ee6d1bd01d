"""One list request to a store: how many there are in all, and the rows of one page, checked to agree."""

from dataclasses import dataclass
from typing import Any

from truestock.marketplaces.api import Api
from truestock.marketplaces.errors import Gone, PartialRead, PermanentRefusal

PAGE = 100
"""WordPress's maximum for per_page."""
ATTEMPTS = 3
"""How often a product's variations are read from the start because they changed while they were read."""
PRODUCT_FIELDS = (
    "id,name,permalink,date_modified_gmt,type,status,catalog_visibility,description,short_description,sku,"
    "global_unique_id,price,regular_price,sale_price,on_sale,external_url,manage_stock,stock_quantity,"
    "stock_status,backorders,sold_individually,weight,dimensions,shipping_class,tax_class,categories,tags,"
    "brands,images,attributes,variations,grouped_products,parent_id"
)
"""What a listing can be told from. The rest is left in the store: related products cost a query each, and
meta_data may hold whole pages or other people's data."""
VARIATION_FIELDS = (
    "id,permalink,date_modified_gmt,status,description,sku,global_unique_id,price,regular_price,sale_price,"
    "on_sale,manage_stock,stock_quantity,stock_status,backorders,weight,dimensions,image,attributes"
)


@dataclass(frozen=True, slots=True)
class Listed:
    """A part of a collection, in the order of ids, and the size that the store declares for the whole."""

    total: int
    rows: tuple[dict[str, Any], ...]

    @property
    def ids(self) -> tuple[int, ...]:
        """The rows' ids."""
        return tuple(row["id"] for row in self.rows)


async def products(api: Api, **query: str | int) -> Listed:
    """Products of every status but the trash; ``query`` selects and places them."""
    try:
        return await _listed(api, "/wc/v3/products", {"status": "any", "_fields": PRODUCT_FIELDS, **query})
    except Gone as gone:
        # A list cannot be gone; as Gone it would be taken for the products that were asked for.
        raise PermanentRefusal(f"{gone} There is no WooCommerce at the store's address any more.") from None


async def variations(api: Api, product_id: int) -> tuple[dict[str, Any], ...]:
    """All variations of a product. Every part begins with the last one before; else it starts again."""
    query: dict[str, str | int] = {"status": "any", "_fields": VARIATION_FIELDS}
    for _ in range(ATTEMPTS):
        found: list[dict[str, Any]] = []
        while True:
            overlap = found[-1:]
            at = len(found) - len(overlap)
            part = await _listed(api, f"/wc/v3/products/{product_id}/variations", {**query, "offset": at})
            if part.ids[: len(overlap)] != tuple(row["id"] for row in overlap):
                break
            found += part.rows[len(overlap) :]
            if len(found) >= part.total:
                return tuple(found)
    raise PartialRead(f"The variations of product {product_id} changed faster than they could be read.")


async def _listed(api: Api, path: str, query: dict[str, str | int]) -> Listed:
    params: dict[str, str | int] = {"per_page": PAGE, "orderby": "id", "order": "asc", **query}
    answer = await api.request("GET", path, params=params)
    total, pages = (_count(answer.headers.get(name)) for name in ("x-wp-total", "x-wp-totalpages"))
    rows = answer.content
    if total is None or pages is None or not isinstance(rows, list):
        raise PartialRead("The store's answer declares no total (X-WP-Total) or is no list.")
    expected = max(0, min(PAGE, total - int(query.get("offset", 0))))
    if len(rows) != expected or pages != -(-total // PAGE):
        raise PartialRead(
            f"The store declared {total} objects on {pages} pages and sent {len(rows)} instead of {expected}."
        )
    ids: list[Any] = [row.get("id") if isinstance(row, dict) else None for row in rows]
    known = all(type(one) is int and one > 0 for one in ids) and len(set(ids)) == len(ids)
    # Plugins that push sold-out products to the end do so here too; by id it does not matter.
    if not known or ("include" not in query and ids != sorted(ids)):
        raise PartialRead("The store sent objects without ids, twice or in another order than was asked for.")
    return Listed(total, tuple(rows))


def _count(value: str | None) -> int | None:
    return int(value) if value is not None and value.isascii() and value.isdigit() else None
