"""What is logged about a listing or a batch on its way carries the trace that it belongs to."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from support.journey import Business, catalogue
from support.publishing import publish
from support.traces import Spans, in_trace, linked_traces, step, the
from support.validating import MUG, validated
from support.waiting import eventually

from truestock.contracts.events import BatchKind, InventorySeeded, SeedOutcome
from truestock.contracts.listing import Evidence, ListingState
from truestock.contracts.values import Marketplace

SERVICES = ("connector", "importer", "inventory", "validator")


def logged(business: Business, words: str) -> list[dict[str, Any]]:
    """The log lines of all services that hold these words."""
    return [
        line
        for service in SERVICES
        for line in business.stack[service].log_records()
        if words in str(line.get("message"))
    ]


async def test_a_disturbed_reading_is_logged_in_the_batchs_trace(business: Business) -> None:
    spans = Spans(business.stack)
    seller = await business.seller(catalogue(MUG))
    connection = await business.connect(seller)
    await seller.fault("server_error", times=1, path=f"/shops/{seller.account_id}/listings")
    batch = await business.import_(connection, "sample")
    lines = logged(business, batch.batch_id)
    assert lines, "the disturbance was logged"
    listing = await seller.listing_id("Mug")

    def linked() -> set[str]:
        return linked_traces(the(spans(), "import listing", batch_id=batch.batch_id, listing_id=listing))

    traces = await eventually(linked)
    assert {line.get("trace_id") for line in lines} == traces


async def test_a_dead_letter_is_logged_in_its_own_trace(business: Business) -> None:
    """Whether the record could be read (a field too many) or not (no JSON): its trace is known."""
    spans = Spans(business.stack)
    scene = await validated(business)
    for value in (b"{", b'{"workspace_id": 7}'):
        trace = uuid4().hex
        event = seeded(business, UUID(scene.connection.connection_id), uuid4().hex)
        await publish(
            business.stack.broker.bootstrap, event, traceparent=f"00-{trace}-{trace[:16]}-01", value=value
        )

        def told(trace: str = trace) -> list[dict[str, Any]]:
            return [line for line in logged(business, "dead letter of") if line.get("trace_id") == trace]

        def both(trace: str = trace) -> bool:
            messages = " ".join(line["message"] for line in told(trace))
            groups = ("validator.validate-sync", "importer.track-outcomes")
            assert all(group in messages for group in groups), messages
            return True

        await eventually(both, message="the dead letters are not logged in the record's trace")

        def followed(trace: str = trace) -> bool:
            steps = {step(span)[2] for span in in_trace(spans(), trace)}
            assert {"validator.validate-sync", "importer.track-dead-letters"} <= steps, steps
            return True

        await eventually(followed, message="the dead letter is not followed in the record's trace")


async def test_a_lost_refresh_is_logged_in_the_trace_of_the_request(business: Business) -> None:
    scene = await validated(business)
    await scene.seller.fault("expire_access")
    await scene.seller.fault("lost_token_answer", times=1)
    connection = scene.connection.connection_id
    answer = await business.call("connector", "POST", f"/v1/connections/{connection}/check")
    assert answer.status_code == 503, answer.text
    [line] = logged(business, f"renewing the access of {connection} failed")
    assert line["trace_id"] == answer.headers["traceparent"].split("-")[1]
    ids = (scene.batch.batch_id, connection, scene.listing_id, scene.item_id)
    lines = [line for one in ids for line in logged(business, one)]
    assert [line for line in lines if not line.get("trace_id")] == []


def seeded(business: Business, connection_id: UUID, listing_id: str) -> InventorySeeded:
    """An event whose key names a listing that no batch imported."""
    return InventorySeeded(
        workspace_id=business.workspace,
        occurred_at=datetime.now(UTC),
        correlation_id=uuid4(),
        connection_id=connection_id,
        marketplace=Marketplace.ETSY,
        account_id="1",
        listing_id=listing_id,
        batch_id=uuid4(),
        batch_kind=BatchKind.BULK,
        sequence=1,
        outcome=SeedOutcome.REJECTED,
        evidence=Evidence(
            listing_id=listing_id, state=ListingState.ACTIVE, title="Nothing", photos=(), variants=()
        ),
    )
