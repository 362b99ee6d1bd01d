"""One at a time, in sequence, highest priority first."""

from datetime import timedelta

import pytest
from support.connector_values import NOW, account, attempt, connection

from truestock.connector.domain.attempts import Attempt, AttemptState
from truestock.connector.domain.connections import Connection, ConnectionState
from truestock.connector.domain.sequence import Request, check_start, next_marketplace
from truestock.contracts.problem import Refusal

ETSY = Request("etsy", "olga")


def start(
    request: Request = ETSY,
    *,
    under_way: Attempt | None = None,
    connections: tuple[Connection, ...] = (),
    priority: tuple[str, ...] = ("etsy",),
) -> Attempt | None:
    return check_start(request, under_way=under_way, connections=connections, priority=priority, now=NOW)


def test_nothing_is_in_the_way_of_the_first() -> None:
    assert start() is None


@pytest.mark.parametrize("state", [AttemptState.STARTED, AttemptState.AWAITING_CONFIRMATION])
def test_another_operators_attempt_is_named(state: AttemptState) -> None:
    waiting = attempt(started_by="boris", state=state)
    with pytest.raises(Refusal) as refused:
        start(under_way=waiting)
    assert refused.value.code == "attempt_under_way"
    assert refused.value.extras["attempt_id"] == str(waiting.attempt_id)


def test_ones_own_attempt_of_the_same_marketplace_is_superseded() -> None:
    own = attempt()
    assert start(under_way=own) is own
    with pytest.raises(Refusal, match="one is made at a time"):
        start(Request("ebay", "olga"), under_way=own)


def test_an_overdue_attempt_is_in_nobodys_way() -> None:
    assert start(under_way=attempt(started_by="boris", expires_at=NOW)) is None


def test_the_previous_connection_needs_an_approved_sample() -> None:
    older = connection(sample_approved=True)
    newer = connection(confirmed_at=NOW + timedelta(days=1), account=account("200", "Second"))
    with pytest.raises(Refusal, match="Second on etsy has no approved sample") as refused:
        start(connections=(older, newer))
    assert refused.value.code == "sample_not_approved"
    assert start(Request("etsy", "olga", skip_sequence_reason="urgent"), connections=(older, newer)) is None
    assert start(connections=(older,)) is None


def test_a_disconnected_connection_holds_nothing_up() -> None:
    assert start(connections=(connection(state=ConnectionState.DISCONNECTED),)) is None


def test_a_higher_priority_comes_first_unless_it_is_connected() -> None:
    priority = ("ebay", "etsy", "shopify")
    with pytest.raises(Refusal) as refused:
        start(priority=priority)
    assert (refused.value.code, refused.value.extras["next"]) == ("priority_order", "ebay")
    ebay = connection(account=account(marketplace="ebay"), sample_approved=True)
    assert start(priority=priority, connections=(ebay,)) is None
    assert start(Request("etsy", "olga", skip_priority_reason="eBay waits"), priority=priority) is None


def test_a_marketplace_outside_the_order_comes_last() -> None:
    with pytest.raises(Refusal, match="ebay comes before etsy"):
        start(priority=("ebay",))


def test_what_is_next() -> None:
    assert next_marketplace(("ebay", "etsy"), ()) == "ebay"
    assert next_marketplace(("etsy",), (connection(),)) is None
    assert next_marketplace(("etsy",), (connection(state=ConnectionState.DISCONNECTED),)) == "etsy"
