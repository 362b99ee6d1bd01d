"""What a listing of the Trading API shows: texts throughout, and quantities that count what was sold."""

from collections.abc import Mapping
from typing import Any

from truestock.contracts.listing import ListingState
from truestock.marketplaces.ebay.seen import Seen, SeenVariant, mapping, rows, whole

STATES = {
    "Active": ListingState.ACTIVE,
    "Completed": ListingState.EXPIRED,
    "Ended": ListingState.EXPIRED,
}
PROFILES = {
    "SellerShippingProfile": ("ShippingProfileID", "fulfillmentPolicyId"),
    "SellerPaymentProfile": ("PaymentProfileID", "paymentPolicyId"),
    "SellerReturnProfile": ("ReturnProfileID", "returnPolicyId"),
}
GTINS = ("EAN", "UPC", "ISBN")


def see(item: Mapping[str, Any]) -> Seen:
    """A listing with its variations."""
    specifics = _named(mapping(item, "ItemSpecifics").get("NameValueList"))
    variations = rows(mapping(item, "Variations").get("Variation"))
    return Seen(
        state=_state(item),
        title=item.get("Title"),
        description=item.get("Description"),
        photos=mapping(item, "PictureDetails").get("PictureURL"),
        variants=tuple(_variation(one) for one in variations) or (_sole(item),),
        url=mapping(item, "ListingDetails").get("ViewItemURL"),
        brand=next(iter(specifics.get("Brand", ())), None),
        category=mapping(item, "PrimaryCategory").get("CategoryID"),
        condition=item.get("ConditionDisplayName") or item.get("ConditionID"),
        listing_format=item.get("ListingType"),
        policies={
            name: mapping(item, "SellerProfiles", profile).get(field)
            for profile, (field, name) in PROFILES.items()
        },
        specifics=specifics,
    )


def _state(item: Mapping[str, Any]) -> ListingState:
    status = mapping(item, "SellingStatus").get("ListingStatus")
    state = STATES.get(status, ListingState.UNKNOWN) if isinstance(status, str) else ListingState.UNKNOWN
    if state is ListingState.ACTIVE and _left(item) == 0:
        return ListingState.SOLD_OUT
    return state


def _variation(variation: Mapping[str, Any]) -> SeenVariant:
    chosen = rows(mapping(variation, "VariationSpecifics").get("NameValueList"))
    price = variation.get("StartPrice")
    return SeenVariant(
        sku=variation.get("SKU"),
        gtins=_gtins(mapping(variation, "VariationProductListingDetails")),
        options=tuple((one.get("Name"), _first(one.get("Value"))) for one in chosen),
        quantity=_left(variation),
        amount=mapping(price).get("#"),
        currency=mapping(price).get("@currencyID"),
    )


def _sole(item: Mapping[str, Any]) -> SeenVariant:
    price = mapping(item, "SellingStatus", "CurrentPrice") or mapping(item, "StartPrice")
    return SeenVariant(
        sku=item.get("SKU"),
        gtins=_gtins(mapping(item, "ProductListingDetails")),
        options=(),
        quantity=_left(item),
        amount=price.get("#"),
        currency=price.get("@currencyID"),
    )


def _left(part: Mapping[str, Any]) -> int | None:
    """``Quantity`` counts what was listed, sold pieces included."""
    listed = whole(part.get("Quantity"))
    sold = whole(mapping(part, "SellingStatus").get("QuantitySold") or 0)
    return listed - sold if listed is not None and sold is not None and listed >= sold else None


def _gtins(details: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(details.get(name) for name in GTINS)


def _named(pairs: Any) -> dict[str, list[Any]]:
    return {
        name: value
        for one in rows(pairs)
        if isinstance(name := one.get("Name"), str) and isinstance(value := one.get("Value"), list)
    }


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else None
