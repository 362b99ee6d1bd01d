"""What an eBay answer shows, read by declared paths and without the mapper.

A mapping mistake must not be able to agree with itself: this module imports nothing of the mapper and
must stay so (the import contracts check it). It tells values, never judges them.
"""

import html
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import ValidationError

from truestock.contracts.listing import Evidence, EvidenceVariant, ListingState, OptionValue
from truestock.contracts.values import Money
from truestock.marketplaces.shown import at, each, is_unreadable, one_line, text_at

MEMBERS = "variants"
OFFERS = "offers"
OFFER_STATUS = "status"
OFFER_FORMAT = "format"
OFFER_ID = "offerId"
OFFER_QUANTITY = "availableQuantity"
OFFER_PRICE = "pricingSummary.price"
LISTING_STATUS = "listing.listingStatus"
ITEM_SKU = "item.sku"
ITEM_QUANTITY = "item.availability.shipToLocationAvailability.quantity"
ITEM_ASPECTS = "item.product.aspects"
TITLES = ("group.title", "variants.0.item.product.title")
PHOTOS = ("group.imageUrls", "variants.0.item.product.imageUrls")
VARIES_BY = "group.variesBy.specifications"
STATUSES = ("ACTIVE", "OUT_OF_STOCK", "INACTIVE", "ENDED", "EBAY_ENDED", "NOT_LISTED")
"""The first of these that a variant's listing shows speaks for all."""
STATES = ("active", "sold_out", "inactive", "expired", "removed", "draft")

BY_HAND = "trading"
BY_HAND_STATES = {"Active": "active", "Completed": "expired", "Ended": "expired"}
BY_HAND_STATUS = "trading.SellingStatus.ListingStatus"
BY_HAND_TITLE = "trading.Title"
BY_HAND_PHOTOS = "trading.PictureDetails.PictureURL"
BY_HAND_VARIATIONS = "trading.Variations.Variation"
BY_HAND_CHOSEN = "VariationSpecifics.NameValueList"
BY_HAND_PRICES = ("SellingStatus.CurrentPrice", "StartPrice")
BY_HAND_SOLD = "SellingStatus.QuantitySold"

LONGEST = 2_000
_ELEMENT = re.compile(r"</?[a-zA-Z!][^>]*>")


def extract(listing_id: str, payload: Mapping[str, Any]) -> Evidence:
    """The evidence of one listing; values of the wrong type count as not shown."""
    if isinstance(payload.get(BY_HAND), Mapping):
        return _by_hand(listing_id, payload)
    members = list(each(payload, MEMBERS))
    offers = [_offer(member) for member in members]
    varies = [name for one in each(payload, VARIES_BY) if isinstance(name := at(one, "name"), str)]
    photos = next((found for path in PHOTOS if (found := at(payload, path))), None)
    variants = tuple(_variant(member, offer, varies) for member, offer in zip(members, offers, strict=True))
    return Evidence(
        listing_id=listing_id,
        state=_state(offers),
        title=_words(next((text for path in TITLES if (text := text_at(payload, path))), ""))[:LONGEST],
        photos=_addresses(photos),
        variants=variants or (EvidenceVariant(),),
    )


def _offer(member: Any) -> Mapping[str, Any]:
    """A published offer before an unpublished one, a fixed price before an auction."""
    best: Mapping[str, Any] = {}
    for wanted in (("PUBLISHED", True), ("PUBLISHED", False), (None, True), (None, False)):
        fitting = [
            offer
            for offer in each(member, OFFERS)
            if (wanted[0] is None or at(offer, OFFER_STATUS) == wanted[0])
            and (at(offer, OFFER_FORMAT) == "FIXED_PRICE") is wanted[1]
        ]
        if fitting:
            best = min(fitting, key=lambda offer: str(at(offer, OFFER_ID)))
            break
    return best


