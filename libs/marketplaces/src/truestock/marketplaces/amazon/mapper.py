"""From an Amazon variation family or single item to the canonical listing.

Never raises on odd content: what cannot be mapped is left out and noted. ASINs are carried along among the
specifics and identify nothing.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from truestock.contracts.listing import CanonicalListing, ChannelFields, ListingState, NoteCode, Photo
from truestock.contracts.values import Severity
from truestock.marketplaces.amazon import variants as variant_mapper
from truestock.marketplaces.amazon.attributes import LONGEST_TEXT, attribute, here, rows, text_of, words
from truestock.marketplaces.amazon.items import Item
from truestock.marketplaces.buried import buried_variants
from truestock.marketplaces.interface import AccountSettings, RawListing
from truestock.marketplaces.notes import Notes
from truestock.marketplaces.text import identifier, plain_text, web_address, without_markup

LONGEST_TITLE = 255
LONGEST_DESCRIPTION = 200_000
LONGEST_ID = 255
MOST_SPECIFICS = 100
MOST_PHOTOS = 9
"""One main and eight other images (other_product_image_locator_1 to _8)."""
ASIN = re.compile(r"[A-Z0-9]{10}")
SHIPPING = "merchant_shipping_group"
ELSEWHERE = re.compile(
    r"item_name|product_description|brand|condition_type|purchasable_offer|list_price|fulfillment_availability"
    r"|.*image_locator.*|parentage_level|child_parent_sku_relationship|variation_theme|merchant_shipping_group"
    r"|externally_assigned_product_identifier"
)
"""Attributes that have a place of their own in the canonical listing, or in Amazon's bookkeeping."""
SUPPRESSED = ("LISTING_SUPPRESSED", "SEARCH_SUPPRESSED", "CATALOG_ITEM_REMOVED")
EXEMPT = ("EXEMPT", "EXEMPT_UNTIL_EXPIRY_DATE")


def to_listing(raw: RawListing, settings: AccountSettings) -> CanonicalListing:
    """Map one family or item."""
    payload, notes = raw.payload, Notes()
    item, marketplace = variant_mapper.item_of(payload), variant_mapper.marketplace_of(payload)
    summary = _summary(item, marketplace)
    title = _title(item, raw.listing_id, marketplace, notes)
    description, stripped = _description(item, marketplace)
    if stripped:
        notes.add(NoteCode.HTML_STRIPPED, Severity.INFO, "description", "Markup was taken out of the text.")
    variants = variant_mapper.to_variants(payload, settings, notes)
    state = _state(payload, marketplace)
    if state is not ListingState.ACTIVE:
        why = _suppressed(item, marketplace)
        notes.add(
            NoteCode.NOT_PUBLISHED,
            Severity.INFO,
            "state",
            f"The listing is not for sale: {state}." + (f" Amazon suppresses it: {why}." if why else ""),
        )
    buried = None if any(variant.options for variant in variants) else buried_variants(title, description)
    if buried is not None:
        notes.add(
            NoteCode.VARIANTS_IN_TEXT,
            Severity.BLOCKER,
            "variants",
            f"The text offers {buried.option_name} {', '.join(buried.values)}, the listing has one variant.",
        )
    shipping = text_of(item, SHIPPING, marketplace)
    return CanonicalListing(
        listing_id=raw.listing_id,
        url=_url(summary, settings),
        title=title,
        description=description[:LONGEST_DESCRIPTION],
        brand=text_of(item, "brand", marketplace) or None,
        photos=_photos(payload, marketplace, notes),
        options=variant_mapper.options_of(variants),
        variants=variants,
        channel=ChannelFields(
            state=state,
            category_id=_product_type(item, summary, marketplace),
            condition=plain_text(summary.get("conditionType"))[:LONGEST_TEXT] or None,
            policies={SHIPPING: shipping} if shipping else {},
            specifics=_specifics(item, summary, marketplace),
        ),
        buried_variants=buried,
        notes=notes.found(),
    )


def _summary(item: Item, marketplace: str) -> Mapping[str, Any]:
    return next(here(item.get("summaries"), marketplace), {})


def _title(item: Item, sku: str, marketplace: str, notes: Notes) -> str:
    title = plain_text(_summary(item, marketplace).get("itemName")) or text_of(item, "item_name", marketplace)
    if not title:
        notes.add(NoteCode.TITLE_MISSING, Severity.WARNING, "title", "The listing has no title.")
        return f"Amazon listing {sku}"
    if len(title) > LONGEST_TITLE:
        notes.add(
            NoteCode.TITLE_SHORTENED,
            Severity.INFO,
            "title",
            f"The title has {len(title)} characters; the first {LONGEST_TITLE} were kept.",
        )
        return title[:LONGEST_TITLE].rstrip()
    return title


