"""What a marketplace id says of currency, language and address.

https://developer.ebay.com/api-docs/static/rest-request-components.html#marketpl
"""

from typing import NamedTuple


class Site(NamedTuple):
    """One eBay site."""

    host: str
    currency: str
    locale: str


SITES = {
    "EBAY_AT": Site("ebay.at", "EUR", "de-AT"),
    "EBAY_AU": Site("ebay.com.au", "AUD", "en-AU"),
    "EBAY_BE": Site("ebay.be", "EUR", "nl-BE"),
    "EBAY_CA": Site("ebay.ca", "CAD", "en-CA"),
    "EBAY_CH": Site("ebay.ch", "CHF", "de-CH"),
    "EBAY_DE": Site("ebay.de", "EUR", "de-DE"),
    "EBAY_ES": Site("ebay.es", "EUR", "es-ES"),
    "EBAY_FR": Site("ebay.fr", "EUR", "fr-FR"),
    "EBAY_GB": Site("ebay.co.uk", "GBP", "en-GB"),
    "EBAY_HK": Site("ebay.com.hk", "HKD", "zh-HK"),
    "EBAY_IE": Site("ebay.ie", "EUR", "en-IE"),
    "EBAY_IT": Site("ebay.it", "EUR", "it-IT"),
    "EBAY_MOTORS_US": Site("ebay.com", "USD", "en-US"),
    "EBAY_MY": Site("ebay.com.my", "MYR", "en-MY"),
    "EBAY_NL": Site("ebay.nl", "EUR", "nl-NL"),
    "EBAY_PH": Site("ebay.ph", "PHP", "en-PH"),
    "EBAY_PL": Site("ebay.pl", "PLN", "pl-PL"),
    "EBAY_SG": Site("ebay.com.sg", "SGD", "en-SG"),
    "EBAY_US": Site("ebay.com", "USD", "en-US"),
}


def item_url(marketplace_id: object, listing_id: str) -> str | None:
    """Where buyers see a listing; None for a site that is not known."""
    site = SITES.get(marketplace_id) if isinstance(marketplace_id, str) else None
    if site is None or not (listing_id.isascii() and listing_id.isdigit()):
        return None
    return f"https://www.{site.host}/itm/{listing_id}"
