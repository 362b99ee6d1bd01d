"""Read the body of Etsy's inventory update, as strict as Etsy's document and rules."""

from decimal import Decimal
from typing import Any

from truestock.sandbox.etsy.errors import bad_request
from truestock.sandbox.shop import Product

_LEAST_PRICE = Decimal("0.20")
_MOST_QUANTITY = 999


def read_products(body: dict[str, Any]) -> tuple[tuple[str, ...], list[Product]]:
    """Property names and products (ids still empty). Raises Refusal."""
    given = body.get("products")
    if not isinstance(given, list) or not given:
        raise bad_request("products must be a list with at least one product")
    names: tuple[str, ...] | None = None
    products: list[Product] = []
    for entry in given:
        if not isinstance(entry, dict):
            raise bad_request("each product must be an object")
        chosen = _properties(entry.get("property_values") or [])
        if names is None:
            names = tuple(chosen)
        elif names != tuple(chosen):
            raise bad_request("all products must have the same properties")
        products.append(_product(entry, tuple(chosen.values())))
    if len({product.values for product in products}) != len(products):
        raise bad_request("two products have the same property values")
    if not any(product.enabled for product in products):
        raise bad_request("at least one offering must be enabled")
    return names or (), products


def _properties(given: Any) -> dict[str, str]:
    if not isinstance(given, list) or len(given) > 2:
        raise bad_request("property_values must be a list of at most two properties")
    chosen: dict[str, str] = {}
    for value in given:
        if not isinstance(value, dict) or not isinstance(value.get("property_id"), int):
            raise bad_request("property_values need a property_id")
        values = value.get("values")
        if (
            not isinstance(values, list)
            or len(values) != 1
            or not isinstance(values[0], str)
            or not values[0]
        ):
            raise bad_request("each property needs exactly one value")
        if not isinstance(value.get("value_ids"), list):
            raise bad_request("property_values need value_ids, possibly empty")
        chosen[str(value.get("property_name") or value["property_id"])] = values[0]
    return chosen


def _product(entry: dict[str, Any], values: tuple[str, ...]) -> Product:
    offerings = entry.get("offerings")
    if not isinstance(offerings, list) or len(offerings) != 1 or not isinstance(offerings[0], dict):
        raise bad_request("each product needs exactly one offering")
    offering = offerings[0]
    quantity, enabled = offering.get("quantity"), offering.get("is_enabled")
    if type(quantity) is not int or not 0 <= quantity <= _MOST_QUANTITY:
        raise bad_request(f"quantity must be a whole number from 0 to {_MOST_QUANTITY}")
    if not isinstance(enabled, bool):
        raise bad_request("is_enabled must be true or false")
    sku = entry.get("sku")
    if sku is not None and not isinstance(sku, str):
        raise bad_request("sku must be a text")
    return Product("", "", values, sku or None, quantity, _price(offering.get("price")), enabled)


def _price(given: Any) -> Decimal:
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise bad_request("price must be a number")
    # Through the shortest decimal text, so that 19.9 stays 19.90.
    price = round(Decimal(str(given)), 2)
    if not _LEAST_PRICE <= price <= 50_000:
        raise bad_request(f"price must be from {_LEAST_PRICE} to 50000")
    return price
