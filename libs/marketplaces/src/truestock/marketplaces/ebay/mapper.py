"""From what eBay shows to the canonical listing.

Never raises on odd content: what cannot be mapped is left out and noted.
"""

from collections.abc import Mapping
from typing import Any

from truestock.contracts.listing import CanonicalListing, ChannelFields, ListingState, NoteCode, Photo
from truestock.contracts.values import Severity
from truestock.marketplaces.buried import buried_variants
from truestock.marketplaces.ebay import from_inventory, from_trading
from truestock.marketplaces.ebay import variants as variant_mapper
from truestock.marketplaces.ebay.seen import Seen
from truestock.marketplaces.interface import AccountSettings, RawListing
from truestock.marketplaces.notes import Notes
from truestock.marketplaces.text import identifier, plain_text, web_address, without_markup

LONGEST_TITLE = 255
LONGEST_DESCRIPTION = 200_000
LONGEST_TEXT = 2_000
LONGEST_ID = 255
MOST_SPECIFICS = 100


def to_listing(raw: RawListing, settings: AccountSettings) -> CanonicalListing:
    """Map one listing of either API."""
    by_hand = raw.payload.get("trading")
    seen = from_trading.see(by_hand) if isinstance(by_hand, Mapping) else from_inventory.see(raw.payload)
    notes = Notes()
    title = _title(raw.listing_id, seen, notes)
    description, stripped = without_markup(seen.description)
    if stripped:
        notes.add(NoteCode.HTML_STRIPPED, Severity.INFO, "description", "Markup was taken out of the text.")
    variants = variant_mapper.to_variants(seen.variants, settings, notes)
    _remark(seen, notes)
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
        url=web_address(seen.url) or None,
        title=title,
        description=description[:LONGEST_DESCRIPTION],
        brand=_short(seen.brand) or None,
        photos=_photos(seen.photos, notes),
        options=variant_mapper.options_of(variants),
        variants=variants,
        channel=ChannelFields(
            state=seen.state,
            category_id=identifier(seen.category)[:LONGEST_ID] or None,
            condition=_short(seen.condition) or None,
            listing_format=_short(seen.listing_format) or None,
            policies={name: text for name, value in seen.policies.items() if (text := _short(value))},
            specifics=_specifics(seen.specifics),
        ),
        buried_variants=buried,
        notes=notes.found(),
    )


def _remark(seen: Seen, notes: Notes) -> None:
    if seen.state is not ListingState.ACTIVE:
        notes.add(
            NoteCode.NOT_PUBLISHED, Severity.INFO, "state", f"The listing is not for sale: {seen.state}."
        )
    if seen.missing_members:
        notes.add(
            NoteCode.FIELD_DROPPED,
            Severity.WARNING,
            "variants",
            f"{seen.missing_members} SKUs of the group have no inventory item.",
        )


def _title(listing_id: str, seen: Seen, notes: Notes) -> str:
    title = plain_text(seen.title)
    if not title:
        notes.add(NoteCode.TITLE_MISSING, Severity.WARNING, "title", "The listing has no title.")
        return f"eBay listing {listing_id}"
    if len(title) > LONGEST_TITLE:
        notes.add(
            NoteCode.TITLE_SHORTENED,
            Severity.INFO,
            "title",
            f"The title has {len(title)} characters; the first {LONGEST_TITLE} were kept.",
        )
        return title[:LONGEST_TITLE].rstrip()
    return title


def _photos(addresses: Any, notes: Notes) -> tuple[Photo, ...]:
    found: list[str] = []
    for address in addresses if isinstance(addresses, list) else [] if addresses is None else [addresses]:
        url = web_address(address)
        if url:
            found.append(url)
        else:
            notes.add(NoteCode.FIELD_DROPPED, Severity.WARNING, "photos", "A photo without a web address.")
    return tuple(Photo(url=url, rank=place) for place, url in enumerate(found))


def _specifics(shown: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    specifics: dict[str, tuple[str, ...]] = {}
    for name, values in list(shown.items())[:MOST_SPECIFICS]:
        many = values if isinstance(values, list) else [values]
        texts = tuple(text for one in many[:MOST_SPECIFICS] if (text := _short(one)))
        if texts and (key := _short(name)):
            specifics[key] = texts
    return specifics


def _short(value: Any) -> str:
    return plain_text(value)[:LONGEST_TEXT]
