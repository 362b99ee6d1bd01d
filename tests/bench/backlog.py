"""The events: imports of a shop into many workspaces, as the importer's relay would publish them."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

from bench.shop import Shop

from truestock.contracts.envelope import Envelope, Headers
from truestock.contracts.events import BatchKind, ListingImported
from truestock.contracts.listing import CanonicalListing
from truestock.contracts.values import Marketplace

SPECIFICS = 12
_WORKSPACES = 0xBE << 120
_PLACEHOLDERS = {
    name: UUID(int=0xFEED << 112 | n) for n, name in enumerate(("workspace", "connection", "batch"))
}


@dataclass(frozen=True, slots=True)
class Message:
    """One record, ready to be sent, and whom it is about."""

    workspace_id: UUID
    connection_id: UUID
    listing_id: str
    value: bytes
    headers: Headers

    @property
    def key(self) -> str:
        """The record key, and the key of the verdict that answers it."""
        return f"{self.connection_id}:{self.listing_id}"


def workspace(number: int) -> UUID:
    """The workspaces of a run; stored items belong to the first of them."""
    return UUID(int=_WORKSPACES | 0x4 << 76 | 0x8 << 60 | number)


class Backlog:
    """Makes events. Every import is a new connection in the next workspace, so all listings are new."""

    def __init__(self, shop: Shop, *, sampling: float, seed: int = 7) -> None:
        self._shop = shop
        self._sampling = sampling
        self._chance = random.Random(seed)  # noqa: S311  # reproducible ids, nothing secret
        self._next = 0
        self._templates = [
            (listing.listing_id, _template(shop, listing, evidence).model_dump_json().encode())
            for listing, evidence in ((_with_specifics(one), seen) for one, seen in shop.listings)
        ]

    @property
    def mean_bytes(self) -> float:
        """Of one event's data."""
        return sum(len(body) for _, body in self._templates) / len(self._templates)

    def take(self, events: int) -> list[Message]:
        """The next ``events`` of imports of the whole shop, one import after the other."""
        messages: list[Message] = []
        while len(messages) < events:
            messages += self._import(events - len(messages))
        return messages

    def _import(self, most: int) -> Iterator[Message]:
        where = {
            "workspace": workspace(self._next),
            "connection": UUID(int=self._chance.getrandbits(128), version=4),
            "batch": UUID(int=self._chance.getrandbits(128), version=4),
        }
        self._next += 1
        texts = [(str(_PLACEHOLDERS[name]).encode(), str(value).encode()) for name, value in where.items()]
        for listing_id, template in self._templates[:most]:
            body = template
            for placeholder, value in texts:
                body = body.replace(placeholder, value)
            yield Message(
                where["workspace"], where["connection"], listing_id, body, self._headers(where, listing_id)
            )

    def _headers(self, where: dict[str, UUID], listing_id: str) -> Headers:
        key = f"{where['connection']}:{listing_id}"
        sampled = int(self._chance.random() < self._sampling)
        return Envelope(
            id=str(uuid4()),
            source=ListingImported.ce_source(),
            type=ListingImported.ce_type(),
            time=datetime.now(UTC),
            subject=key,
            dataschema=ListingImported.ce_dataschema(),
            partition_key=key,
            traceparent=f"00-{self._bits(128):032x}-{self._bits(64):016x}-{sampled:02x}",
        ).headers()

    def _bits(self, count: int) -> int:
        return self._chance.getrandbits(count) or 1


def connections(messages: Sequence[Message]) -> set[UUID]:
    """Whom these are about."""
    return {message.connection_id for message in messages}


def _with_specifics(listing: CanonicalListing) -> CanonicalListing:
    specifics = {f"specific {n}": (f"value {n}",) for n in range(SPECIFICS)}
    return listing.model_copy(
        update={"channel": listing.channel.model_copy(update={"specifics": specifics}), "notes": ()}
    )


def _template(shop: Shop, listing: CanonicalListing, evidence: object) -> ListingImported:
    return ListingImported.model_validate(
        {
            "workspace_id": _PLACEHOLDERS["workspace"],
            "occurred_at": datetime.now(UTC),
            "correlation_id": _PLACEHOLDERS["batch"],
            "connection_id": _PLACEHOLDERS["connection"],
            "marketplace": Marketplace.ETSY,
            "account_id": shop.account_id,
            "batch_id": _PLACEHOLDERS["batch"],
            "batch_kind": BatchKind.BULK,
            "sequence": 1,
            "mapping_version": "etsy-1",
            "content_hash": "bench",
            "currency": shop.currency,
            "listing": listing,
            "evidence": evidence,
        }
    )
