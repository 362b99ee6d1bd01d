"""From a Shopify product to the canonical listing.

Never raises on odd content: what cannot be mapped is left out and noted.
"""

from collections.abc import Mapping
from typing import Any

from truestock.contracts.listing import CanonicalListing, ChannelFields, ListingState, NoteCode, Photo
from truestock.contracts.values import Severity
from truestock.marketplaces.buried import buried_variants
from truestock.marketplaces.interface import AccountSettings, RawListing
from truestock.marketplaces.notes import Notes
from truestock.marketplaces.shopify import variants as variant_mapper
from truestock.marketplaces.text import plain_text, web_address, without_markup

LONGEST_TITLE = 255
LONGEST_DESCRIPTION = 200_000
LONGEST_TEXT = 2_000
LONGEST_ID = 255
MOST_SPECIFICS = 250
STATES = {
    "ACTIVE": ListingState.ACTIVE,
    # Later versions of the API: for sale by its address, not listed anywhere.
    "UNLISTED": ListingState.ACTIVE,
    "ARCHIVED": ListingState.INACTIVE,
    "DRAFT": ListingState.DRAFT,
}
SPECIFICS = {"tags": "tags", "productType": "product_type", "handle": "handle"}


def to_listing(raw: RawListing, settings: AccountSettings) -> CanonicalListing:
    """Map one product with its variants and photos."""
    notes = Notes()
    product = raw.payload.get("product")
    product = product if isinstance(product, Mapping) else {}
    title = _title(raw.listing_id, product, notes)
    description, stripped = without_markup(product.get("descriptionHtml"))
    if stripped:
        notes.add(NoteCode.HTML_STRIPPED, Severity.INFO, "description", "Markup was taken out of the text.")
    variants = variant_mapper.to_variants(product, raw.payload.get("currency"), settings, notes)
    state = _state(product)
    if state is not ListingState.ACTIVE:
        notes.add(NoteCode.NOT_PUBLISHED, Severity.INFO, "state", f"The listing is not for sale: {state}.")
    buried = None if any(variant.options for variant in variants) else buried_variants(title, description)
    if buried is not None:
        notes.add(
            NoteCode.VARIANTS_IN_TEXT,
            Severity.BLOCKER,
            "variants",
            f"The text offers {buried.option_name} {', '.join(buried.values)}, the listing has one variant.",
        )
    return CanonicalListing(
        listing_id=raw.listing_id,
        url=web_address(product.get("onlineStoreUrl")) or None,
        title=title,
        description=description[:LONGEST_DESCRIPTION],
        brand=_short(product.get("vendor")) or None,
        photos=_photos(product, notes),
        options=variant_mapper.options_of(variants),
        variants=variants,
        channel=ChannelFields(
            state=state,
            category_id=_short(product.get("productType"))[:LONGEST_ID] or None,
            specifics=_specifics(product),
        ),
        buried_variants=buried,
        notes=notes.found(),
    )


def _title(listing_id: str, product: Mapping[str, Any], notes: Notes) -> str:
    title = plain_text(product.get("title"))
    if not title:
        notes.add(NoteCode.TITLE_MISSING, Severity.WARNING, "title", "The listing has no title.")
        return f"Shopify product {listing_id}"
    if len(title) > LONGEST_TITLE:
        notes.add(
            NoteCode.TITLE_SHORTENED,
            Severity.INFO,
            "title",
            f"The title has {len(title)} characters; the first {LONGEST_TITLE} were kept.",
        )
        return title[:LONGEST_TITLE].rstrip()
    return title


def _state(product: Mapping[str, Any]) -> ListingState:
    status = product.get("status")
    return STATES.get(status, ListingState.UNKNOWN) if isinstance(status, str) else ListingState.UNKNOWN


def _photos(product: Mapping[str, Any], notes: Notes) -> tuple[Photo, ...]:
    """Images in the seller's order; videos and models are not photos."""
    photos: list[Photo] = []
    for media in variant_mapper.nodes_of(product.get("media")):
        if not isinstance(media, Mapping) or media.get("mediaContentType", "IMAGE") != "IMAGE":
            continue
        image = media.get("image")
        url = web_address(image.get("url")) if isinstance(image, Mapping) else ""
        if not url:
            notes.add(NoteCode.FIELD_DROPPED, Severity.WARNING, "photos", "A photo without a web address.")
            continue
        photos.append(Photo(url=url, rank=len(photos)))
    return tuple(photos)


def _specifics(product: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    specifics: dict[str, tuple[str, ...]] = {}
    for field, name in SPECIFICS.items():
        value = product.get(field)
        many = value if isinstance(value, list) else [value]
        texts = tuple(text for one in many[:MOST_SPECIFICS] if (text := _short(one)))
        if texts:
            specifics[name] = texts
    return specifics


def _short(value: Any) -> str:
    return plain_text(value)[:LONGEST_TEXT]
