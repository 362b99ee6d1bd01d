"""From an Amazon variation family or single item to the canonical listing.

Never raises on odd content: what cannot be mapped is left out and noted. ASINs are carried along among the
specifics and identify nothing.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from truestock.contracts.listing import CanonicalListing, ChannelFields, ListingState
from truestock.marketplaces.amazon import variants as variant_mapper
from truestock.marketplaces.amazon.attributes import attribute, here, text_of, words
from truestock.marketplaces.amazon.items import Item
from truestock.marketplaces.decoded import as_object, objects
from truestock.marketplaces.interface import AccountSettings, RawListing
from truestock.marketplaces.mapping.lists import MOST_SPECIFICS, photos_of
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
    title = title_of(_title(item, summary, marketplace), f"Amazon listing {raw.listing_id}", notes)
    description, stripped = _description(item, marketplace)
    remark_markup(stripped, notes)
    variants = variant_mapper.to_variants(payload, settings, notes)
    state = _state(payload, marketplace)
    remark_state(state, notes, why=_suppressed(item, marketplace))
    buried = buried_in(title, description, variants, notes)
    shipping = text_of(item, SHIPPING, marketplace)
    return CanonicalListing(
        listing_id=raw.listing_id,
        url=_url(summary, settings),
        title=title,
        description=description[:LONGEST_DESCRIPTION],
        brand=text_of(item, "brand", marketplace) or None,
        photos=photos_of(_photos(payload, marketplace), notes, distinct=True),
        options=options_of(variants),
        variants=variants,
        channel=ChannelFields(
            state=state,
            category_id=_product_type(item, summary, marketplace),
            condition=short(summary.get("conditionType")) or None,
            policies={SHIPPING: shipping} if shipping else {},
            specifics=_specifics(item, summary, marketplace),
        ),
        buried_variants=buried,
        notes=notes.found(),
    )


def _summary(item: Item, marketplace: str) -> Mapping[str, Any]:
    return next(here(item.get("summaries"), marketplace), {})


def _title(item: Item, summary: Mapping[str, Any], marketplace: str) -> str:
    return plain_text(summary.get("itemName")) or text_of(item, "item_name", marketplace)


def _description(item: Item, marketplace: str) -> tuple[str, bool]:
    for one in attribute(item, "product_description", marketplace):
        text, stripped = without_markup(one.get("value"))
        if text:
            return text, stripped
    return "", False


def _state(payload: Mapping[str, Any], marketplace: str) -> ListingState:
    """A family can be bought when any of it can; a parent alone never is."""
    items = [variant_mapper.item_of(payload), *objects(payload.get("children"))]
    summaries = [one for item in items for one in here(item.get("summaries"), marketplace)]
    lists = [status for one in summaries if isinstance(status := one.get("status"), list)]
    if any("BUYABLE" in status for status in lists):
        return ListingState.ACTIVE
    return ListingState.INACTIVE if lists else ListingState.UNKNOWN


def _suppressed(item: Item, marketplace: str) -> str:
    """A sentence with the codes of the issues for which Amazon took the listing down, "" without any.

    An exempt issue has no effect.
    """
    codes = []
    for issue in objects(item.get("issues")):
        enforcements, places = issue.get("enforcements"), issue.get("marketplaceIds")
        if not isinstance(enforcements, Mapping) or (isinstance(places, list) and marketplace not in places):
            continue
        exemption = enforcements.get("exemption")
        exempt = isinstance(exemption, Mapping) and exemption.get("status") in EXEMPT
        if not exempt and any(
            one.get("action") in SUPPRESSED for one in objects(enforcements.get("actions"))
        ):
            codes.append(plain_text(issue.get("code"))[:40])
    named = ", ".join(code for code in dict.fromkeys(codes) if code)
    return f"Amazon suppresses it: {named}." if named else ""


def _photos(payload: Mapping[str, Any], marketplace: str) -> list[Any]:
    """The item's own images; for a parent without any, its children's main ones."""
    own = list(_images(variant_mapper.item_of(payload), marketplace))
    return own or [
        link for child in objects(payload.get("children")) for link in list(_images(child, marketplace))[:1]
    ]


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
    for name in as_object(item.get("attributes")):
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
