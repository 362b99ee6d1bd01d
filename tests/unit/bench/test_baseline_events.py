"""The hand-written pipeline publishes what the contracts say, and its state is what its validator reads."""

from uuid import UUID, uuid4

from bench.backlog import Backlog
from bench.handwritten import inventory, validator
from bench.handwritten.models import Imported, Seeded
from bench.handwritten.pipeline import Incoming, Outgoing
from bench.shop import Shop
from support.inventory_values import listing, shown

from truestock.contracts import registry
from truestock.contracts.envelope import Envelope
from truestock.contracts.events import Event, InventoryItem, InventorySeeded, SyncValidated
from truestock.contracts.listing import Evidence, EvidenceVariant, ListingState
from truestock.contracts.registry import BY_TYPE

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
    state = inventory._state(one.event, ITEM, 1)
    seeded, item = map(_decoded, inventory._events(one, ITEM, state, 1))
    assert isinstance(seeded, InventorySeeded)
    assert isinstance(item, InventoryItem)
    assert seeded.key() == f"{one.event.connection_id}:L-1"
    assert seeded.state == item.channels[0]
    assert [v.sku for v in item.variants] == ["A-S", "A-M"]


def test_the_verdict_keeps_the_contract() -> None:
    one = _imported()
    state = inventory._state(one.event, ITEM, 1)
    payload = inventory._events(one, ITEM, state, 1)[0].payload
    seeded = Incoming(
        Seeded.model_validate_json(payload), {**one.headers, "ce_id": str(uuid4()).encode()}, b""
    )
    verdict = _decoded(validator._event(seeded, validator.compare(seeded.event, None, set()), 1))
    assert isinstance(verdict, SyncValidated)
    assert (verdict.verdict, verdict.findings[0].check) == ("failed", "listing.linkage")
