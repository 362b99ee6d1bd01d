"""The hand-written pipeline publishes what the contracts say, and its state is what its validator reads."""

from typing import Any
from uuid import UUID, uuid4

from bench.backlog import Backlog
from bench.handwritten import validator
from bench.handwritten.comparing import compare
from bench.handwritten.models import Imported, Seeded
from bench.handwritten.pipeline import Incoming, Outgoing
from bench.handwritten.seeded import events_of, state_of
from bench.shop import Shop
from support.inventory_values import NOW, listing, mint, shown

from truestock.contracts import registry
from truestock.contracts.envelope import Envelope
from truestock.contracts.events import Event, InventoryItem, InventorySeeded, ListingImported, SyncValidated
from truestock.contracts.listing import Evidence, EvidenceVariant, ListingState
from truestock.contracts.registry import BY_TYPE
from truestock.inventory.domain.known import Known
from truestock.inventory.domain.policies import Policies
from truestock.inventory.domain.seeding import seed
from truestock.inventory.usecases.publishing import item_event, seeded_event

ITEM = UUID(int=5)


def _imported() -> Incoming[Imported]:
    mapped = listing("L-1", shown("A-S"), shown("A-M"))
    variants = tuple(EvidenceVariant(sku=v.sku, quantity=v.quantity, price=v.price) for v in mapped.variants)
    evidence = Evidence(
        listing_id="L-1", state=ListingState.ACTIVE, title=mapped.title, photos=(), variants=variants
    )
    shop = Shop("http://shop.test", "token", "77", "EUR", ((mapped, evidence),))
    (message,) = Backlog(shop, sampling=1.0).take(1)
    return Incoming(Imported.model_validate_json(message.value), dict(message.headers), message.value)


def _decoded(outgoing: Outgoing) -> Event:
    envelope = Envelope.parse(outgoing.headers())
    assert envelope.traceparent is not None
    return registry.decode(BY_TYPE[envelope.type], outgoing.payload)


def test_both_events_of_inventory_keep_the_contract() -> None:
    one = _imported()
    state = state_of(one.event, ITEM, 1)
    seeded, item = map(_decoded, events_of(one, ITEM, state, 1))
    assert isinstance(seeded, InventorySeeded)
    assert isinstance(item, InventoryItem)
    assert seeded.key() == f"{one.event.connection_id}:L-1"
    assert seeded.state == item.channels[0]
    assert [v.sku for v in item.variants] == ["A-S", "A-M"]


def test_both_events_say_what_ours_say() -> None:
    one = _imported()
    theirs = list(map(_decoded, events_of(one, ITEM, state_of(one.event, ITEM, 1), 1)))
    imported = ListingImported.model_validate_json(one.content)
    seeding = seed(imported, Known(), mint())
    item = seeding.item
    assert item is not None
    ours = [
        seeded_event(seeding, NOW),
        item_event(item, Policies(), epoch=1, now=NOW, correlation_id=imported.correlation_id),
    ]
    assert [_without_own(event.model_dump(mode="json")) for event in theirs] == [
        _without_own(event.model_dump(mode="json")) for event in ours
    ]


OWN = {"item_id", "variant_id", "fingerprint", "occurred_at", "causation_id"}
"""What each makes for itself."""


def _without_own(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_own(each) for name, each in value.items() if name not in OWN}
    return [_without_own(each) for each in value] if isinstance(value, list) else value


def test_the_verdict_keeps_the_contract() -> None:
    one = _imported()
    state = state_of(one.event, ITEM, 1)
    payload = events_of(one, ITEM, state, 1)[0].payload
    seeded = Incoming(
        Seeded.model_validate_json(payload), {**one.headers, "ce_id": str(uuid4()).encode()}, b""
    )
    verdict = _decoded(validator._event(seeded, compare(seeded.event, None, set()), 1))
    assert isinstance(verdict, SyncValidated)
    assert (verdict.verdict, verdict.findings[0].check) == ("failed", "listing.linkage")
