"""From an Etsy listing to the canonical one.

Never raises on odd content: what cannot be mapped is left out and noted. Etsy's product and offering ids
change on every update, so they are carried along and identify nothing.
"""

from collections.abc import Mapping
from typing import Any

from truestock.contracts.listing import (
    CanonicalListing,
    ChannelFields,
    ListingState,
    NoteCode,
    Photo,
)
from truestock.contracts.values import Severity
from truestock.marketplaces.buried import buried_variants
from truestock.marketplaces.etsy import variants as variant_mapper
from truestock.marketplaces.interface import AccountSettings, RawListing
from truestock.marketplaces.notes import Notes
from truestock.marketplaces.text import plain_text, web_address, without_markup

LONGEST_TITLE = 255
LONGEST_DESCRIPTION = 200_000
LONGEST_TEXT = 2_000
MOST_SPECIFICS = 100
SPECIFICS = ("tags", "materials", "style", "who_made", "when_made", "is_supply", "shop_section_id")
POLICIES = ("shipping_profile_id", "return_policy_id")


def to_listing(raw: RawListing, settings: AccountSettings) -> CanonicalListing:
    """Map one listing with its images and inventory."""
    payload, notes = raw.payload, Notes()
    title = _title(payload, notes)
    description, stripped = without_markup(payload.get("description"))
    if stripped:
        notes.add(NoteCode.HTML_STRIPPED, Severity.INFO, "description", "Markup was taken out of the text.")
    variants = variant_mapper.to_variants(payload, settings, notes)
    state = _state(payload)
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
        url=web_address(payload.get("url")) or None,
        title=title,
        description=description[:LONGEST_DESCRIPTION],
        photos=_photos(payload, notes),
        options=variant_mapper.options_of(variants),
        variants=variants,
        channel=ChannelFields(
            state=state,
            category_id=_identifier(payload.get("taxonomy_id")),
            listing_format=_short(payload.get("listing_type")) or None,
            policies={name: text for name in POLICIES if (text := _identifier(payload.get(name)))},
            specifics=_specifics(payload),
        ),
        buried_variants=buried,
        notes=notes.found(),
    )


def _title(payload: Mapping[str, Any], notes: Notes) -> str:
    title = plain_text(payload.get("title"))
    if not title:
        notes.add(NoteCode.TITLE_MISSING, Severity.WARNING, "title", "The listing has no title.")
        return f"Etsy listing {payload.get('listing_id')}"
    if len(title) > LONGEST_TITLE:
        notes.add(
            NoteCode.TITLE_SHORTENED,
            Severity.INFO,
            "title",
            f"The title has {len(title)} characters; the first {LONGEST_TITLE} were kept.",
        )
        return title[:LONGEST_TITLE].rstrip()
    return title


def _state(payload: Mapping[str, Any]) -> ListingState:
    state = payload.get("state")
    return ListingState(state) if isinstance(state, str) else ListingState.UNKNOWN


def _photos(payload: Mapping[str, Any], notes: Notes) -> tuple[Photo, ...]:
    images = payload.get("images") or []
    if not isinstance(images, list):
        images = [None]
    ranked: list[tuple[int, str]] = []
    for image in images:
        url = web_address(image.get("url_fullxfull")) if isinstance(image, Mapping) else ""
        if not url:
            notes.add(NoteCode.FIELD_DROPPED, Severity.WARNING, "photos", "A photo without a web address.")
            continue
        rank = image.get("rank")
        ranked.append((rank if type(rank) is int else 0, url))
    ranked.sort(key=lambda pair: pair[0])
    return tuple(Photo(url=url, rank=place) for place, (_, url) in enumerate(ranked))


def _specifics(payload: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    specifics: dict[str, tuple[str, ...]] = {}
    for name in SPECIFICS:
        value = payload.get(name)
        many = value if isinstance(value, list) else [value]
        texts = tuple(text for one in many[:MOST_SPECIFICS] if (text := _word(one)))
        if texts:
            specifics[name] = texts
    return specifics


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if isinstance(value, int) else _short(value)


def _identifier(value: Any) -> str | None:
    """A marketplace's id as a string; Etsy's are integers."""
    return None if isinstance(value, bool) or not value else (_word(value)[:255] or None)


def _short(value: Any) -> str:
    return plain_text(value)[:LONGEST_TEXT]
