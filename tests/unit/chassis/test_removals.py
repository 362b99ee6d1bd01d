"""Tombstones: skipped unless they are wanted, and then read from key and headers alone."""

from uuid import UUID

import pytest
from support.records import record
from support.small_service import Fact

from truestock.chassis.consumer.subscription import Subscription
from truestock.chassis.delivery import Permanent, Removal
from truestock.chassis.outbox.rows import TOMBSTONE_TYPE, WORKSPACE_HEADER
from truestock.contracts.envelope import Envelope, Headers
from truestock.contracts.registry import types_of

WORKSPACE = UUID("11111111-1111-4111-8111-111111111111")
NO_TRACE = (None, None)


async def ignore(_: object) -> None:
    """Handle nothing."""


def following(*, removals: bool) -> Subscription:
    return Subscription("test.follow", Fact.TOPIC, ignore, types_of(Fact), removals=removals)


def headers(*more: tuple[str, bytes]) -> Headers:
    return [*record(None, ce_type=TOMBSTONE_TYPE).headers, *more]


def test_a_removal_says_whose_key_is_gone_and_when() -> None:
    sent = headers((WORKSPACE_HEADER, str(WORKSPACE).encode()))
    found = following(removals=True).decode(record(None, key=b"item-1", headers=sent), NO_TRACE)
    assert isinstance(found, Removal)
    assert (found.workspace_id, found.key) == (WORKSPACE, b"item-1")
    assert found.envelope == Envelope.parse(sent)


def test_it_is_skipped_where_it_is_not_wanted() -> None:
    tombstone = record(None, headers=headers((WORKSPACE_HEADER, str(WORKSPACE).encode())))
    assert following(removals=False).decode(tombstone, NO_TRACE) is None


def test_an_empty_record_of_another_type_is_none() -> None:
    assert following(removals=True).decode(record(None), NO_TRACE) is None


@pytest.mark.parametrize("value", [b"", b"nobody", b"\xff"], ids=["empty", "no id", "no text"])
def test_a_removal_from_nobodys_workspace_can_never_be_handled(value: bytes) -> None:
    with pytest.raises(Permanent, match="without a workspace"):
        following(removals=True).decode(record(None, headers=headers((WORKSPACE_HEADER, value))), NO_TRACE)
    with pytest.raises(Permanent, match="without a workspace"):
        following(removals=True).decode(record(None, headers=headers()), NO_TRACE)
