"""The gate: when a bulk is allowed (domain, importer 1)."""

import pytest
from support.importer_batches import batch
from support.importer_values import T0

from truestock.contracts.problem import Refusal
from truestock.contracts.values import Marketplace
from truestock.importer.domain.batch import Batch, BatchState
from truestock.importer.domain.connection import Connection, ConnectionState
from truestock.importer.domain.gate import check_bulk_allowed, gate, needs_remapping, with_access

APPROVED = batch(state=BatchState.APPROVED, decided_by="Ada", decided_at=T0)


def test_an_approved_sample_opens_it() -> None:
    found = gate(APPROVED, "shop-1", "etsy-1")
    assert found.bulk_allowed
    check_bulk_allowed(found)


@pytest.mark.parametrize(
    ("sample", "account", "code"),
    [
        (None, "shop-1", "no_sample"),
        (batch(state=BatchState.REJECTED, decided_by="Ada"), "shop-1", "sample_rejected"),
        (batch(state=BatchState.APPROVED, undone_at=T0, undone_by="Bob"), "shop-1", "sample_undone"),
        (APPROVED, "shop-2", "other_account"),
    ],
)
def test_it_stays_closed(sample: Batch | None, account: str, code: str) -> None:
    found = gate(sample, account, "etsy-1")
    assert (found.bulk_allowed, found.code) == (False, code)
    with pytest.raises(Refusal) as caught:
        check_bulk_allowed(found)
    assert caught.value.code == "bulk_needs_approved_sample"
    assert caught.value.extras["gate"] == code


@pytest.mark.parametrize(("equal", "allowed"), [(True, True), (False, False), (None, False)])
def test_approval_carries_over_to_a_mapping_that_gives_the_same(equal: bool | None, allowed: bool) -> None:
    assert needs_remapping(APPROVED, "shop-1", "etsy-2")
    found = gate(APPROVED, "shop-1", "etsy-2", remapped_equal=equal)
    assert found.bulk_allowed is allowed


def test_remapping_is_asked_only_where_it_decides() -> None:
    assert not needs_remapping(None, "shop-1", "etsy-2")
    assert not needs_remapping(APPROVED, "shop-1", "etsy-1")
    assert not needs_remapping(APPROVED, "shop-2", "etsy-2")
    assert not needs_remapping(batch(state=BatchState.REJECTED), "shop-1", "etsy-2")


@pytest.mark.parametrize("state", list(ConnectionState))
def test_without_access_it_is_shown_as_closed(state: ConnectionState) -> None:
    connection = Connection(
        connection_id=APPROVED.connection_id,
        workspace_id=APPROVED.workspace_id,
        marketplace=Marketplace.ETSY,
        account_id="shop-1",
        account_name="Potter",
        state=state,
        version=1,
    )
    shown = with_access(gate(APPROVED, "shop-1", "etsy-1"), connection)
    assert shown.bulk_allowed is (state is ConnectionState.ACTIVE)
    assert shown.code == ("sample_approved" if shown.bulk_allowed else state.value)