def _description(item: Item, marketplace: str) -> tuple[str, bool]:
    for one in attribute(item, "product_description", marketplace):
        text, stripped = without_markup(one.get("value"))
        if text:
            return text, stripped
    return "", False


def _state(payload: Mapping[str, Any], marketplace: str) -> ListingState:
    """A family can be bought when any of it can; a parent alone never is."""
    items = [variant_mapper.item_of(payload), *rows(payload.get("children"))]
    summaries = [one for item in items for one in here(item.get("summaries"), marketplace)]
    lists = [status for one in summaries if isinstance(status := one.get("status"), list)]
    if any("BUYABLE" in status for status in lists):
        return ListingState.ACTIVE
    return ListingState.INACTIVE if lists else ListingState.UNKNOWN


def _suppressed(item: Item, marketplace: str) -> str:
    """The codes of the issues for which Amazon took the listing down; an exempt one has no effect."""
    codes = []
    for issue in rows(item.get("issues")):
        enforcements, places = issue.get("enforcements"), issue.get("marketplaceIds")
        if not isinstance(enforcements, Mapping) or (isinstance(places, list) and marketplace not in places):
            continue
        exemption = enforcements.get("exemption")
        exempt = isinstance(exemption, Mapping) and exemption.get("status") in EXEMPT
        if not exempt and any(one.get("action") in SUPPRESSED for one in rows(enforcements.get("actions"))):
            codes.append(plain_text(issue.get("code"))[:40])
    return ", ".join(code for code in dict.fromkeys(codes) if code)


def _photos(payload: Mapping[str, Any], marketplace: str, notes: Notes) -> tuple[Photo, ...]:
    """The item's own images; for a parent without any, its children's main ones."""
    own = list(_images(variant_mapper.item_of(payload), marketplace))
    found = own or [
        link for child in rows(payload.get("children")) for link in list(_images(child, marketplace))[:1]
    ]
    urls: dict[str, None] = {}
    for link in found:
        url = web_address(link)
        if url:
            urls[url] = None
        else:
            notes.add(NoteCode.FIELD_DROPPED, Severity.WARNING, "photos", "A photo without a web address.")
    return tuple(Photo(url=url, rank=place) for place, url in enumerate(urls))


def _images(item: Item, marketplace: str) -> Iterator[Any]:
    """Links, the main one first; where the live listing shows none, the one that the seller sent."""
    image = _summary(item, marketplace).get("mainImage")
    main = [image.get("link")] if isinstance(image, Mapping) else []
    sent = (one.get("media_location") for one in attribute(item, "main_product_image_locator", marketplace))
    yield from main or list(sent)[:1]
    for place in range(1, MOST_PHOTOS):
        others = attribute(item, f"other_product_image_locator_{place}", marketplace)
        yield from (one.get("media_location") for one in list(others)[:1])


def _product_type(item: Item, summary: Mapping[str, Any], marketplace: str) -> str | None:
    listed = here(item.get("productTypes"), marketplace)
    for one in chain([summary], listed):
        found = identifier(one.get("productType"))[:LONGEST_ID]
        if found:
            return found
    return None


def _specifics(item: Item, summary: Mapping[str, Any], marketplace: str) -> dict[str, tuple[str, ...]]:
    asin = identifier(summary.get("asin"))[:LONGEST_ID]
    specifics: dict[str, tuple[str, ...]] = {"asin": (asin,)} if asin else {}
    attributes = item.get("attributes")
    for name in attributes if isinstance(attributes, Mapping) else ():
        key = identifier(name)[:LONGEST_ID]
        if not key or ELSEWHERE.fullmatch(key) or len(specifics) >= MOST_SPECIFICS:
            continue
        texts = [text for one in attribute(item, name, marketplace) if (text := words(one))]
        if texts:
            specifics[key] = tuple(texts[:MOST_SPECIFICS])
    return specifics


def _url(summary: Mapping[str, Any], settings: AccountSettings) -> str | None:
    asin = summary.get("asin")
    if not settings.site or not isinstance(asin, str) or not ASIN.fullmatch(asin):
        return None
    return web_address(f"https://{settings.site}/dp/{asin}") or None
