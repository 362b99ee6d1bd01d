"""What an Amazon answer shows, read by declared paths and without the mapper.

A mapping mistake must not be able to agree with itself: this module imports nothing of the mapper and
must stay so (the import contracts check it). It tells values, never judges them.
"""

import html
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import ValidationError

from truestock.contracts.listing import Evidence, EvidenceVariant, ListingState, OptionValue
from truestock.contracts.values import Money
from truestock.marketplaces.shown import at, each, is_unreadable, one_line, text_at

MARKETPLACE = "marketplaceId"
ITEM = "item"
CHILDREN = "children"
SKU = "sku"
SUMMARIES = "summaries"
STATUS = "status"
TITLE = "itemName"
TITLE_SENT = "attributes.item_name"
MAIN_IMAGE = "mainImage.link"
MAIN_IMAGE_SENT = "attributes.main_product_image_locator"
OTHER_IMAGES = tuple(f"attributes.other_product_image_locator_{place}" for place in range(1, 9))
IMAGE = "media_location"
STOCK = "fulfillmentAvailability"
CHANNEL, OWN, QUANTITY = "fulfillmentChannelCode", "DEFAULT", "quantity"
OFFERS = "offers"
OFFER_TYPE, SHOPPERS = "offerType", "B2C"
AMOUNT, CURRENCY = "price.amount", "price.currencyCode"
OFFERS_SENT = "attributes.purchasable_offer"
AUDIENCE, EVERYBODY = "audience", "ALL"
FAMILIES = "relationships"
THEME = "variationTheme.attributes"
LONGEST = 2_000


def extract(listing_id: str, payload: Mapping[str, Any]) -> Evidence:
    """The evidence of one family or item; values of the wrong type count as not shown."""
    item, place = at(payload, ITEM), text_at(payload, MARKETPLACE)
    children = list(each(payload, CHILDREN))
    theme = _theme(item, place)
    photos = _photos(item, place) or [photo for child in children for photo in _photos(child, place)[:1]]
    return Evidence(
        listing_id=listing_id,
        state=_state([item, *children], place),
        title=_title(item, place)[:LONGEST],
        photos=tuple(dict.fromkeys(photo for photo in photos if _is_address(photo))),
        variants=tuple(_variant(one, place, theme or _theme(one, place)) for one in children or [item]),
    )


def _variant(item: Any, place: str, theme: list[str]) -> EvidenceVariant:
    stock = [
        at(one, QUANTITY)
        for one in each(item, STOCK)
        if at(one, CHANNEL) == OWN and type(at(one, QUANTITY)) is int and at(one, QUANTITY) >= 0
    ]
    options = [(name, _value(item, f"attributes.{name}", place)) for name in theme]
    return EvidenceVariant(
        sku=_words(text_at(item, SKU))[:255] or None,
        options=tuple(
            OptionValue(name=(_words(name.replace("_", " "), escaped=1) or "Option")[:LONGEST], value=value)
            for name, value in options
            if value
        ),
        quantity=stock[-1] if stock else None,
        price=_price(item, place),
    )


def _state(items: list[Any], place: str) -> ListingState:
    shown = [at(one, STATUS) for item in items for one in _local(item, SUMMARIES, place)]
    lists = [status for status in shown if isinstance(status, list)]
    if any("BUYABLE" in status for status in lists):
        return ListingState.ACTIVE
    return ListingState.INACTIVE if lists else ListingState.UNKNOWN


def _title(item: Any, place: str) -> str:
    shown = next(_local(item, SUMMARIES, place), {})
    return _words(text_at(shown, TITLE), escaped=2) or _value(item, TITLE_SENT, place)


def _photos(item: Any, place: str) -> list[str]:
    shown = text_at(next(_local(item, SUMMARIES, place), {}), MAIN_IMAGE)
    paths = OTHER_IMAGES if shown else (MAIN_IMAGE_SENT, *OTHER_IMAGES)
    sent = (text_at(next(_attribute(item, path, place), {}), IMAGE) for path in paths)
    return [photo for photo in (shown, *sent) if photo]


def _theme(item: Any, place: str) -> list[str]:
    for family in _local(item, FAMILIES, place):
        for relationship in each(family, FAMILIES):
            names = at(relationship, THEME)
            if isinstance(names, list):
                return list(dict.fromkeys(name for name in names if isinstance(name, str) and name))
    return []


def _price(item: Any, place: str) -> Money | None:
    shown = [
        (at(offer, AMOUNT), at(offer, CURRENCY))
        for offer in _local(item, OFFERS, place)
        if at(offer, OFFER_TYPE) in (None, SHOPPERS)
    ]
    sent = [
        (at(step, "value_with_tax"), at(offer, "currency"))
        for offer in _attribute(item, OFFERS_SENT, place)
        if at(offer, AUDIENCE) in (None, EVERYBODY)
        for price in each(offer, "our_price")
        for step in each(price, "schedule")
    ]
    prices = (_money(amount, currency) for amount, currency in (*shown, *sent))
    return next((price for price in prices if price is not None), None)


def _money(amount: Any, currency: Any) -> Money | None:
    if isinstance(amount, bool) or not isinstance(amount, int | float | str):
        return None
    try:
        exact = Decimal(str(amount))
        return Money(amount=exact, currency=currency) if exact >= 0 else None
    except (ValidationError, InvalidOperation, ValueError):
        return None


def _value(item: Any, path: str, place: str) -> str:
    """The first value of an attribute in words, with its unit; of nested parts, all in their order."""
    for one in _attribute(item, path, place):
        value, unit = _word(at(one, "value")), _word(at(one, "unit"))
        if not value:
            skipped = ("marketplace_id", "language_tag", "standardized_values", "unit", "value", "audience")
            parts = [_word(part) or _nested(part) for key, part in one.items() if key not in skipped]
            value, unit = " ".join(part for part in parts if part), ""
        if value:
            return f"{value} {unit}".strip()[:LONGEST]
    return ""


def _nested(value: Any) -> str:
    inner = (
        [_word(one.get("value")) for one in value if isinstance(one, Mapping)]
        if isinstance(value, list)
        else []
    )
    return next((one for one in inner if one), "")


def _word(value: Any) -> str:
    if value is True or value is False:
        return "yes" if value else "no"
    if isinstance(value, float):
        return format(value, ".15g")
    if isinstance(value, int):
        return str(value) if abs(value) < 10**15 else ""
    return _words(value, escaped=1) if isinstance(value, str) else ""


def _attribute(item: Any, path: str, place: str) -> Iterator[Mapping[str, Any]]:
    group, _, name = path.partition(".")
    attributes = at(item, group)
    found = attributes.get(name) if isinstance(attributes, Mapping) else None
    rows = found if isinstance(found, list) else []
    return (one for one in rows if isinstance(one, Mapping) and one.get("marketplace_id") in (None, place))


def _local(item: Any, path: str, place: str) -> Iterator[Mapping[str, Any]]:
    return (one for one in each(item, path) if at(one, MARKETPLACE) in (None, place))


def _is_address(text: str) -> bool:
    return 0 < len(text) <= LONGEST and not is_unreadable(text)


def _words(text: str, *, escaped: int = 0) -> str:
    for _ in range(escaped):
        text = html.unescape(text)
    return one_line(text)
