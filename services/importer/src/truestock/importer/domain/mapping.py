"""What the mapping report says about a listing, and the hashes by which change is noticed."""

from hashlib import blake2b

from truestock.contracts.listing import CanonicalListing, CanonicalVariant, Evidence


def maps_of(listing: CanonicalListing) -> dict[str, str]:
    """How title, specifics, photos, quantity, price and variants map, each in one line for people."""
    specifics = listing.channel.specifics
    return {
        "title": listing.title,
        "specifics": f"{len(specifics)}: {', '.join(specifics)}"[:500] if specifics else "none",
        "photos": _count(len(listing.photos), "photo"),
        "quantity": _quantity(listing.variants),
        "price": _price(listing.variants),
        "variants": _variants(listing),
    }


def mapped_hash(listing: CanonicalListing) -> bytes:
    """Equal exactly when the mapper gave the same listing with the same notes."""
    return blake2b(listing.model_dump_json().encode(), digest_size=16).digest()


def content_hash(mapped: bytes, evidence: Evidence) -> bytes:
    """Equal exactly when neither the mapped listing nor the independent evidence changed."""
    return blake2b(mapped + evidence.model_dump_json().encode(), digest_size=16).digest()


def payload_hash(payload: bytes) -> bytes:
    """The address of a raw payload."""
    return blake2b(payload, digest_size=32).digest()


def _quantity(variants: tuple[CanonicalVariant, ...]) -> str:
    known = [variant.quantity for variant in variants if variant.quantity is not None]
    unknown = len(variants) - len(known)
    if not known:
        return "unknown"
    return str(sum(known)) + (f", unknown for {_count(unknown, 'variant')}" if unknown else "")


def _price(variants: tuple[CanonicalVariant, ...]) -> str:
    prices = [variant.price for variant in variants if variant.price is not None]
    if not prices:
        return "missing"
    ranges = []
    for currency in dict.fromkeys(price.currency for price in prices):
        amounts = [price.amount for price in prices if price.currency == currency]
        low, high = min(amounts), max(amounts)
        ranges.append(f"{low:f} {currency}" if low == high else f"{low:f} to {high:f} {currency}")
    missing = len(variants) - len(prices)
    return ", ".join(ranges) + (f", missing for {_count(missing, 'variant')}" if missing else "")


def _variants(listing: CanonicalListing) -> str:
    options = "; ".join(f"{option.name}: {', '.join(option.values)}" for option in listing.options)
    buried = listing.buried_variants
    suggested = f" (in its text: {buried.option_name} {', '.join(buried.values)})" if buried else ""
    return (_count(len(listing.variants), "variant") + (f", {options}" if options else "") + suggested)[:1000]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
