"""Of item events only those are read that may say more than the seeding of their listing did."""

from typing import Any

import pytest
from support.deliveries import envelope_of
from support.records import record
from support.validator_values import item, state

from truestock.chassis.consumer.subscription import Subscription
from truestock.contracts.events import InventoryItem
from truestock.contracts.registry import types_of
from truestock.validator.handlers import says_more_than_its_seeding


async def _ignore(_: Any) -> None:
    """Handle nothing."""


FOLLOWING = Subscription(
    "test.follow", InventoryItem.TOPIC, _ignore, types_of(InventoryItem), wants=says_more_than_its_seeding
)


@pytest.mark.parametrize(("version", "read"), [(1, False), (2, True), (10, True)])
def test_a_first_version_is_skipped_and_every_later_one_is_read(version: int, read: bool) -> None:
    event = item(state(), version=version)
    found = FOLLOWING.decode(
        record(event.model_dump_json().encode(), headers=envelope_of(event).headers()), (None, None)
    )
    assert (found is not None) is read


def test_what_is_not_wanted_is_not_even_decoded() -> None:
    headers = envelope_of(item(state(), version=1)).headers()
    assert FOLLOWING.decode(record(b"{", headers=headers), (None, None)) is None


def test_an_event_that_does_not_tell_its_version_is_read() -> None:
    event = item(state(), version=1)
    headers = [(name, value) for name, value in envelope_of(event).headers() if name != "ce_sequence"]
    sent = record(event.model_dump_json().encode(), headers=headers)
    assert FOLLOWING.decode(sent, (None, None)) is not None
