"""Events of a real batch that nobody can handle: each harms only its own listing, and the batch ends."""

import json
from contextlib import aclosing
from dataclasses import dataclass

import pytest
from aiokafka import ConsumerRecord
from support.journey import Business, catalogue, product
from support.tampering import Outbox, before_all
from support.topic_records import records_of
from support.waiting import eventually

from truestock.chassis.deadletters import topic_of
from truestock.client.models.connector import Connection
from truestock.client.models.importer import Batch
from truestock.contracts import topics

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(300, func_only=True)]

IMPORTED = topics.LISTING_IMPORTED.name
SEED = "inventory.seed-from-listing"
SAMPLED = 2
TOO_LARGE = topics.STATE_MAX_BYTES + 1
SHOP = catalogue(*(product(f"plate-{n}", ("", f"PLATE-{n}", n, "8.00")) for n in range(1, 13)))


@dataclass(frozen=True, slots=True)
class Poison:
    """What one event of the batch is turned into, and what its dead letter's reason must say."""

    key: str
    payload: bytes
    reason: str
    headers: str | None = None

    @property
    def listing_id(self) -> str:
        """Whose event it is."""
        return self.key.partition(":")[2]


def poisons(payloads: dict[str, bytes]) -> list[Poison]:
    """Turn the first few events into everything that an event must not be."""
    keys = iter(sorted(payloads))

    def changed(key: str, **fields: object) -> bytes:
        return json.dumps({**json.loads(payloads[key]), **fields}).encode()

    malformed, incomplete, bare, unstorable, impossible = (next(keys) for _ in range(5))
    listing = json.loads(payloads[unstorable])["listing"]
    many = json.loads(payloads[impossible])["listing"]
    many["variants"][0]["quantity"] = 10**12
    return [
        Poison(malformed, payloads[malformed][:-9] + b"\xff\x00 \xf0\x9f", "json_invalid"),
        Poison(incomplete, changed(incomplete, sequence=0, listing={}), "listing.listing_id: missing"),
        Poison(bare, payloads[bare], "CloudEvents", headers='{"x-note": "no envelope"}'),
        Poison(unstorable, changed(unstorable, listing={**listing, "title": "a\0b"}), "listing.title"),
        # In form it is an event; that no ledger holds so many pieces is only found when it is written.
        Poison(impossible, changed(impossible, listing=many), "Error"),
    ]


async def test_poison_harms_its_own_listing_only_and_the_batch_completes_with_findings(
    business: Business,
) -> None:
    connection = await business.connect(await business.seller(SHOP))
    await business.approve(await business.import_(connection, "sample", size=SAMPLED))
    async with aclosing(await Outbox.held(business.stack, "importer")) as outbox:
        batch = await _read_but_not_published(business, connection)
        waiting = await outbox.payloads(IMPORTED)
        bad = poisons(waiting)
        for poison in bad:
            await outbox.replace(IMPORTED, poison.key, poison.payload, headers=poison.headers)
        oversized = max(waiting)
        await outbox.replace(IMPORTED, oversized, waiting[oversized][:-1] + b" " * TOO_LARGE + b"}")
        await outbox.let_go()

        async def only_the_oversized_one_is_open() -> Batch | None:
            seen = await business.operator.importer.batch(batch.batch_id)
            return seen if seen.state == "processing" and seen.progress.open == 1 else None

        seen = await eventually(only_the_oversized_one_is_open, 60, message="the others do not get through")
        await _is_parked(business, connection, outbox, oversized)
    await business.operator.importer.decide_listing(
        *(batch.batch_id, oversized.partition(":")[2], "abandon"),
        revision=seen.revision,
        reason="too large to import",
    )
    ended = await business.finished(batch)
    assert ended.state == "completed_with_findings"
    assert (ended.progress.dead_lettered, ended.progress.open) == (len(bad), 0)
    assert ended.outcomes == {
        "created": SAMPLED + len(waiting) - len(bad) - 1,
        "dead_lettered": len(bad),
        "abandoned": 1,
    }
    await _each_is_dead_lettered_byte_for_byte(business, connection, bad)
    await _the_others_are_unharmed(business, ended, bad, oversized)


async def _is_parked(business: Business, connection: Connection, outbox: Outbox, key: str) -> None:
    """The relay says why it keeps the row, and has published all others."""
    [parked] = await outbox.parked()
    assert parked["partition_key"] == key
    assert "larger than" in parked["parked_reason"]
    sent = await records_of(business.stack.broker.bootstrap, IMPORTED, _of(connection))
    assert key.encode() not in {record.key for record in sent[SAMPLED:]}
    await outbox.discard(key)


async def _read_but_not_published(business: Business, connection: Connection) -> Batch:
    """A bulk of which everything is read and committed while its events wait."""
    batch = await business.operator.importer.start(connection.connection_id, "bulk")

    async def read() -> bool:
        return (await business.operator.importer.batch(batch.batch_id)).state == "processing"

    await eventually(read)
    return batch


def _of(connection: Connection) -> "Wanted":
    return Wanted(connection.connection_id.encode())


@dataclass(frozen=True, slots=True)
class Wanted:
    """Records whose key starts so."""

    prefix: bytes

    def __call__(self, record: ConsumerRecord) -> bool:
        """Whether it is one."""
        return bool(record.key and record.key.startswith(self.prefix))


async def _each_is_dead_lettered_byte_for_byte(
    business: Business, connection: Connection, bad: list[Poison]
) -> None:
    bootstrap = business.stack.broker.bootstrap
    originals = {r.key.decode(): r for r in await records_of(bootstrap, IMPORTED, _of(connection))}
    letters = await records_of(bootstrap, topic_of(SEED), _of(connection), at_least=len(bad))
    assert sorted(letter.key.decode() for letter in letters) == sorted(poison.key for poison in bad)
    for letter in letters:
        [poison] = [one for one in bad if one.key == letter.key.decode()]
        original = originals[poison.key]
        why = dict(letter.headers)
        assert letter.value == original.value == poison.payload
        assert before_all(letter.headers, "dlq.") == list(original.headers)
        assert why["dlq.original-topic"].decode() == IMPORTED
        assert int(why["dlq.original-partition"]) == original.partition
        assert int(why["dlq.original-offset"]) == original.offset
        assert why["dlq.consumer-group"].decode() == SEED
        assert poison.reason in why["dlq.reason"].decode()
        assert int(why["dlq.attempts"]) >= 1


async def _the_others_are_unharmed(
    business: Business, ended: Batch, bad: list[Poison], oversized: str
) -> None:
    rows = {row.listing_id: row async for row in business.operator.importer.listings(ended.batch_id)}
    lost = {poison.listing_id for poison in bad}
    assert {key for key, row in rows.items() if row.outcome == "dead_lettered"} == lost
    for poison in bad:
        assert any(SEED in reason for reason in rows[poison.listing_id].reasons)
    lost.add(oversized.partition(":")[2])
    assert {row.verdict for key, row in rows.items() if key not in lost} <= {"passed", "passed_with_warnings"}
    listed = {one.listing_id for item in await business.items() for one in item.channel_listings}
    assert listed == set(rows) - lost
