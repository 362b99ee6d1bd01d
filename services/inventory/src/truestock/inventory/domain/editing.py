"""Edits of the internal record: by hand, or by accepting what a later import proposed."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from msgspec import Struct, field
from msgspec.structs import replace

from truestock.contracts.listing import CanonicalVariant, Option, OptionValue, Photo
from truestock.contracts.problem import Refusal, RefusalKind, not_found
from truestock.contracts.values import Money
from truestock.inventory.domain.building import opening
from truestock.inventory.domain.known import Mint, match_key
from truestock.inventory.domain.model import Item, ListedVariant, Movement, Variant
from truestock.inventory.domain.policies import ChannelRule
from truestock.inventory.domain.pricing import price_intent
from truestock.inventory.domain.records import Proposal
from truestock.inventory.domain.refining import Difference


class Edit(Struct, frozen=True):
    """New values of shared fields (name → value), and per variant (attribute → value)."""

    fields: dict[str, Any] = field(default_factory=dict)
    variants: dict[UUID, dict[str, Any]] = field(default_factory=dict)

    def skus(self) -> tuple[str, ...]:
        """The SKUs that the edit gives to variants."""
        return tuple(sorted(values["sku"] for values in self.variants.values() if values.get("sku")))


def edit(item: Item, change: Edit) -> Item:
    """The item with the edit applied; raises Refusal for a variant that it does not have."""
    fields = item.fields.model_copy(update=change.fields) if change.fields else item.fields
    variants = list(item.variants)
    for variant_id, values in change.variants.items():
        place = next((n for n, v in enumerate(variants) if v.variant_id == variant_id), None)
        if place is None:
            raise not_found("variant", variant_id)
        variants[place] = replace(variants[place], **values)
    skus = [variant.sku for variant in variants if variant.sku]
    mine = [sku for sku in change.skus() if skus.count(sku) > 1]
    if mine:
        raise Refusal(
            "sku_taken",
            f"SKU {mine[0]} would be on two variants of the item.",
            remedy="Give each variant its own SKU.",
        )
    return _rekeyed(replace(item, fields=fields, variants=tuple(variants), touches=item.touches + 1))


def accept_proposal(
    item: Item, proposal: Proposal, keys: Sequence[str], rule: ChannelRule, by: str, mint: Mint
) -> tuple[Item, tuple[Movement, ...]]:
    """The item with the accepted differences taken over; the listing's proposal is closed.

    A new variant enters with an opening movement. Raises Refusal for unknown or informational keys.
    """
    by_key = {difference.key: difference for difference in proposal.differences}
    movements: list[Movement] = []
    for key in dict.fromkeys(keys):
        difference = by_key.get(key)
        if difference is None or not difference.acceptable:
            raise Refusal(
                "field_not_acceptable",
                f"{key} is not a field that this proposal can write.",
                remedy="Choose from the acceptable ones; stock changes by a movement or a count.",
                kind=RefusalKind.INVALID,
                acceptable=[d.key for d in proposal.differences if d.acceptable],
            )
        item, movement = _take_over(item, difference, proposal, rule, by, mint)
        movements += movement
    listings = tuple(
        replace(listing, proposal_id=None) if listing.proposal_id == proposal.proposal_id else listing
        for listing in item.listings
    )
    touches = item.touches + bool(keys)
    return _rekeyed(replace(item, listings=listings, touches=touches)), tuple(movements)


def _take_over(
    item: Item, difference: Difference, proposal: Proposal, rule: ChannelRule, by: str, mint: Mint
) -> tuple[Item, list[Movement]]:
    key, value = difference.key, difference.value
    if key.startswith("variants.added."):
        return _add_variant(item, CanonicalVariant.model_validate(value), proposal, rule, by, mint)
    if difference.variant_id is not None:
        variant = item.variant(difference.variant_id)
        if variant is None:
            raise not_found("variant", difference.variant_id)
        attribute = key.rsplit(".", 1)[1]
        if attribute == "price":
            value = Money.model_validate(value)
        elif attribute == "options":
            value = tuple(OptionValue.model_validate(each) for each in value)
        return item.with_variant(replace(variant, **{attribute: value})), []
    if key == "photos":
        value = tuple(Photo.model_validate(each) for each in value)
    return replace(item, fields=item.fields.model_copy(update={key: value})), []


def _add_variant(
    item: Item, shown: CanonicalVariant, proposal: Proposal, rule: ChannelRule, by: str, mint: Mint
) -> tuple[Item, list[Movement]]:
    variant = Variant(
        variant_id=mint.new_id(),
        sku=shown.sku,
        gtin=shown.gtin,
        options=shown.options,
        on_hand=shown.quantity,
        price=price_intent(shown.price, rule.rule),
    )
    reason = f"added from listing {proposal.listing_id}"
    listings = tuple(
        replace(
            listing,
            variants=(
                *listing.variants,
                ListedVariant(shown.external_id, variant.variant_id, shown.enabled),
            ),
        )
        if listing.key == (proposal.connection_id, proposal.listing_id)
        else listing
        for listing in item.listings
    )
    item = replace(item, variants=(*item.variants, variant), listings=listings)
    return item, [opening(item, variant, reason, by, mint)]


def _rekeyed(item: Item) -> Item:
    """Options and match key follow from the variants and the title."""
    values: dict[str, dict[str, None]] = {option.name: {} for option in item.fields.options}
    for variant in item.variants:
        for option in variant.options:
            values.setdefault(option.name, {})[option.value] = None
    known = {option.name: option.values for option in item.fields.options}
    options = tuple(
        Option(name=name, values=_in_order(known.get(name, ()), tuple(used)))
        for name, used in values.items()
        if used
    )
    fields = (
        item.fields if options == item.fields.options else item.fields.model_copy(update={"options": options})
    )
    key = match_key(fields.title, (variant.signature for variant in item.variants))
    return replace(item, fields=fields, match_key=key)


def _in_order(before: tuple[str, ...], used: tuple[str, ...]) -> tuple[str, ...]:
    """The values in the order they had, new ones at the end."""
    return (*(value for value in before if value in used), *(value for value in used if value not in before))
