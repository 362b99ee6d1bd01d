"""A representative and reproducible sample (rule: importer 2)."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import blake2b

from truestock.contracts.listing import CanonicalListing, ListingState

MANY_PHOTOS = 8
CATEGORY = "category:"
DISTINCT_CATEGORIES = "distinct_categories"

EXTREMES = ("highest_price", "lowest_price", "longest_title")
PLAIN = (
    "with_variants",
    "without_variants",
    "variants_in_text",
    "no_sku",
    "zero_stock",
    "unknown_stock",
    "many_photos",
    "no_photo",
    "not_published",
)
STRATA = (*PLAIN, *EXTREMES, DISTINCT_CATEGORIES)


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a scan keeps of a listing: the plain strata it is in, and what the extremes need."""

    listing_id: str
    strata: tuple[str, ...]
    price: Decimal | None
    title_length: int
    category: str | None
    skus: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many listings of the catalogue and of the sample are in a stratum.

    For ``distinct_categories``: how many categories.
    """

    stratum: str
    in_catalogue: int
    in_sample: int


def facts_of(listing: CanonicalListing) -> Facts:
    """The stratum facts of one listing."""
    variants = listing.variants
    prices = [variant.price.amount for variant in variants if variant.price is not None]
    is_in = {
        "with_variants": len(variants) > 1,
        "without_variants": len(variants) == 1,
        "variants_in_text": listing.buried_variants is not None,
        "no_sku": any(variant.sku is None for variant in variants),
        "zero_stock": any(variant.quantity == 0 for variant in variants),
        "unknown_stock": any(variant.quantity is None for variant in variants),
        "many_photos": len(listing.photos) >= MANY_PHOTOS,
        "no_photo": not listing.photos,
        "not_published": listing.channel.state not in (ListingState.ACTIVE, ListingState.SOLD_OUT),
    }
    return Facts(
        listing_id=listing.listing_id,
        strata=tuple(name for name in PLAIN if is_in[name]),
        price=max(prices) if prices else None,
        title_length=len(listing.title),
        category=listing.channel.category_id,
        skus=skus_of(listing),
    )


def skus_of(listing: CanonicalListing) -> tuple[str, ...]:
    """The SKUs of a listing, each once."""
    return tuple(sorted({variant.sku for variant in listing.variants if variant.sku}))


def pick(facts: Sequence[Facts], size: int, seed: int, exclude: Collection[str] = ()) -> tuple[str, ...]:
    """Choose listings so that as many strata as possible are covered, then fill up.

    The order in which the marketplace gave the listings does not matter: ties are broken by a hash
    of seed and listing id, so the same catalogue and seed give the same sample.
    """
    members = _members(facts)
    left = sorted(
        (fact for fact in facts if fact.listing_id not in set(exclude)), key=lambda fact: _rank(seed, fact)
    )
    picked: list[str] = []
    covered: set[str] = set()
    while left and len(picked) < size:
        # Named strata weigh more than any number of further categories; max() keeps the first of equals.
        best = max(left, key=lambda fact: _gain(members[fact.listing_id] - covered))
        if not members[best.listing_id] - covered:
            picked += [fact.listing_id for fact in left[: size - len(picked)]]
            break
        left.remove(best)
        picked.append(best.listing_id)
        covered |= members[best.listing_id]
    return tuple(picked)


def replacement(
    facts: Sequence[Facts], kept: Collection[str], replaced: str, seed: int, exclude: Collection[str]
) -> str | None:
    """Another listing for one that an operator replaces: the one that restores most of the lost strata."""
    members = _members(facts)
    lost = members.get(replaced, set()) - {name for kept_id in kept for name in members.get(kept_id, ())}
    unusable = {*kept, replaced, *exclude}
    candidates = [fact for fact in facts if fact.listing_id not in unusable]
    if not candidates:
        return None
    best = min(
        candidates,
        key=lambda fact: (_negative(_gain(members[fact.listing_id] & lost)), _rank(seed, fact)),
    )
    return best.listing_id


def coverage(facts: Sequence[Facts], sample: Collection[str]) -> tuple[Coverage, ...]:
    """Which strata the catalogue has and which of them the sample covers, in a fixed order."""
    chosen = set(sample)
    members = _members(facts)
    catalogue: Counter[str] = Counter()
    sampled: Counter[str] = Counter()
    for listing_id, names in members.items():
        catalogue.update(names)
        if listing_id in chosen:
            sampled.update(names)
    plain = [Coverage(name, catalogue[name], sampled[name]) for name in (*PLAIN, *EXTREMES)]
    categories = Coverage(DISTINCT_CATEGORIES, _distinct(catalogue), _distinct(sampled))
    return (*plain, categories)


def _members(facts: Iterable[Facts]) -> dict[str, set[str]]:
    facts = list(facts)
    prices = [fact.price for fact in facts if fact.price is not None]
    highest, lowest = (max(prices), min(prices)) if prices else (None, None)
    longest = max((fact.title_length for fact in facts), default=0)
    members: dict[str, set[str]] = {}
    for fact in facts:
        names = set(fact.strata)
        if fact.price is not None:
            names |= {"highest_price"} if fact.price == highest else set()
            names |= {"lowest_price"} if fact.price == lowest else set()
        if fact.title_length == longest:
            names.add("longest_title")
        if fact.category is not None:
            names.add(f"{CATEGORY}{fact.category}")
        members[fact.listing_id] = names
    return members


def _gain(names: set[str]) -> tuple[int, int]:
    categories = sum(name.startswith(CATEGORY) for name in names)
    return len(names) - categories, categories


def _negative(gain: tuple[int, int]) -> tuple[int, int]:
    return -gain[0], -gain[1]


def _rank(seed: int, fact: Facts) -> bytes:
    return blake2b(f"{seed}:{fact.listing_id}".encode(), digest_size=16).digest()


def _distinct(counted: Counter[str]) -> int:
    return sum(1 for name, count in counted.items() if count and name.startswith(CATEGORY))
