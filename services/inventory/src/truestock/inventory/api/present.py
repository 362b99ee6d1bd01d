"""Domain values as responses."""

from typing import Any
from uuid import UUID

import orjson

from truestock.contracts.problem import Refusal
from truestock.inventory.api import responses
from truestock.inventory.api.requests import PoliciesBody, PriceRuleIn
from truestock.inventory.domain.counting import Count
from truestock.inventory.domain.model import Item, ListingState, Movement
from truestock.inventory.domain.policies import Policies
from truestock.inventory.usecases.decide_held import HeldResult


def item(found: Item) -> responses.ItemBody:
    """An item in full. A variant counts as enabled unless all its listings switched it off."""
    on: set[UUID] = set()
    off: set[UUID] = set()
    for listing in found.listings:
        for shown in listing.variants:
            (on if shown.enabled else off).add(shown.variant_id)
    return responses.ItemBody(
        item_id=found.item_id,
        revision=found.version,
        state=found.state,
        title=found.fields.title,
        description=found.fields.description,
        brand=found.fields.brand,
        photos=list(found.fields.photos),
        options=list(found.fields.options),
        variants=[
            responses.VariantBody(
                variant_id=v.variant_id,
                sku=v.sku,
                gtin=v.gtin,
                options=list(v.options),
                on_hand=v.on_hand,
                confirmed=v.confirmed,
                price=v.price,
                enabled=v.variant_id in on or v.variant_id not in off,
            )
            for v in found.variants
        ],
        channel_listings=[
            responses.ChannelListingBody(
                connection_id=each.connection_id,
                listing_id=each.listing_id,
                marketplace=each.marketplace.value,
                account_id=each.account_id,
                state=each.state,
                fingerprint=each.fingerprint,
                push_allowed=each.push_allowed and each.state is ListingState.LINKED,
                batch_id=each.batch_id,
                url=(each.channel or {}).get("url"),
                channel={k: v for k, v in (each.channel or {}).items() if k not in ("url", "keys")},
            )
            for each in found.listings
        ],
        open_split=found.split_id,
    )


def movement(row: Any | Movement) -> responses.MovementBody:
    """A line of the ledger."""
    return responses.MovementBody(
        movement_id=row.movement_id,
        variant_id=row.variant_id,
        kind=row.kind,
        quantity=row.quantity,
        reason=row.reason,
        who=row.by,
        at=row.at,
    )


def count(done: Count) -> responses.CountBody:
    """A count."""
    return responses.CountBody(
        count_id=done.count_id,
        state="accepted" if done.accepted_by else "open",
        lines=[
            responses.CountLineBody(
                variant_id=line.variant_id,
                counted=line.counted,
                on_hand=line.on_hand,
                difference=line.difference,
            )
            for line in done.lines
        ],
        reason=done.reason,
        counted_by=done.counted_by,
        counted_at=done.counted_at,
        accepted_by=done.accepted_by,
        revision=done.revision,
    )


def held(row: Any) -> responses.HeldBody:
    """A held listing; its title comes from the import that it keeps."""
    return responses.HeldBody(
        held_id=row.held_id,
        connection_id=row.connection_id,
        batch_id=row.batch_id,
        listing_id=row.listing_id,
        title=orjson.loads(row.imported)["listing"]["title"],
        code=row.code,
        reasons=[row.reason],
        candidates=orjson.loads(row.candidate_items),
        state=row.state,
        revision=row.revision,
    )


def held_result(result: HeldResult) -> responses.HeldResultBody:
    """One decision's result."""
    refusal: Refusal | None = result.refusal
    return responses.HeldResultBody(
        held_id=result.held_id,
        state="refused" if refusal else "decided",
        outcome=result.outcome,
        item_id=result.item_id,
        problem=refusal.as_problem() if refusal else None,
    )


def split(row: Any) -> responses.SplitBody:
    """A split proposal."""
    return responses.SplitBody(
        split_id=row.split_id,
        item_id=row.item_id,
        variant_id=row.variant_id,
        connection_id=row.connection_id,
        listing_id=row.listing_id,
        batch_id=row.batch_id,
        title=row.title,
        option_name=row.option_name,
        values=list(row.option_values),
        evidence=row.evidence,
        on_hand=row.on_hand,
        state=row.state,
        decision=row.decision,
        revision=row.revision,
    )


def proposal(row: Any) -> responses.ProposalBody:
    """A change proposal."""
    return responses.ProposalBody(
        proposal_id=row.proposal_id,
        item_id=row.item_id,
        connection_id=row.connection_id,
        listing_id=row.listing_id,
        batch_id=row.batch_id,
        title=row.title,
        fields={each["key"]: each for each in orjson.loads(row.differences)},
        state=row.state,
        decision=row.decision,
        revision=row.revision,
    )


def policies(found: Policies) -> PoliciesBody:
    """The policies."""
    return PoliciesBody(
        buffers=dict(found.buffers),
        price_rules={
            connection_id: PriceRuleIn(kind=rule.rule.kind, value=rule.rule.value, tolerance=rule.tolerance)
            for connection_id, rule in found.price_rules.items()
        },
        revision=found.revision,
    )


def page(bodies: list[Any], limit: int, last: str | None) -> dict[str, Any]:
    """A page; there may be more when it is full."""
    return {"items": bodies, "next_cursor": last if len(bodies) == limit else None}
