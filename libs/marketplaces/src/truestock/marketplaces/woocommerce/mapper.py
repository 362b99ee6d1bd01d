"""From a WooCommerce product with its variations to the canonical listing.

Never raises on odd content: what cannot be mapped is left out and noted.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from truestock.contracts.listing import CanonicalListing, ChannelFields, ListingState, NoteCode, Photo
from truestock.contracts.values import Severity
from truestock.marketplaces.buried import buried_variants
from truestock.marketplaces.interface import AccountSettings, RawListing
from truestock.marketplaces.notes import Notes
from truestock.marketplaces.text import plain_text, web_address, without_markup
from truestock.marketplaces.woocommerce import variants as variant_mapper

LONGEST_TITLE = 255
LONGEST_DESCRIPTION = 200_000
LONGEST_TEXT = 2_000
MOST_SPECIFICS = 100
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
    product = _object(payload.get("product"))
    title = _title(product, raw.listing_id, notes)
    description = _description(product, notes)
    variants = variant_mapper.to_variants(payload, settings, notes)
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
    brands = _names(product, "brands")
    return CanonicalListing(
        listing_id=raw.listing_id,
        url=web_address(product.get("permalink")) or None,
        title=title,
        description=description,
        brand=brands[0] if len(brands) == 1 else None,
        photos=_photos(payload, notes),
        options=variant_mapper.options_of(variants),
        variants=variants,
        channel=ChannelFields(
            state=state,
            category_id=next((str(one["id"]) for one in _each(product, "categories") if _is_id(one)), None),
            listing_format=_short(product.get("type")) or None,
            policies={name: text for name in POLICIES if (text := _short(product.get(name)))},
            specifics=_specifics(product),
        ),
        buried_variants=buried,
        notes=notes.found(),
    )


def _title(product: Mapping[str, Any], listing_id: str, notes: Notes) -> str:
    title = plain_text(product.get("name"))
    if not title:
        notes.add(NoteCode.TITLE_MISSING, Severity.WARNING, "title", "The listing has no title.")
        return f"WooCommerce product {listing_id}"
    if len(title) > LONGEST_TITLE:
        notes.add(
            NoteCode.TITLE_SHORTENED,
            Severity.INFO,
            "title",
            f"The title has {len(title)} characters; the first {LONGEST_TITLE} were kept.",
        )
        return title[:LONGEST_TITLE].rstrip()
    return title


def _description(product: Mapping[str, Any], notes: Notes) -> str:
    """The long description, or the short one where there is no other."""
    text, stripped = without_markup(product.get("description"))
    if not text:
        text, stripped = without_markup(product.get("short_description"))
    if stripped:
        notes.add(NoteCode.HTML_STRIPPED, Severity.INFO, "description", "Markup was taken out of the text.")
    return text[:LONGEST_DESCRIPTION]


def _state(product: Mapping[str, Any]) -> ListingState:
    status = product.get("status")
    state = STATES.get(status, ListingState.UNKNOWN) if isinstance(status, str) else ListingState.UNKNOWN
    sold_out = state is ListingState.ACTIVE and product.get("stock_status") == "outofstock"
    return ListingState.SOLD_OUT if sold_out else state


def _photos(payload: Mapping[str, Any], notes: Notes) -> tuple[Photo, ...]:
    """The product's photos in their order, then those that only variations have."""
    urls: dict[str, None] = {}
    for image in _images(payload):
        url = web_address(image.get("src")) if isinstance(image, Mapping) else ""
        if url:
            urls.setdefault(url)
        else:
            notes.add(NoteCode.FIELD_DROPPED, Severity.WARNING, "photos", "A photo without a web address.")
    return tuple(Photo(url=url, rank=rank) for rank, url in enumerate(urls))


def _images(payload: Mapping[str, Any]) -> Iterator[Any]:
    product = _object(payload.get("product"))
    given = product.get("images")
    own = given if isinstance(given, list) else []
    shown = [*own, *(one["image"] for one in _each(payload, "variations") if one.get("image"))]
    # Image 0 is WooCommerce's placeholder for "no photo".
    return (one for one in shown if not (isinstance(one, Mapping) and one.get("id") == 0))


def _specifics(product: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Categories, tags, and attributes that are not what variations are made of."""
    specifics = {name: names for name in ("categories", "tags") if (names := _names(product, name))}
    specifics |= {name: (text,) for name in FACTS if (text := _short(product.get(name)))}
    for attribute in _each(product, "attributes"):
        name, options = _short(attribute.get("name")), attribute.get("options")
        if attribute.get("variation") is True or not name or not isinstance(options, list):
            continue
        texts = tuple(text for one in options[:MOST_SPECIFICS] if (text := _short(one)))
        if texts and len(specifics) < MOST_SPECIFICS:
            specifics.setdefault(name, texts)
    return specifics


def _names(product: Mapping[str, Any], field: str) -> tuple[str, ...]:
    named = (_short(one.get("name")) for one in _each(product, field))
    return tuple(name for name in named if name)[:MOST_SPECIFICS]


def _each(value: Mapping[str, Any], field: str) -> Iterator[Mapping[str, Any]]:
    found = value.get(field)
    return (one for one in found if isinstance(one, Mapping)) if isinstance(found, list) else iter(())


def _is_id(value: Mapping[str, Any]) -> bool:
    return type(value.get("id")) is int and 0 < value["id"] < 10**18


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _short(value: Any) -> str:
    return plain_text(value)[:LONGEST_TEXT]
