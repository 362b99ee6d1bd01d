"""From a WooCommerce product with its variations to the canonical listing.

Never raises on odd content: what cannot be mapped is left out and noted.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from truestock.contracts.listing import CanonicalListing, ChannelFields, ListingState
from truestock.marketplaces.decoded import as_list, as_object, objects
from truestock.marketplaces.interface import AccountSettings, RawListing
from truestock.marketplaces.mapping.lists import MOST_SPECIFICS, photos_of
from truestock.marketplaces.mapping.selling import buried_in, remark_state
from truestock.marketplaces.mapping.texts import LONGEST_DESCRIPTION, remark_markup, short, title_of
from truestock.marketplaces.mapping.variants import options_of
from truestock.marketplaces.notes import Notes
from truestock.marketplaces.text import plain_text, web_address, without_markup
from truestock.marketplaces.woocommerce import variants as variant_mapper

STATES = {
    "publish": ListingState.ACTIVE,
    "private": ListingState.INACTIVE,
    "future": ListingState.INACTIVE,
    "draft": ListingState.DRAFT,
    "pending": ListingState.DRAFT,
    "auto-draft": ListingState.DRAFT,
    "trash": ListingState.REMOVED,
}
"""WordPress's post statuses. A published product that is out of stock is sold out."""
FACTS = ("catalog_visibility", "backorders", "weight", "external_url")
POLICIES = ("shipping_class", "tax_class")


def to_listing(raw: RawListing, settings: AccountSettings) -> CanonicalListing:
    """Map one product with its variations."""
    payload, notes = raw.payload, Notes()
    product = as_object(payload.get("product"))
    title = title_of(plain_text(product.get("name")), f"WooCommerce product {raw.listing_id}", notes)
    description = _description(product, notes)
    variants = variant_mapper.to_variants(payload, settings, notes)
    state = _state(product)
    remark_state(state, notes)
    buried = buried_in(title, description, variants, notes)
    brands = _names(product, "brands")
    return CanonicalListing(
        listing_id=raw.listing_id,
        url=web_address(product.get("permalink")) or None,
        title=title,
        description=description,
        brand=brands[0] if len(brands) == 1 else None,
        photos=photos_of(_images(payload), notes, distinct=True),
        options=options_of(variants),
        variants=variants,
        channel=ChannelFields(
            state=state,
            category_id=_category(product),
            listing_format=short(product.get("type")) or None,
            policies={name: text for name in POLICIES if (text := short(product.get(name)))},
            specifics=_specifics(product),
        ),
        buried_variants=buried,
        notes=notes.found(),
    )


def _description(product: Mapping[str, Any], notes: Notes) -> str:
    """The long description, or the short one where there is no other."""
    text, stripped = without_markup(product.get("description"))
    if not text:
        text, stripped = without_markup(product.get("short_description"))
    remark_markup(stripped, notes)
    return text[:LONGEST_DESCRIPTION]


def _state(product: Mapping[str, Any]) -> ListingState:
    status = product.get("status")
    state = STATES.get(status, ListingState.UNKNOWN) if isinstance(status, str) else ListingState.UNKNOWN
    sold_out = state is ListingState.ACTIVE and product.get("stock_status") == "outofstock"
    return ListingState.SOLD_OUT if sold_out else state


def _images(payload: Mapping[str, Any]) -> Iterator[Any]:
    """The addresses of the product's photos in their order, then of those that only variations have."""
    own = as_list(as_object(payload.get("product")).get("images"))
    shown = [*own, *(one["image"] for one in objects(payload.get("variations")) if one.get("image"))]
    # Image 0 is WooCommerce's placeholder for "no photo".
    return (image.get("src") for image in map(as_object, shown) if image.get("id") != 0)


def _specifics(product: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Categories, tags, and attributes that are not what variations are made of."""
    specifics = {name: names for name in ("categories", "tags") if (names := _names(product, name))}
    specifics |= {name: (text,) for name in FACTS if (text := short(product.get(name)))}
    for attribute in objects(product.get("attributes")):
        name, options = short(attribute.get("name")), attribute.get("options")
        if attribute.get("variation") is True or not name or not isinstance(options, list):
            continue
        texts = tuple(text for one in options[:MOST_SPECIFICS] if (text := short(one)))
        if texts and len(specifics) < MOST_SPECIFICS:
            specifics.setdefault(name, texts)
    return specifics


def _names(product: Mapping[str, Any], field: str) -> tuple[str, ...]:
    named = (short(one.get("name")) for one in objects(product.get(field)))
    return tuple(name for name in named if name)[:MOST_SPECIFICS]


def _category(product: Mapping[str, Any]) -> str | None:
    ids = (one.get("id") for one in objects(product.get("categories")))
    return next((str(one) for one in ids if type(one) is int and 0 < one < 10**18), None)
