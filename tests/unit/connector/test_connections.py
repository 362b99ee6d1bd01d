"""The connection's states."""

import pytest
from support.connector_values import NOW, connection, review

from truestock.connector.domain.connections import (
    ConnectionState,
    check_leasable,
    new_connection,
    owned_elsewhere,
)
from truestock.contracts.problem import Refusal


def test_the_same_account_revives_the_same_connection() -> None:
    gone = connection(revision=4, sample_approved=True).disconnected("sold")
    again = gone.confirmed(review(settings_hash="h2", currency="SEK"), "boris", NOW)
    assert again.connection_id == gone.connection_id
    assert (again.state, again.revision, again.confirmed_by) == (ConnectionState.ACTIVE, 6, "boris")
    assert (again.currency, again.reason) == ("SEK", None)
    assert again.sample_approved


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        (connection().access_lost("password changed"), "reauthorization_required"),
        (connection().disconnected("sold"), "disconnected"),
    ],
)
def test_dead_access_is_refused_with_its_reason(changed: object, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        check_leasable(changed)  # type: ignore[arg-type]  # parametrized
    assert refused.value.code == code
    assert refused.value.status == 409


def test_an_active_connection_can_be_leased() -> None:
    check_leasable(connection())


def test_the_other_workspace_is_not_named() -> None:
    fresh = new_connection(connection().connection_id, connection().workspace_id, review(), "olga", NOW)
    assert str(fresh.workspace_id) not in str(owned_elsewhere(fresh.account))
