"""A seller business of one test: its own workspace, its own seller accounts, the running services.

Every test opens a fresh workspace and fresh accounts, so tests share the stack and nothing else.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx
from support.waiting import eventually

from truestock.client.demo.seller import agree
from truestock.client.facade import Truestock
from truestock.client.models.connector import Attempt, Connection
from truestock.client.models.importer import Batch, MappingReport
from truestock.client.models.inventory import Item
from truestock.client.models.validator import VerdictSeen
from truestock.client.tokens import FixedToken
from truestock.contracts.problem import Refusal
from truestock.local.stack import Stack

HEADER = (
    "Handle,Title,Body (HTML),Option1 Name,Option1 Value,Variant SKU,Variant Inventory Tracker,"
    "Variant Inventory Qty,Variant Price,Image Src"
)
_numbers = itertools.count(1)


def product(
    handle: str,
    *variants: tuple[str, str, int | None, str],
    title: str | None = None,
    option: str = "Size",
    body: str = "",
    photos: int = 1,
) -> str:
    """Rows of a product export; a variant is (option value, SKU, quantity, price)."""
    rows = []
    for position, (value, sku, quantity, price) in enumerate(variants):
        first = position == 0
        alone = len(variants) == 1 and not value
        name, chosen = ("Title", "Default Title") if alone else (option, value)
        photo = f"https://photos.example/{handle}-{position}.jpg" if position < photos else ""
        cells = [
            handle,
            (title or handle.replace("-", " ").title()) if first else "",
            body if first else "",
            name if first else "",
            chosen,
            sku,
            "shopify" if quantity is not None else "",
            "" if quantity is None else str(quantity),
            price,
            photo,
        ]
        rows.append(",".join(f'"{cell}"' for cell in cells))
    return "\n".join(rows)


def catalogue(*products: str) -> str:
    """The text of a product export."""
    return "\n".join([HEADER, *products]) + "\n"


@dataclass(frozen=True, slots=True)
class Seller:
    """A seller account of the sandbox, and what happens to it behind Truestock's back."""

    sandbox: str
    http: httpx.AsyncClient
    login: str
    account_id: str
    marketplace: str = "etsy"
    store: str | None = None
    """The shop host or store address, where the marketplace has one per seller."""

    @property
    def name(self) -> str:
        """What the control API calls the account."""
        return f"{self.marketplace}:{self.login}"

    async def listings(self) -> list[dict[str, Any]]:
        """All listings in plain words."""
        found = await self._call("GET", f"/control/accounts/{self.name}/listings?limit=1000")
        return list(found["listings"])

    async def listing_id(self, title: str) -> str:
        """The id of the listing with this title."""
        [found] = [one for one in await self.listings() if one["title"] == title]
        return str(found["listing_id"])

    async def edit(self, listing_id: str, **changes: Any) -> dict[str, Any]:
        """Change a listing as its seller would on the marketplace."""
        return await self._call("POST", f"/control/accounts/{self.name}/listings/{listing_id}/edits", changes)

    async def change(self, **settings: Any) -> None:
        """Change the shop's own settings."""
        await self._call("POST", f"/control/accounts/{self.name}", settings)

    async def fault(self, kind: str, **how: Any) -> None:
        """Inject a fault for this account."""
        await self._call("POST", "/control/faults", {"kind": kind, "account": self.name, **how})

    async def heal(self) -> None:
        """Remove this account's faults."""
        await self._call("DELETE", f"/control/faults?account={self.name}")

    async def token_requests(self) -> dict[str, int]:
        """Requests at the token endpoint by this account's grants: ``"grant outcome"`` → count."""
        found = await self._call("GET", "/control/token-requests")
        return {
            f"{one['grant']} {one['outcome']}": one["count"]
            for one in found["counters"]
            if str(one["account"]) == self.account_id
        }

    async def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        response = await self.http.request(method, self.sandbox + path, json=body)
        assert response.is_success, response.text
        answer: dict[str, Any] = response.json()
        return answer


