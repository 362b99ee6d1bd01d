"""Domain values to columns and back. Rows were validated when they were written, so reading trusts them."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import orjson

from truestock.contracts.events import BatchKind, SeedOutcome, SharedFields
from truestock.contracts.listing import OptionValue
from truestock.contracts.values import Marketplace, Money
from truestock.inventory.domain.model import (
    ChannelListing,
    Item,
    ItemState,
    ListedVariant,
    ListingState,
    Movement,
    MovementKind,
    Variant,
)
from truestock.inventory.domain.records import Effects, JournalEntry
from truestock.inventory.domain.refining import as_json


def item(row: Any, variants: Iterable[Variant], listings: Iterable[ChannelListing]) -> Item:
    """An item from its row."""
    return Item(
        item_id=row.item_id,
        workspace_id=row.workspace_id,
        version=row.version,
        state=ItemState(row.state),
        fields=SharedFields.model_validate_json(row.fields),
        variants=tuple(variants),
        listings=tuple(listings),
        match_key=row.match_key,
        touches=row.touches,
        split_id=row.split_id,
        split_digest=row.split_digest,
    )


def variant(row: Any) -> Variant:
    """A variant from its row."""
    price = None
    if row.price_amount is not None:
        price = Money.model_construct(amount=row.price_amount, currency=row.price_currency)
    return Variant(
        variant_id=row.variant_id,
        sku=row.sku,
        gtin=row.gtin,
        options=_options(orjson.loads(row.options)),
        on_hand=row.on_hand,
        confirmed=row.confirmed,
        price=price,
        split_id=row.split_id,
    )


def listing(row: Any) -> ChannelListing:
    """A channel listing from its row."""
    return ChannelListing(
        workspace_id=row.workspace_id,
        connection_id=row.connection_id,
        listing_id=row.listing_id,
        marketplace=Marketplace(row.marketplace),
        account_id=row.account_id,
        sequence=row.sequence,
        batch_id=row.batch_id,
        batch_kind=BatchKind(row.batch_kind),
        state=ListingState(row.state),
        item_id=row.item_id,
        variants=_listed(orjson.loads(row.variants)),
        channel=None if row.channel is None else orjson.loads(row.channel),
        currency_missing=row.currency_missing,
        fingerprint=row.fingerprint,
        push_allowed=row.push_allowed,
        held_id=row.held_id,
        proposal_id=row.proposal_id,
        proposal_digest=row.proposal_digest,
        revision=row.revision,
    )


def movement(row: Any) -> Movement:
    """A line of the ledger from its row."""
    return Movement(
        row.movement_id,
        row.workspace_id,
        row.item_id,
        row.variant_id,
        MovementKind(row.kind),
        row.quantity,
        row.reason,
        row.by,
        row.at,
    )


def options_json(options: tuple[OptionValue, ...]) -> str:
    """[[name, value], …]"""
    return _dumps([(option.name, option.value) for option in options])


def listed_json(variants: tuple[ListedVariant, ...]) -> str:
    """[[external id, variant id, enabled], …]"""
    return _dumps([(v.external_id, v.variant_id, v.enabled) for v in variants])


def json_text(value: Any) -> str:
    """JSON as PostgreSQL takes it; NUL cannot be stored and means nothing in a text."""
    return _dumps(value).replace("\\u0000", "")


def effects_json(effects: Effects) -> str:
    """The journal's line; what did not happen is left out."""
    body: dict[str, Any] = {}
    if effects.created:
        body["created"] = True
    if effects.before is not None:
        body["before"] = _listing_json(effects.before)
    if effects.filled:
        body["filled"] = {key: as_json(value) for key, value in effects.filled.items()}
    if effects.opened:
        body["opened"] = effects.opened
    if effects.superseded:
        body["superseded"] = effects.superseded
    return _dumps(body)


def journal_entry(row: Any) -> JournalEntry:
    """A line of the journal from its row."""
    body = orjson.loads(row.effects)
    before = body.get("before")
    return JournalEntry(
        seeding_id=row.seeding_id,
        workspace_id=row.workspace_id,
        connection_id=row.connection_id,
        listing_id=row.listing_id,
        batch_id=row.batch_id,
        item_id=row.item_id,
        outcome=SeedOutcome(row.outcome),
        effects=Effects(
            created=body.get("created", False),
            before=_listing_from_json(row, before) if before else None,
            filled=body.get("filled", {}),
            opened=tuple(UUID(each) for each in body.get("opened", ())),
            superseded=tuple(UUID(each) for each in body.get("superseded", ())),
        ),
        at=row.at,
    )


def _listing_json(before: ChannelListing) -> dict[str, Any]:
    names = [
        "marketplace",
        "account_id",
        "sequence",
        "batch_id",
        "batch_kind",
        "state",
        "item_id",
        "channel",
        "currency_missing",
        "fingerprint",
        "push_allowed",
        "held_id",
        "proposal_id",
        "proposal_digest",
        "revision",
    ]
    body = {name: getattr(before, name) for name in names}
    return body | {"variants": [(v.external_id, v.variant_id, v.enabled) for v in before.variants]}


def _listing_from_json(row: Any, body: dict[str, Any]) -> ChannelListing:
    def uuid(name: str) -> UUID | None:
        return UUID(body[name]) if body[name] else None

    return ChannelListing(
        workspace_id=row.workspace_id,
        connection_id=row.connection_id,
        listing_id=row.listing_id,
        marketplace=Marketplace(body["marketplace"]),
        account_id=body["account_id"],
        sequence=body["sequence"],
        batch_id=UUID(body["batch_id"]),
        batch_kind=BatchKind(body["batch_kind"]),
        state=ListingState(body["state"]),
        item_id=uuid("item_id"),
        variants=_listed(body["variants"]),
        channel=body["channel"],
        currency_missing=body["currency_missing"],
        fingerprint=body["fingerprint"],
        push_allowed=body["push_allowed"],
        held_id=uuid("held_id"),
        proposal_id=uuid("proposal_id"),
        proposal_digest=body["proposal_digest"],
        revision=body["revision"],
    )


def _options(pairs: list[list[str]]) -> tuple[OptionValue, ...]:
    return tuple(OptionValue.model_construct(name=name, value=value) for name, value in pairs)


def _listed(triples: list[list[Any]]) -> tuple[ListedVariant, ...]:
    return tuple(
        ListedVariant(external, UUID(variant_id), enabled) for external, variant_id, enabled in triples
    )


def _dumps(value: Any) -> str:
    # asyncpg's UUIDs are a subclass that orjson does not know.
    return orjson.dumps(value, default=str).decode()
