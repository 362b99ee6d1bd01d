"""A connector process (or two) on a database of its own, with a sandbox, driven over HTTP as people do."""

import base64
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid4

import httpx
from support.broker import quick_groups

from truestock.local.environment import OWN_MACHINE, inherited
from truestock.local.marketplaces import marketplace_environment
from truestock.local.ports import LOOPBACK, free_port
from truestock.local.postgres import DatabaseUrls
from truestock.local.runs import Run
from truestock.local.units import Unit, trace_file

KEY = base64.b64encode(secrets.token_bytes(32)).decode()


def connector_unit(
    run: Run,
    name: str,
    urls: DatabaseUrls,
    sandbox: Unit,
    bootstrap: str,
    public_url: str | None = None,
    *,
    port: int | None = None,
    changed: Mapping[str, str] = MappingProxyType({}),
) -> Unit:
    """``python -m truestock.connector serve``; replicas share the public URL of the first.

    ``changed``: further settings, or other ones, by their full names.
    """
    port = port or free_port()
    settings = {
        **inherited(),
        **urls.environment(),
        "TRUESTOCK_HOST": LOOPBACK,
        "TRUESTOCK_PORT": str(port),
        "TRUESTOCK_PUBLIC_URL": public_url or f"http://{LOOPBACK}:{port}",
        "TRUESTOCK_KAFKA_BOOTSTRAP": bootstrap,
        "TRUESTOCK_ISSUER_URL": f"{sandbox.url}/issuer",
        "TRUESTOCK_CLIENT_SECRET": "connector-secret",
        "TRUESTOCK_OUTBOUND_PRIVATE_NETWORKS": OWN_MACHINE,
        "TRUESTOCK_KEYS": f"test-1:{KEY}",
        "TRUESTOCK_TRACE_FILE": str(trace_file(run, name)),
        "TRUESTOCK_SWEEP_S": "0.2",
        "TRUESTOCK_CONSUMER_FETCH_WAIT_MS": "100",
        **quick_groups(),
        **marketplace_environment(sandbox.url),
        **changed,
    }
    command = [sys.executable, "-m", "truestock.connector", "serve"]
    return Unit(run, name, command, settings, port, ready_path="/readyz")


@dataclass
class Operator:
    """A person of one workspace at one connector, and a service asking for leases."""

    connector: str
    sandbox: str
    http: httpx.AsyncClient
    workspace: UUID = field(default_factory=uuid4)
    name: str = "olga"
    role: str = "operator"

    async def token(self, audience: str = "truestock", **claims: Any) -> str:
        """A bearer token of the sandbox's issuer."""
        body = {
            "claims": {
                "sub": self.name,
                "name": self.name.title(),
                "roles": [self.role],
                "workspace_id": str(self.workspace),
                **claims,
            },
            "audience": audience,
        }
        answer = await self.http.post(f"{self.sandbox}/control/issuer/token", json=body)
        return str(answer.raise_for_status().json()["access_token"])

    async def call(
        self, method: str, path: str, body: Any = None, *, revision: int | None = None
    ) -> httpx.Response:
        """One call to the connector's API."""
        headers = {"authorization": f"Bearer {await self.token()}"}
        if revision is not None:
            headers["if-match"] = f'"{revision}"'
        return await self.http.request(method, f"{self.connector}{path}", json=body, headers=headers)

    async def get(self, path: str) -> Any:
        """A successful read."""
        answer = await self.call("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def start(self, **body: Any) -> Any:
        """A started attempt."""
        answer = await self.call("POST", "/v1/attempts", {"marketplace": "etsy", **body})
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def consent(self, url: str, login: str, **more: str) -> httpx.Response:
        """The seller's part in the browser: consent, and follow the redirect to the callback page."""
        return await self.http.get(await self.decided(url, login, **more))

    async def opened(self, url: str) -> str:
        """Open an attempt's link in this operator's browser; where it leads."""
        answer = await self.http.get(url, follow_redirects=False)
        assert answer.is_redirect, answer.text
        return str(answer.headers["location"])

    async def decided(self, url: str, login: str, **more: str) -> str:
        """Open the link and decide at the marketplace; where that leads back to."""
        consent = httpx.URL(await self.opened(url)).copy_merge_params({"login": login, **more})
        answer = await self.http.get(consent, follow_redirects=False)
        assert answer.is_redirect, answer.text
        return str(answer.headers["location"])

    async def authorize(self, login: str, **body: Any) -> Any:
        """An attempt whose seller consented."""
        attempt = await self.start(**body)
        await self.consent(attempt["authorization_url"], login)
        return await self.get(f"/v1/attempts/{attempt['attempt_id']}")

    async def confirm(self, attempt: Any, **changes: Any) -> httpx.Response:
        """Confirm what is shown."""
        body = {"account_id": attempt["account"]["id"], "settings_hash": attempt["settings_hash"], **changes}
        path = f"/v1/attempts/{attempt['attempt_id']}/confirm"
        return await self.call("POST", path, body, revision=attempt["revision"])

    async def connect(self, login: str, **body: Any) -> Any:
        """A confirmed connection."""
        answer = await self.confirm(await self.authorize(login, **body))
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def lease(self, connection_id: str, *, refused: int | None = None) -> httpx.Response:
        """What the importer does."""
        token = await self.token("truestock-connector", roles=["service"], sub="truestock-importer")
        path = f"/internal/v1/connections/{connection_id}/lease" + ("/refused" if refused else "")
        headers = {"authorization": f"Bearer {token}", "x-workspace-id": str(self.workspace)}
        body = {"token_version": refused} if refused else None
        return await self.http.post(f"{self.connector}{path}", json=body, headers=headers)

    async def fault(self, kind: str, account: str, **more: Any) -> None:
        """Make the sandbox misbehave."""
        body = {"kind": kind, "account": account, **more}
        (await self.http.post(f"{self.sandbox}/control/faults", json=body)).raise_for_status()

    async def refreshes(self, account: str) -> int:
        """How often a refresh token of the account was used."""
        return await self.token_requests("refresh_token", account=account)

    async def token_requests(self, grant: str, **wanted: str) -> int:
        """How many token requests the sandbox has answered: of an account, of a marketplace, or all."""
        counters = (await self.http.get(f"{self.sandbox}/control/token-requests")).json()["counters"]
        wanted = {"grant": grant, **wanted}
        return sum(row["count"] for row in counters if wanted.items() <= row.items())

    async def reauthorize(self, connection_id: str, login: str) -> httpx.Response:
        """Authorize the connection again as this seller; the page at the end."""
        attempt = await self.call("POST", f"/v1/connections/{connection_id}/reauthorize")
        assert attempt.status_code == 201, attempt.text
        return await self.consent(attempt.json()["authorization_url"], login)

    async def disconnect(self, connection_id: str) -> Any:
        """The disconnected connection."""
        path = f"/v1/connections/{connection_id}"
        revision = (await self.get(path))["revision"]
        body = {"reason": "the test is over", "withdraw": False}
        answer = await self.call("POST", f"{path}/disconnect", body, revision=revision)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def state(self, connection_id: str) -> str:
        """How the connection stands."""
        return str((await self.get(f"/v1/connections/{connection_id}"))["state"])
