"""The envelope follows CloudEvents 1.0, binary mode, and events survive the way through it."""

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest

from truestock.contracts import registry, topics
from truestock.contracts.envelope import Envelope, InvalidEnvelope, sequence_of
from truestock.contracts.events import ConnectionDisconnected, ListingImported
from truestock.contracts.listing import Account
from truestock.contracts.registry import InvalidEvent, decode
from truestock.contracts.values import Marketplace

ENVELOPE = Envelope(
    id="7b0c",
    source="/truestock/connector",
    type="truestock.connector.ConnectionDisconnected.v1",
    time=datetime(2026, 3, 1, 10, 0, 0, 250_000, tzinfo=UTC),
    subject="c-1",
    dataschema="urn:truestock:schema:ConnectionDisconnected:1.0",
    partition_key="c-1",
    sequence="0000000007",
    traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
)


def test_an_envelope_survives_its_headers() -> None:
    headers = ENVELOPE.headers()
    assert dict(headers)["ce_time"] == b"2026-03-01T10:00:00.250000Z"
    assert dict(headers)["content-type"] == b"application/json"
    assert Envelope.parse(headers) == ENVELOPE


def test_sequences_sort_as_their_versions_do() -> None:
    versions = [1, 2, 9, 10, 11, 2_000_000_000]
    assert sorted(versions, key=sequence_of) == versions


@pytest.mark.parametrize("name", ["ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time"])
def test_a_missing_attribute_is_named(name: str) -> None:
    headers = [(key, value) for key, value in ENVELOPE.headers() if key != name]
    with pytest.raises(InvalidEnvelope, match=name):
        Envelope.parse(headers)


def test_headers_that_are_not_text_are_refused() -> None:
    with pytest.raises(InvalidEnvelope, match="UTF-8"):
        Envelope.parse([("ce_id", b"\xff\xfe")])


def disconnected() -> ConnectionDisconnected:
    return ConnectionDisconnected(
        workspace_id=UUID(int=1),
        occurred_at=datetime(2026, 3, 1, tzinfo=UTC),
        correlation_id=UUID(int=2),
        connection_id=UUID(int=3),
        account=Account(marketplace=Marketplace.ETSY, id="77", name="Harbour Goods"),
        version=4,
        reason="the operator asked for it",
    )


def test_a_reader_ignores_what_a_newer_writer_added() -> None:
    data = json.loads(disconnected().model_dump_json())
    data["new_field"] = {"deep": 1}
    data["account"]["marketplace"] = "temu"
    data["account"]["verified"] = True
    read = decode(ConnectionDisconnected, json.dumps(data).encode())
    assert isinstance(read, ConnectionDisconnected)
    assert read.account.marketplace is Marketplace.UNKNOWN
    assert read.account.id == "77"


def test_an_error_names_fields_and_never_their_values() -> None:
    data = json.loads(disconnected().model_dump_json())
    data["version"] = "canary-value"
    with pytest.raises(InvalidEvent, match=r"version: int_parsing") as error:
        decode(ConnectionDisconnected, json.dumps(data).encode())
    assert "canary-value" not in str(error.value)


def test_every_event_has_a_topic_of_the_list_and_a_type_of_its_own() -> None:
    names = {topic.name for topic in topics.EVENT_TOPICS}
    assert {event.TOPIC for event in registry.PUBLISHED} == names
    assert len(registry.BY_TYPE) == len(registry.PUBLISHED)
    assert ListingImported.ce_type() == "truestock.importer.ListingImported.v1"


def test_every_consumption_reads_a_topic_of_the_list_and_has_its_dead_letters() -> None:
    names = {topic.name for topic in topics.ALL_TOPICS}
    for entry in topics.CONSUMPTION:
        assert entry.topic in names
        assert entry.dead_letters in names
    assert topics.consumption("inventory.seed-from-listing").topic == "importer.listing-imported.v1"
    with pytest.raises(KeyError):
        topics.consumption("inventory.unheard-of")
