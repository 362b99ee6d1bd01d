"""What a payload shows in eBay's own words, before it is made canonical: one shape for both APIs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from truestock.contracts.listing import ListingState
from truestock.marketplaces.decoded import as_object, objects


@dataclass(frozen=True, slots=True)
class SeenVariant:
    """One variant; values of any type, as they were sent."""

    sku: Any
    gtins: tuple[Any, ...]
    options: tuple[tuple[Any, Any], ...]
    quantity: int | None
    amount: Any
    currency: Any
    several_offers: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """One listing; values of any type, as they were sent."""

    state: ListingState
    title: Any
    description: Any
    photos: Any
    variants: tuple[SeenVariant, ...]
    url: str | None = None
    brand: Any = None
    category: Any = None
    condition: Any = None
    listing_format: Any = None
    policies: Mapping[str, Any] = field(default_factory=dict)
    specifics: Mapping[str, Any] = field(default_factory=dict)
    missing_members: int = 0


def mapping(value: Any, *names: str) -> Mapping[str, Any]:
    """The object behind these names; an empty one where there is none."""
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return as_object(value)


def rows(value: Any) -> list[Mapping[str, Any]]:
    """The objects of a list; nothing for anything else."""
    return list(objects(value))


def whole(value: Any) -> int | None:
    """A count: a number that is not negative, or digits; None for anything else."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    return value if type(value) is int and 0 <= value < 10**9 else None
