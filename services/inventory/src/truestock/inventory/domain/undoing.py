"""Taking a batch (or a whole connection) back: exactly what was there before.

Domain rules, importer 9: items nobody touched since seeding are archived, with reversal movements and
a tombstone; touched items, and items that other listings have too, are only unlinked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from truestock.inventory.domain.known import Mint, match_key
from truestock.inventory.domain.model import (
    ChannelListing,
    Item,
    ItemState,
    ListingKey,
    ListingState,
    Movement,
    MovementKind,
)
from truestock.inventory.domain.policies import Policies
from truestock.inventory.domain.records import JournalEntry
from truestock.inventory.domain.refining import as_json
from truestock.inventory.domain.sync import changed, refreshed


@dataclass(slots=True)
class Undone:
    """What an undo does (or would do). ``items`` and ``listings`` are the new states."""

    archive: list[UUID] = field(default_factory=list)
    unlink: list[UUID] = field(default_factory=list)
    restore: list[UUID] = field(default_factory=list)
    items: dict[UUID, Item] = field(default_factory=dict)
    listings: dict[ListingKey, ChannelListing] = field(default_factory=dict)
    movements: list[Movement] = field(default_factory=list)
    withdrawn: list[UUID] = field(default_factory=list)
    reopened: list[UUID] = field(default_factory=list)


def undo(
    entries: Sequence[JournalEntry],
    listings: Mapping[ListingKey, ChannelListing],
    items: Mapping[UUID, Item],
    policies: Mapping[UUID, Policies],
    by: str,
    reason: str,
    mint: Mint,
) -> Undone:
    """Take the journal's entries back, newest first. Pure: a preview is the same call, not stored."""
    done = Undone(items=dict(items), listings=dict(listings))
    touched: set[UUID] = set()
    created: set[UUID] = set()
    for entry in sorted(entries, key=lambda each: (each.at, each.seeding_id), reverse=True):
        key = (entry.connection_id, entry.listing_id)
        done.withdrawn += entry.effects.opened
        now = done.listings.get(key)
        if entry.effects.created and entry.item_id is not None:
            created.add(entry.item_id)
        filled = entry.effects.filled
        if filled and entry.item_id in done.items and _take_back(done, done.items[entry.item_id], filled):
            touched.add(entry.item_id)
        if now is not None:
            touched |= _restore_listing(done, now, entry)
    withdrawn = set(done.withdrawn)
    for item_id in sorted(created | touched):
        item = done.items.get(item_id)
        if item is None or item.state is not ItemState.ACTIVE:
            continue
        if item.split_id in withdrawn:
            item = replace(item, split_id=None, split_digest="")
        if item_id in created and not item.listings and not item.touches:
            _archive(done, item, by, reason, mint)
        else:
            _next_version(done, items[item_id], item, policies.get(item.workspace_id) or Policies())
    done.items = {key: item for key, item in done.items.items() if item != items.get(key)}
    done.listings = {key: each for key, each in done.listings.items() if each != listings.get(key)}
    return done


def _next_version(done: Undone, before: Item, item: Item, policies: Policies) -> None:
    """A new version where the undo changed something that others see, not for new external ids."""
    lost = len(item.listings) < len(before.listings)
    seen = {listing.key: (listing.state, listing.fingerprint) for listing in before.listings}
    same = refreshed(item, policies)[0]
    unchanged = seen == {listing.key: (listing.state, listing.fingerprint) for listing in same.listings}
    if unchanged and replace(item, listings=()) == replace(before, listings=()):
        done.items[item.item_id] = same
        return
    (done.unlink if lost else done.restore).append(item.item_id)
    done.items[item.item_id], _ = changed(item, policies)


def _restore_listing(done: Undone, now: ChannelListing, entry: JournalEntry) -> set[UUID]:
    """Put the channel listing back to what it was before this seeding; returns the items concerned."""
    before = entry.effects.before
    if before is not None and now.batch_id != entry.batch_id and before.item_id == now.item_id:
        return set()  # a later batch owns what the listing shows now, and the link is older than this batch
    back = replace(before, sequence=now.sequence, revision=now.revision) if before else _unlinked(now)
    concerned: set[UUID] = set()
    for item_id in {now.item_id, back.item_id} - {None}:
        item = done.items.get(item_id) if item_id else None
        if item is None:
            continue
        if item.state is ItemState.ARCHIVED and back.item_id == item_id:
            back = _unlinked(now)
        done.items[item.item_id] = item.with_listing(back)
        concerned.add(item.item_id)
    done.listings[back.key] = back
    done.reopened += entry.effects.superseded
    return concerned


def _unlinked(listing: ChannelListing) -> ChannelListing:
    """Known by its sequence only, so that a corrected import seeds afresh and a stale one does not."""
    return replace(
        listing,
        state=ListingState.UNLINKED,
        item_id=None,
        variants=(),
        fingerprint="",
        push_allowed=False,
        held_id=None,
        proposal_id=None,
        proposal_digest="",
    )


def _take_back(done: Undone, item: Item, filled: Mapping[str, Any]) -> bool:
    """Empty again what the import filled, unless somebody wrote something else there since."""
    fields: dict[str, Any] = {}
    for key, value in filled.items():
        if not key.startswith("variants."):
            if as_json(getattr(item.fields, key)) == as_json(value):
                fields[key] = {"description": "", "brand": None, "photos": (), "title": ""}[key]
            continue
        variant_id, attribute = key.split(".")[1:]
        variant = item.variant(UUID(variant_id))
        if variant is not None and as_json(getattr(variant, attribute)) == as_json(value):
            empty: dict[str, Any] = {attribute: () if attribute == "options" else None}
            item = item.with_variant(replace(variant, **empty))
    back = replace(item, fields=item.fields.model_copy(update=fields))
    back = replace(back, match_key=match_key(back.fields.title, (v.signature for v in back.variants)))
    changed_ = back != done.items[item.item_id]
    done.items[item.item_id] = back
    return changed_


def _archive(done: Undone, item: Item, by: str, reason: str, mint: Mint) -> None:
    done.archive.append(item.item_id)
    for variant in item.variants:
        if variant.on_hand:
            done.movements.append(
                Movement(
                    mint.new_id(),
                    item.workspace_id,
                    item.item_id,
                    variant.variant_id,
                    MovementKind.REVERSAL,
                    -variant.on_hand,
                    reason,
                    by,
                    mint.now,
                )
            )
    variants = tuple(replace(v, on_hand=0 if v.on_hand else v.on_hand) for v in item.variants)
    done.items[item.item_id] = replace(
        item, version=item.version + 1, state=ItemState.ARCHIVED, variants=variants, split_id=None
    )
