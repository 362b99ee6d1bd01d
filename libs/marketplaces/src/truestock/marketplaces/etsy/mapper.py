"""From an Etsy listing to the canonical one.

Never raises on odd content: what cannot be mapped is left out and noted. Etsy's product and offering ids
change on every update, so they are carried along and identify nothing.
"""

from collections.abc import Mapping
from typing import Any

from truestock.contracts.listing import CanonicalListing, ChannelFields, ListingState, Photo
from truestock.marketplaces.decoded import as_object
from truestock.marketplaces.etsy import variants as variant_mapper
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
from truestock.marketplaces.text import plain_text, web_address, without_markup

SPECIFICS = ("tags", "materials", "style", "who_made", "when_made", "is_supply", "shop_section_id")
POLICIES = ("shipping_profile_id", "return_policy_id")


def to_listing(raw: RawListing, settings: AccountSettings) -> CanonicalListing:
    """Map one listing with its images and inventory."""
    payload, notes = raw.payload, Notes()
    title = title_of(plain_text(payload.get("title")), f"Etsy listing {payload.get('listing_id')}", notes)
    description, stripped = without_markup(payload.get("description"))
    remark_markup(stripped, notes)
    variants = variant_mapper.to_variants(payload, settings, notes)
    state = _state(payload)
    remark_state(state, notes)
    buried = buried_in(title, description, variants, notes)
    return CanonicalListing(
        listing_id=raw.listing_id,
        url=web_address(payload.get("url")) or None,
        title=title,
        description=description[:LONGEST_DESCRIPTION],
        photos=_photos(payload, notes),
        options=options_of(variants),
        variants=variants,
        channel=ChannelFields(
            state=state,
            category_id=_identifier(payload.get("taxonomy_id")),
            listing_format=short(payload.get("listing_type")) or None,
            policies={name: text for name in POLICIES if (text := _identifier(payload.get(name)))},
            specifics=specifics_of(((name, payload.get(name)) for name in SPECIFICS), words=_word),
        ),
        buried_variants=buried,
        notes=notes.found(),
    )


def _state(payload: Mapping[str, Any]) -> ListingState:
    state = payload.get("state")
    return ListingState(state) if isinstance(state, str) else ListingState.UNKNOWN


def _photos(payload: Mapping[str, Any], notes: Notes) -> tuple[Photo, ...]:
    images = payload.get("images") or []
    if not isinstance(images, list):
        images = [None]
    ranked = [as_object(image) for image in images]
    ranked.sort(key=_rank)
    return photos_of((image.get("url_fullxfull") for image in ranked), notes)


def _rank(image: Mapping[str, Any]) -> int:
    rank = image.get("rank")
    return rank if type(rank) is int else 0


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if isinstance(value, int) else short(value)


def _identifier(value: Any) -> str | None:
    """A marketplace's id as a string; Etsy's are integers."""
    return None if isinstance(value, bool) or not value else (_word(value)[:LONGEST_ID] or None)
