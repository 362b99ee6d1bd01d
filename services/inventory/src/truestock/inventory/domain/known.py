"""The working set of one batch: what was loaded, and what the batch has decided so far.

Decisions read it and put their results back, so collisions inside a batch are resolved one after
another: a record sees what the records before it created.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from uuid import UUID

from msgspec import Struct

from truestock.contracts.listing import CanonicalListing
from truestock.inventory.domain.identity import choice
from truestock.inventory.domain.model import ChannelListing, Item, ItemState, ListingKey, Signature
from truestock.inventory.domain.policies import Policies

_NOT_WORDS = re.compile(r"[\W_]+")


class Mint(Struct, frozen=True):
    """Where new ids and the time come from, so that decisions have neither a clock nor chance in them."""

    new_id: Callable[[], UUID]
    now: datetime


@dataclass(slots=True)
class Known:
    """Everything that a batch's decisions may depend on, in memory; all look-ups are per workspace."""

    items: dict[UUID, Item] = field(default_factory=dict)
    listings: dict[ListingKey, ChannelListing] = field(default_factory=dict)
    policies: dict[UUID, Policies] = field(default_factory=dict)
    disconnected_at: dict[UUID, datetime] = field(default_factory=dict)
    undone_batches: set[UUID] = field(default_factory=set)
    _by_sku: dict[tuple[UUID, str], set[tuple[UUID, UUID]]] = field(default_factory=dict)
    _by_match_key: dict[tuple[UUID, str], set[UUID]] = field(default_factory=dict)
    _keys: dict[int, str] = field(default_factory=dict)

    def put(self, item: Item) -> None:
        """Take an item's new state, and its listings', into the working set."""
        before = self.items.get(item.item_id)
        if before is not None:
            self._forget(before)
        self.items[item.item_id] = item
        for listing in item.listings:
            self.listings[listing.key] = listing
        if item.state is not ItemState.ACTIVE:
            return
        for variant in item.variants:
            if variant.sku:
                place = self._by_sku.setdefault((item.workspace_id, variant.sku), set())
                place.add((item.item_id, variant.variant_id))
        if item.match_key:
            self._by_match_key.setdefault((item.workspace_id, item.match_key), set()).add(item.item_id)

    def match_key_of(self, listing: CanonicalListing) -> str:
        """The match key of an import, worked out once per batch."""
        found = self._keys.get(id(listing))
        if found is None:
            found = match_key(listing.title, (variant.signature for variant in listing.variants))
            self._keys[id(listing)] = found
        return found

    def put_listing(self, listing: ChannelListing) -> None:
        """Take the state of a listing that belongs to no item."""
        self.listings[listing.key] = listing

    def with_sku(self, workspace_id: UUID, sku: str) -> list[tuple[UUID, UUID]]:
        """(item id, variant id) of every active variant with this SKU."""
        return sorted(self._by_sku.get((workspace_id, sku), ()))

    def with_match_key(self, workspace_id: UUID, key: str) -> list[Item]:
        """Active items with the same normalised title and options, oldest first."""
        ids = self._by_match_key.get((workspace_id, key), set()) if key else set()
        return [self.items[item_id] for item_id in sorted(ids)]

    def policies_of(self, workspace_id: UUID) -> Policies:
        """The workspace's policies; none were set: the defaults."""
        return self.policies.get(workspace_id) or _DEFAULT

    def _forget(self, item: Item) -> None:
        for variant in item.variants:
            if variant.sku:
                self._by_sku.get((item.workspace_id, variant.sku), set()).discard(
                    (item.item_id, variant.variant_id)
                )
        self._by_match_key.get((item.workspace_id, item.match_key), set()).discard(item.item_id)


_DEFAULT = Policies()


TITLE_CHARACTERS = 60
"""Titles are compared so far: eBay cuts them at 80 characters, some of which are not in words."""


def match_key(title: str, signatures: Iterable[Signature]) -> str:
    """Title (compatibility-folded, words only, shortened) and the words of each option choice as a hash.

    Marketplaces name options differently and join those that they have no place for ("Red / Cotton"), so
    only the words of the chosen values count. Empty without a title.
    """
    words = _words(title)[:TITLE_CHARACTERS].rstrip()
    if not words:
        return ""
    return blake2b(repr((words, sorted(map(choice, signatures)))).encode(), digest_size=16).hexdigest()


def _words(text: str) -> str:
    return _NOT_WORDS.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()
