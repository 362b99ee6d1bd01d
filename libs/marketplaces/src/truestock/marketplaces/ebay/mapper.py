"""From what eBay shows to the canonical listing.

Never raises on odd content: what cannot be mapped is left out and noted.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from truestock.contracts.listing import CanonicalListing, ChannelFields, NoteCode
from truestock.contracts.values import Severity
from truestock.marketplaces.ebay import from_inventory, from_trading
from truestock.marketplaces.ebay import variants as variant_mapper
from truestock.marketplaces.interface import AccountSettings, RawListing
from truestock.marketplaces.mapping.lists import MOST_SPECIFICS, photos_of, specifics_of
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
from truestock.marketplaces.text import identifier, plain_text, web_address, without_markup


def to_listing(raw: RawListing, settings: AccountSettings) -> CanonicalListing:
    """Map one listing of either API."""
    by_hand = raw.payload.get("trading")
    seen = from_trading.see(by_hand) if isinstance(by_hand, Mapping) else from_inventory.see(raw.payload)
    notes = Notes()
    title = title_of(plain_text(seen.title), f"eBay listing {raw.listing_id}", notes)
    description, stripped = without_markup(seen.description)
    remark_markup(stripped, notes)
    variants = variant_mapper.to_variants(seen.variants, settings, notes)
    remark_state(seen.state, notes)
    if seen.missing_members:
        notes.add(
            NoteCode.FIELD_DROPPED,
            Severity.WARNING,
            "variants",
            f"{seen.missing_members} SKUs of the group have no inventory item.",
        )
    buried = buried_in(title, description, variants, notes)
    return CanonicalListing(
        listing_id=raw.listing_id,
        url=web_address(seen.url) or None,
        title=title,
        description=description[:LONGEST_DESCRIPTION],
        brand=short(seen.brand) or None,
        photos=photos_of(_addresses(seen.photos), notes),
        options=options_of(variants),
        variants=variants,
        channel=ChannelFields(
            state=seen.state,
            category_id=identifier(seen.category)[:LONGEST_ID] or None,
            condition=short(seen.condition) or None,
            listing_format=short(seen.listing_format) or None,
            policies={name: text for name, value in seen.policies.items() if (text := short(value))},
            specifics=specifics_of(_named(seen.specifics)),
        ),
        buried_variants=buried,
        notes=notes.found(),
    )


def _addresses(photos: Any) -> list[Any]:
    return photos if isinstance(photos, list) else [] if photos is None else [photos]


def _named(shown: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    return ((short(name), values) for name, values in list(shown.items())[:MOST_SPECIFICS])
