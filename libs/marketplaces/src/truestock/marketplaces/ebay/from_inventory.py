"""What items, groups and offers of the Sell Inventory API show."""

from collections.abc import Mapping
from typing import Any

from truestock.contracts.listing import ListingState
from truestock.marketplaces.ebay.seen import Seen, SeenVariant, mapping, rows, whole
from truestock.marketplaces.ebay.sites import item_url

STATES = {
    "ACTIVE": ListingState.ACTIVE,
    "OUT_OF_STOCK": ListingState.SOLD_OUT,
    "INACTIVE": ListingState.INACTIVE,
    "ENDED": ListingState.EXPIRED,
    "EBAY_ENDED": ListingState.REMOVED,
    "NOT_LISTED": ListingState.DRAFT,
}
ORDER = tuple(STATES.values())
"""What the variants of a group say, the first in this order speaks for the group."""
POLICIES = ("fulfillmentPolicyId", "paymentPolicyId", "returnPolicyId")
GTINS = ("ean", "upc", "isbn")


def see(payload: Mapping[str, Any]) -> Seen:
    """A group with its items, or one item."""
    group = payload.get("group") if isinstance(payload.get("group"), Mapping) else None
    variants = rows(payload.get("variants"))
    products = [mapping(variant, "item", "product") for variant in variants]
    first: Mapping[str, Any] = products[0] if products else {}
    offers = [offer for variant in variants if (offer := chosen(variant.get("offers")))]
    offer = min(offers, key=lambda one: ORDER.index(state_of(one)), default={})
    # A group speaks for its items; what it leaves out is taken from the first of them.
    shown = {**first, **{name: value for name, value in (group or {}).items() if value}}
    return Seen(
        state=state_of(offer),
        title=shown.get("title"),
        description=offer.get("listingDescription") or shown.get("description"),
        photos=shown.get("imageUrls"),
        variants=tuple(_variant(variant, group) for variant in variants),
        url=item_url(offer.get("marketplaceId"), str(mapping(offer, "listing").get("listingId"))),
        brand=first.get("brand") or _first(mapping(shown, "aspects").get("Brand")),
        category=offer.get("categoryId"),
        condition=mapping(variants[0] if variants else {}, "item").get("condition"),
        listing_format=offer.get("format"),
        policies={name: mapping(offer, "listingPolicies").get(name) for name in POLICIES},
        specifics={**_common(products), **mapping(group, "aspects")} if group else mapping(first, "aspects"),
        missing_members=_missing(group, variants),
    )


def chosen(offers: Any) -> Mapping[str, Any]:
    """The offer that counts: a published one first, then a fixed price, then the lowest id."""
    found = sorted(
        rows(offers),
        key=lambda offer: (
            offer.get("status") != "PUBLISHED",
            offer.get("format") != "FIXED_PRICE",
            str(offer.get("offerId")),
        ),
    )
    return found[0] if found else {}


def state_of(offer: Mapping[str, Any]) -> ListingState:
    """The state of the listing behind an offer; a draft where nothing was published yet."""
    status = mapping(offer, "listing").get("listingStatus")
    if status is None:
        return ListingState.ACTIVE if offer.get("status") == "PUBLISHED" else ListingState.DRAFT
    if status == "ACTIVE" and offer.get("status") != "PUBLISHED":
        return ListingState.DRAFT
    return STATES.get(status, ListingState.INACTIVE) if isinstance(status, str) else ListingState.INACTIVE


def _variant(variant: Mapping[str, Any], group: Mapping[str, Any] | None) -> SeenVariant:
    item, offer = mapping(variant, "item"), chosen(variant.get("offers"))
    price = mapping(offer, "pricingSummary", "price")
    aspects = mapping(item, "product", "aspects")
    varies = rows(mapping(group, "variesBy").get("specifications")) if group else []
    names = [name for one in varies if isinstance(name := one.get("name"), str)]
    return SeenVariant(
        sku=item.get("sku"),
        gtins=tuple(_first(mapping(item, "product").get(name)) for name in GTINS),
        options=tuple((name, _first(aspects.get(name))) for name in names),
        quantity=_quantity(item, offer),
        amount=price.get("value"),
        currency=price.get("currency"),
        several_offers=len(rows(variant.get("offers"))) > 1,
    )


def _quantity(item: Mapping[str, Any], offer: Mapping[str, Any]) -> int | None:
    """What buyers can buy where it is published; what the seller holds ready where it is not."""
    offered = whole(offer.get("availableQuantity"))
    held = whole(mapping(item, "availability", "shipToLocationAvailability").get("quantity"))
    if offer.get("status") == "PUBLISHED":
        return held if offered is None else offered
    return offered if held is None else held


def _common(products: list[Mapping[str, Any]]) -> dict[str, Any]:
    """The aspects in which all items agree."""
    first = mapping(products[0], "aspects") if products else {}
    return {
        name: value
        for name, value in first.items()
        if all(mapping(one, "aspects").get(name) == value for one in products)
    }


def _missing(group: Mapping[str, Any] | None, variants: list[Mapping[str, Any]]) -> int:
    skus = group.get("variantSKUs") if group else None
    named = {sku for sku in skus if isinstance(sku, str)} if isinstance(skus, list) else set()
    shown = {sku for one in variants if isinstance(sku := mapping(one, "item").get("sku"), str)}
    return len(named - shown)


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else None
