"""Leased tokens: kept in memory, renewed early, a refused one reported once."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from support.importer_values import T0

from truestock.chassis.delivery import Transient
from truestock.contracts.problem import Refusal
from truestock.importer.clients.connector import ConnectorClient, LeasedTokens
from truestock.importer.usecases.catalogue import AccessDead, AccessGone, Interrupted
from truestock.marketplaces.errors import AccessExpired, AccessRevoked

NIL = UUID(int=0)


class FakeConnector:
    """The connector's internal API; ``answers`` in order, the last one stays."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.calls: list[tuple[str, Any]] = []

    async def post(self, path: str, *, workspace_id: UUID, json: Any = None) -> Any:
        self.calls.append((path.rpartition("/")[2], json))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def lease(version: int, *, minutes: int = 60) -> dict[str, Any]:
    return {
        "access_token": f"token-{version}",
        "token_version": version,
        "expires_at": (T0 + timedelta(minutes=minutes)).isoformat(),
        "marketplace": "etsy",
        "account_id": "shop-1",
        "settings": {"currency": "EUR"},
    }


def tokens(*answers: Any) -> tuple[LeasedTokens, FakeConnector]:
    connector = FakeConnector(*answers)
    return LeasedTokens(ConnectorClient(connector), NIL, NIL, lambda: T0), connector  # type: ignore[arg-type]  # a fake of the service client


def refusal(code: str) -> Refusal:
    return Refusal(code, "The grant was revoked.", remedy="Reauthorize.")


async def test_a_token_is_leased_once_until_it_is_about_to_expire() -> None:
    leased, connector = tokens(lease(1))
    assert await leased.current() == await leased.current() == "token-1"
    assert len(connector.calls) == 1
    soon, connector = tokens(lease(1, minutes=0), lease(2))
    assert [await soon.current(), await soon.current()] == ["token-1", "token-2"]


async def test_a_refused_token_is_reported_with_its_version_by_one_of_many() -> None:
    leased, connector = tokens(lease(1), lease(2))
    await leased.current()
    found = await asyncio.gather(*(leased.refused("token-1") for _ in range(10)))
    assert set(found) == {"token-2"}
    assert connector.calls == [("lease", None), ("refused", {"token_version": 1})]


async def test_the_same_token_again_is_not_tried_for_ever() -> None:
    leased, _ = tokens(lease(1))
    await leased.current()
    with pytest.raises(AccessExpired):
        await leased.refused("token-1")


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (refusal("reauthorization_required"), AccessDead),
        (refusal("disconnected"), AccessGone),
        (Transient("no answer"), Interrupted),
    ],
)
async def test_what_the_connector_refuses_decides_what_happens(
    answer: Exception, problem: type[Exception]
) -> None:
    leased, _ = tokens(answer)
    with pytest.raises(problem):
        await leased.open()


async def test_access_that_dies_while_reading_is_revoked_for_the_adapter() -> None:
    leased, _ = tokens(lease(1), refusal("reauthorization_required"))
    await leased.current()
    with pytest.raises(AccessRevoked):
        await leased.refused("token-1")


async def test_a_lease_never_shows_its_token() -> None:
    leased, _ = tokens(lease(1))
    assert "token-1" not in repr(await leased.open())
