"""From a Shopify product to the canonical listing.

Never raises on odd content: what cannot be mapped is left out and noted.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from truestock.contracts.listing import CanonicalListing, ChannelFields, ListingState
from truestock.marketplaces.decoded import as_object
from truestock.marketplaces.interface import AccountSettings, RawListing
from truestock.marketplaces.mapping.lists import photos_of, specifics_of
from truestock.marketplaces.mapping.selling import buried_in, remark_state
from truestock.marketplaces.mapping.texts import (
    LONGEST_DESCRIPTION,
    LONGEST_ID,
    remark_markup,
    short,
    title_of,
)
from truestock.marketplaces.mapping.variants import options_of
from truestock.marketplaces.notes import Notes
from truestock.marketplaces.shopify import variants as variant_mapper
from truestock.marketplaces.text import plain_text, web_address, without_markup

MOST_TAGS = 250
"""Shopify's own limit for a product."""
STATES = {
    "ACTIVE": ListingState.ACTIVE,
    # Later versions of the API: for sale by its address, not listed anywhere.
    "UNLISTED": ListingState.ACTIVE,
    "ARCHIVED": ListingState.INACTIVE,
    "DRAFT": ListingState.DRAFT,
}
SPECIFICS = {"tags": "tags", "product_type": "productType", "handle": "handle"}


def to_listing(raw: RawListing, settings: AccountSettings) -> CanonicalListing:
    """Map one product with its variants and photos."""
    notes = Notes()
    product = as_object(raw.payload.get("product"))
    title = title_of(plain_text(product.get("title")), f"Shopify product {raw.listing_id}", notes)
    description, stripped = without_markup(product.get("descriptionHtml"))
    remark_markup(stripped, notes)
    variants = variant_mapper.to_variants(product, raw.payload.get("currency"), settings, notes)
    state = _state(product)
    remark_state(state, notes)
    buried = buried_in(title, description, variants, notes)
    return CanonicalListing(
        listing_id=raw.listing_id,
        url=web_address(product.get("onlineStoreUrl")) or None,
        title=title,
        description=description[:LONGEST_DESCRIPTION],
        brand=short(product.get("vendor")) or None,
        photos=photos_of(_images(product), notes),
        options=options_of(variants),
        variants=variants,
        channel=ChannelFields(
            state=state,
            category_id=short(product.get("productType"))[:LONGEST_ID] or None,
            specifics=specifics_of(_named(product), most=MOST_TAGS),
        ),
        buried_variants=buried,
        notes=notes.found(),
    )


def _state(product: Mapping[str, Any]) -> ListingState:
    status = product.get("status")
    return STATES.get(status, ListingState.UNKNOWN) if isinstance(status, str) else ListingState.UNKNOWN


def _images(product: Mapping[str, Any]) -> Iterator[Any]:
    """Addresses in the seller's order; videos and models are not photos."""
    for media in variant_mapper.nodes_of(product.get("media")):
        if isinstance(media, Mapping) and media.get("mediaContentType", "IMAGE") == "IMAGE":
            yield as_object(media.get("image")).get("url")


def _named(product: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    return ((name, product.get(field)) for name, field in SPECIFICS.items())
