"""What a later import may do to an item: fill what is empty, propose the rest, never write stock.

Domain rules, inventory 1 and 2.
"""

from collections.abc import Callable, Iterator
from hashlib import blake2b
from typing import Any
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from truestock.contracts.listing import CanonicalListing, CanonicalVariant
from truestock.contracts.values import Money
from truestock.inventory.domain.availability import available
from truestock.inventory.domain.identity import Match
from truestock.inventory.domain.model import Item, Variant
from truestock.inventory.domain.ownership import import_may_fill
from truestock.inventory.domain.policies import ChannelRule
from truestock.inventory.domain.pricing import channel_price, price_intent, prices_differ

SkuIsFree = Callable[[str], bool]


class Difference(Struct, frozen=True):
    """One field on which inventory and the marketplace disagree, as text for people.

    ``value`` is what accepting would write (JSON); a difference that is not ``acceptable`` is information.
    """

    key: str
    inventory: str | None
    marketplace: str | None
    acceptable: bool
    value: Any = None
    variant_id: UUID | None = None


class Refinement(Struct, frozen=True):
    """The item with its empty fields filled, what was filled (field key → value), and the differences."""

    item: Item
    filled: dict[str, Any]
    differences: tuple[Difference, ...]


def refine(
    item: Item,
    listing: CanonicalListing,
    match: Match,
    rule: ChannelRule,
    buffer: int,
    sku_is_free: SkuIsFree,
) -> Refinement:
    """Compare a later import with the item. The item's stock is the same afterwards, whatever was shown."""
    filled: dict[str, Any] = {}
    differences: list[Difference] = []
    fields: dict[str, Any] = {}
    for name in ("title", "description", "brand", "photos"):
        ours, shown = getattr(item.fields, name), getattr(listing, name)
        if not shown or _same(ours, shown):
            continue
        if not ours and import_may_fill(name):
            fields[name] = filled[name] = shown
        else:
            differences.append(Difference(name, _text(ours), _text(shown), True, as_json(shown)))
    refined = replace(item, fields=item.fields.model_copy(update=fields)) if fields else item
    for shown_variant, variant in match.pairs:
        after = _fill(variant, shown_variant, rule, sku_is_free, filled)
        differences += _compare(after, shown_variant, rule, buffer)
        if after is not variant:
            refined = refined.with_variant(after)
    if not match.split_group:
        differences += _structure(match)
    return Refinement(refined, filled, tuple(differences))


def digest(differences: tuple[Difference, ...]) -> str:
    """Identifies a set of differences, so that what was decided is not proposed again."""
    if not differences:
        return ""
    seen = sorted((each.key, each.inventory, each.marketplace) for each in differences)
    return blake2b(repr(seen).encode(), digest_size=16).hexdigest()


def _fill(
    variant: Variant,
    shown: CanonicalVariant,
    rule: ChannelRule,
    sku_is_free: SkuIsFree,
    filled: dict[str, Any],
) -> Variant:
    prefix = f"variants.{variant.variant_id}"
    if variant.sku is None and shown.sku is not None and sku_is_free(shown.sku):
        variant = replace(variant, sku=shown.sku)
        filled[f"{prefix}.sku"] = shown.sku
    if variant.gtin is None and shown.gtin is not None:
        variant = replace(variant, gtin=shown.gtin)
        filled[f"{prefix}.gtin"] = shown.gtin
    if not variant.options and shown.options:
        variant = replace(variant, options=shown.options)
        filled[f"{prefix}.options"] = shown.options
    if variant.price is None and shown.price is not None:
        variant = replace(variant, price=price_intent(shown.price, rule.rule))
        filled[f"{prefix}.price"] = variant.price
    return variant


def _compare(
    variant: Variant, shown: CanonicalVariant, rule: ChannelRule, buffer: int
) -> Iterator[Difference]:
    prefix, vid = f"variants.{variant.variant_id}", variant.variant_id
    if shown.sku is not None and shown.sku != variant.sku:
        yield Difference(f"{prefix}.sku", variant.sku, shown.sku, True, shown.sku, vid)
    if shown.gtin is not None and shown.gtin != variant.gtin:
        yield Difference(f"{prefix}.gtin", variant.gtin, shown.gtin, True, shown.gtin, vid)
    if shown.options and shown.signature != variant.signature:
        texts = _options(variant.options), _options(shown.options)
        yield Difference(f"{prefix}.options", *texts, True, as_json(shown.options), vid)
    expected = channel_price(variant.price, rule.rule)
    if shown.price is not None and prices_differ(expected, shown.price, rule.tolerance):
        intent = price_intent(shown.price, rule.rule)
        yield Difference(f"{prefix}.price", _price(expected), str(shown.price), True, as_json(intent), vid)
    expected_quantity = (variant.on_hand, available(variant.on_hand, buffer))
    if shown.quantity is not None and shown.quantity not in expected_quantity:
        ours = None if variant.on_hand is None else str(variant.on_hand)
        yield Difference(f"{prefix}.quantity", ours, str(shown.quantity), False, None, vid)


def _structure(match: Match) -> Iterator[Difference]:
    for added in match.added:
        text = _options(added.options) or added.sku or "a variant"
        key = f"variants.added.{added.sku or text}"
        yield Difference(key, None, text, True, added.model_dump(mode="json"))
    for missing in match.missing:
        text = _options(missing.options) or missing.sku or "the variant"
        yield Difference(f"variants.{missing.variant_id}.shown", text, None, False, None, missing.variant_id)


def _same(ours: Any, shown: Any) -> bool:
    if isinstance(ours, tuple):
        return [photo.url for photo in ours] == [photo.url for photo in shown]
    return bool(ours == shown)


def _text(value: Any) -> str | None:
    if isinstance(value, tuple):
        return f"{len(value)} photos: " + " ".join(photo.url for photo in value)
    return value or None


def _options(options: tuple[Any, ...]) -> str:
    return ", ".join(f"{option.name} {option.value}" for option in options)


def _price(price: Money | None) -> str | None:
    return None if price is None else str(price)


def as_json(value: Any) -> Any:
    """A field's value as it is stored in proposals and in the journal."""
    if isinstance(value, tuple):
        return [each.model_dump(mode="json") for each in value]
    return value.model_dump(mode="json") if hasattr(value, "model_dump") else value
