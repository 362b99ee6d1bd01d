"""The limit under which a catalogue is read is asked of the connector, as this process."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from truestock.chassis.delivery import Transient
from truestock.contracts.problem import Refusal
from truestock.importer.clients.connector import ConnectorClient
from truestock.marketplaces.sharing import LimitsAway, Report, Share

WORKSPACE, ONE, OTHER = UUID(int=1), UUID(int=2), UUID(int=3)


class FakeService:
    """The connector; ``answer`` may be raised."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.calls: list[tuple[str, UUID, Any]] = []

    async def post(self, path: str, *, workspace_id: UUID, json: Any = None) -> Any:
        self.calls.append((path, workspace_id, json))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


async def test_a_share_is_asked_for_about_the_connection_under_one_name_for_the_process() -> None:
    service = FakeService({"per_second": 4, "valid_for_ms": 1500, "closed_for_ms": None})
    client = ConnectorClient(service)  # type: ignore[arg-type]  # a fake of the service client
    for connection in (ONE, OTHER):
        share = await client.limits(WORKSPACE, connection).share(Report(per_second=10))
        assert share == Share(4, timedelta(seconds=1.5))
    assert [(path, workspace) for path, workspace, _ in service.calls] == [
        (f"/internal/v1/connections/{connection}/share", WORKSPACE) for connection in (ONE, OTHER)
    ]
    [holder] = {body["holder"] for *_, body in service.calls}
    assert holder.startswith("importer-")


@pytest.mark.parametrize(
    "answer", [Transient("no answer"), Refusal("not_found", "No such connection.", remedy="None.")]
)
async def test_whatever_the_connector_refuses_is_no_share(answer: Exception) -> None:
    client = ConnectorClient(FakeService(answer))  # type: ignore[arg-type]  # a fake of the service client
    with pytest.raises(LimitsAway):
        await client.limits(WORKSPACE, ONE).share(Report())