def _variant(member: Any, offer: Mapping[str, Any], varies: list[str]) -> EvidenceVariant:
    offered, held = _whole(offer, OFFER_QUANTITY), _whole(member, ITEM_QUANTITY)
    order = (offered, held) if at(offer, OFFER_STATUS) == "PUBLISHED" else (held, offered)
    aspects = at(member, ITEM_ASPECTS)
    chosen = [(name, at(aspects.get(name), "0")) for name in varies] if isinstance(aspects, Mapping) else []
    return EvidenceVariant(
        sku=_identifier(at(member, ITEM_SKU)),
        options=_options(chosen),
        quantity=next((quantity for quantity in order if quantity is not None), None),
        price=_money(at(offer, f"{OFFER_PRICE}.value"), at(offer, f"{OFFER_PRICE}.currency")),
    )


def _state(offers: list[Mapping[str, Any]]) -> ListingState:
    shown = [_listed(offer) for offer in offers if offer]
    found = [STATES[place] for place, status in enumerate(STATUSES) if status in shown]
    return ListingState(found[0] if found else "draft")


def _listed(offer: Mapping[str, Any]) -> str:
    published, status = at(offer, OFFER_STATUS) == "PUBLISHED", at(offer, LISTING_STATUS)
    if status is None or (status == "ACTIVE" and not published):
        return "ACTIVE" if published else "NOT_LISTED"
    return status if status in STATUSES else "INACTIVE"


def _by_hand(listing_id: str, payload: Mapping[str, Any]) -> Evidence:
    item = payload[BY_HAND]
    variations = list(each(payload, BY_HAND_VARIATIONS))
    status = at(payload, BY_HAND_STATUS)
    state = BY_HAND_STATES.get(status, "unknown") if isinstance(status, str) else "unknown"
    if state == "active" and _left(item) == 0:
        state = "sold_out"
    prices = ("StartPrice",) if variations else BY_HAND_PRICES
    return Evidence(
        listing_id=listing_id,
        state=ListingState(state),
        title=_words(text_at(payload, BY_HAND_TITLE))[:LONGEST],
        photos=_addresses(at(payload, BY_HAND_PHOTOS)),
        variants=tuple(_made(one, prices) for one in variations or [item]),
    )


def _made(part: Mapping[str, Any], prices: tuple[str, ...]) -> EvidenceVariant:
    price = next((found for path in prices if isinstance(found := at(part, path), Mapping) and found), None)
    chosen = [(at(one, "Name"), at(one, "Value.0")) for one in each(part, BY_HAND_CHOSEN)]
    return EvidenceVariant(
        sku=_identifier(at(part, "SKU")),
        options=_options(chosen),
        quantity=_left(part),
        price=_money(at(price, "#"), at(price, "@currencyID")),
    )


def _left(part: Any) -> int | None:
    listed = _whole(part, "Quantity")
    sold = _whole(part, BY_HAND_SOLD) if at(part, BY_HAND_SOLD) else 0
    return listed - sold if listed is not None and sold is not None and listed >= sold else None


def _options(chosen: list[tuple[Any, Any]]) -> tuple[OptionValue, ...]:
    pairs = [(_words(name), _words(value)) for name, value in chosen]
    return tuple(
        OptionValue(name=(name or "Option")[:LONGEST], value=value[:LONGEST])
        for name, value in pairs
        if value
    )


def _money(amount: Any, currency: Any) -> Money | None:
    if type(amount) not in (int, float, str):
        return None
    try:
        return Money(amount=Decimal(str(amount)), currency=currency)
    except (ValidationError, InvalidOperation):
        return None


def _addresses(found: Any) -> tuple[str, ...]:
    many = found if isinstance(found, list) else [found]
    return tuple(
        one
        for one in many
        if isinstance(one, str)
        and len(one) <= LONGEST
        and one.startswith(("http://", "https://"))
        and not (is_unreadable(one) or any(c.isspace() for c in one))
    )


def _whole(value: Any, path: str) -> int | None:
    found = at(value, path)
    if isinstance(found, str) and re.fullmatch(r"[0-9]{1,9}", found):
        return int(found)
    return found if type(found) is int and 0 <= found < 10**9 else None


def _identifier(value: Any) -> str | None:
    return one_line(value)[:255] or None if isinstance(value, str) else None


def _words(value: Any) -> str:
    """One line as people read it: entities resolved and elements gone, however often they were escaped."""
    text = value if isinstance(value, str) else ""
    for _ in range(3):
        text = _ELEMENT.sub(" ", html.unescape(text))
    return one_line(text)
