"""The sandbox as a process of the stack."""

import httpx
from support.stack import StartSandbox


async def test_a_service_gets_a_token_for_another_service_and_for_nobody_else(sandbox: StartSandbox) -> None:
    unit = await sandbox(listings=3)
    async with httpx.AsyncClient(base_url=unit.url) as http:
        grant = {
            "grant_type": "client_credentials",
            "client_id": "truestock-importer",
            "client_secret": "importer-secret",
        }
        granted = await http.post("/issuer/token", data={**grant, "audience": "truestock-connector"})
        refused = await http.post("/issuer/token", data={**grant, "audience": "truestock"})
    assert granted.status_code == 200
    assert refused.status_code == 400


async def test_the_file_with_client_secrets_is_private(sandbox: StartSandbox) -> None:
    unit = await sandbox(listings=1)
    files = list(unit.log.parent.parent.glob(f"{unit.name}-clients.json"))
    assert [oct(file.stat().st_mode & 0o777) for file in files] == ["0o600"]