class Business:
    """One workspace with an operator, another operator and an admin."""

    def __init__(
        self, stack: Stack, http: httpx.AsyncClient, workspace: UUID, tokens: dict[str, str]
    ) -> None:
        self.stack, self.http, self.workspace, self.tokens = stack, http, workspace, tokens
        clients = {
            name: Truestock(stack.endpoints, FixedToken(token), http=http) for name, token in tokens.items()
        }
        self.operator, self.operator2 = clients["operator"], clients["operator2"]
        self.admin, self.viewer = clients["admin"], clients["viewer"]

    @classmethod
    async def open(cls, stack: Stack, http: httpx.AsyncClient, workspace: UUID | None = None) -> "Business":
        """A fresh workspace."""
        workspace = workspace or uuid4()
        tokens = {
            name: await issue(stack, http, name, role, workspace)
            for name, role in (
                ("operator", "operator"),
                ("operator2", "operator"),
                ("admin", "admin"),
                ("viewer", "viewer"),
            )
        }
        return cls(stack, http, workspace, tokens)

    async def seller(
        self,
        csv: str | None = None,
        *,
        generate: int = 20,
        seed: int = 7,
        currency: str = "USD",
        marketplace: str = "etsy",
    ) -> Seller:
        """Open a seller account that sells this catalogue."""
        login = f"journey-{next(_numbers)}-{uuid4().hex[:6]}"
        sandbox = self.stack.endpoints.sandbox
        body: dict[str, Any] = {
            "marketplace": marketplace,
            "login": login,
            "currency": currency,
            "seed": seed,
        }
        body |= {"csv": csv} if csv is not None else {"generate": generate}
        response = await self.http.post(f"{sandbox}/control/accounts", json=body)
        assert response.is_success, response.text
        opened = response.json()
        return Seller(
            str(sandbox), self.http, login, str(opened["account"]), marketplace, opened.get("store")
        )

    async def authorize(self, seller: Seller, attempt: Attempt, **more: str) -> Attempt:
        """The seller agrees in the browser; returns the attempt as it is after the callback."""
        await agree(self.http, attempt.authorization_url or "", seller.login, **more)
        return await self.operator.connector.attempt(attempt.attempt_id)

    async def connect(self, seller: Seller, **options: Any) -> Connection:
        """From the start of an attempt to a confirmed account that the importer knows."""
        started = await self.operator.connector.start(seller.marketplace, store=seller.store, **options)
        back = await self.authorize(seller, started)
        connection = await self.confirm(back)
        await self.known(connection)
        return connection

    async def confirm(self, attempt: Attempt, **options: Any) -> Connection:
        """Confirm what the attempt shows."""
        assert attempt.account is not None, attempt
        assert attempt.settings_hash is not None
        return await self.operator.connector.confirm(
            attempt.attempt_id,
            account_id=attempt.account.id,
            settings_hash=attempt.settings_hash,
            revision=attempt.revision,
            **options,
        )

    async def known(self, connection: Connection) -> None:
        """Wait until the importer has heard of the connection."""

        async def heard() -> bool:
            try:
                await self.operator.importer.gate(connection.connection_id)
            except Refusal as refusal:
                if refusal.code != "not_found":
                    raise
                return False
            return True

        await eventually(heard, message="the importer does not know the connection")

    async def sample_known(self, connection: Connection) -> None:
        """Wait until the connector has heard that the connection's sample is approved."""

        async def heard() -> bool:
            return (await self.operator.connector.connection(connection.connection_id)).sample_approved

        await eventually(heard, message="the connector does not know the approval")

    async def call(
        self,
        service: str,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        *,
        who: str = "operator",
        revision: int | None = None,
    ) -> httpx.Response:
        """One plain request to a service, for what the typed client never sends."""
        headers = {"authorization": f"Bearer {self.tokens[who]}"}
        if revision is not None:
            headers["if-match"] = f'"{revision}"'
        base = getattr(self.stack.endpoints, service)
        return await self.http.request(method, f"{base}{path}", json=body, headers=headers)

    async def import_(self, connection: Connection, kind: str, **options: Any) -> Batch:
        """Start a batch and wait until it needs a person or has ended."""
        return await self.finished(
            await self.operator.importer.start(connection.connection_id, kind, **options)
        )

    async def finished(self, batch: Batch, timeout: float = 60.0) -> Batch:  # noqa: ASYNC109  # a bound
        """The batch once it needs a person or has ended."""

        async def look() -> Batch | None:
            seen = await self.operator.importer.batch(batch.batch_id)
            return seen if seen.reviewable else None

        return await eventually(look, timeout, message=f"batch {batch.batch_id} does not finish")

    async def report(self, batch: Batch) -> MappingReport:
        """The batch's mapping report as it stands."""
        return await self.operator.importer.report(batch.batch_id)

    async def waiting(self, batch: Batch) -> set[str]:
        """The codes of what approval waits for."""
        return {one.code for one in (await self.report(batch)).approval.waiting_for}

    async def attest(self, batch: Batch) -> None:
        """Vouch for the batch's stock."""
        await self.operator.inventory.attest(batch_id=batch.batch_id, statement="as imported, I checked")

    async def approve(self, batch: Batch) -> Batch:
        """Attest the stock, wait until nothing is open, approve."""
        await self.attest(batch)

        async def ready() -> MappingReport | None:
            report = await self.report(batch)
            return report if report.approval.ready else None

        report = await eventually(ready, message="the sample cannot be approved")
        return await self.operator.importer.decide(
            batch.batch_id, "approve", revision=report.batch.revision, reason="reviewed"
        )

    async def journey(self, seller: Seller, *, size: int = 8) -> tuple[Connection, Batch, Batch]:
        """Connect, sample, approve, bulk."""
        connection = await self.connect(seller)
        sample = await self.approve(await self.import_(connection, "sample", size=size))
        return connection, sample, await self.import_(connection, "bulk")

    async def items(self, **query: Any) -> list[Item]:
        """All items that match, in full, by title."""
        found = [
            await self.operator.inventory.item(one.item_id)
            async for one in self.operator.inventory.items(**query)
        ]
        return sorted(found, key=lambda item: item.title)

    async def item(self, title: str) -> Item:
        """The one item with this title."""
        [found] = [one for one in await self.items() if one.title == title]
        return found

    async def verdict(self, connection: Connection, listing_id: str, *, after: int = 0) -> VerdictSeen:
        """The newest verdict on a listing, once it is newer than version ``after``."""

        async def look() -> VerdictSeen | None:
            seen = await self.operator.validator.verdict(connection.connection_id, listing_id)
            return seen if seen.version > after else None

        return await eventually(look, message=f"no verdict after version {after} on {listing_id}")


async def issue(
    stack: Stack, http: httpx.AsyncClient, name: str, role: str, workspace: UUID, **options: Any
) -> str:
    """A person's token from the local issuer."""
    claims = {
        "sub": f"{name}@{workspace}",
        "name": name.title(),
        "preferred_username": name,
        "roles": [role],
        "workspace_id": str(workspace),
    }
    response = await http.post(
        f"{stack.endpoints.sandbox}/control/issuer/token", json={"claims": claims, **options}
    )
    assert response.is_success, response.text
    token: str = response.json()["access_token"]
    return token


def quantities(item: Item) -> list[int | None]:
    """On-hand of an item's variants, in their order."""
    return [variant.on_hand for variant in item.variants]


def classes(verdict: VerdictSeen, check: str | None = None) -> Sequence[tuple[str, str]]:
    """(check, class) of a verdict's findings, one check's only when named."""
    return sorted(
        (finding.check, finding.finding_class)
        for finding in verdict.findings
        if check in (None, finding.check)
    )
