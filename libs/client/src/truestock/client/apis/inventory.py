"""Inventory: items, the stock ledger, and decisions about held listings, splits and proposals."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from truestock.client.http import Service
from truestock.client.models import inventory as models


class Inventory:
    """Inventory's public API. ``revision`` is always the one that the operator saw."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def items(
        self,
        *,
        q: str | None = None,
        sku: str | None = None,
        connection_id: str | None = None,
        state: str | None = None,
    ) -> AsyncIterator[models.Item]:
        """Items that match; ``q`` searches titles, ``sku`` is exact."""
        query = {"q": q, "sku": sku, "connection_id": connection_id, "state": state}
        return self._service.pages(models.Item, "/v1/items", **query)

    async def item(self, item_id: str) -> models.Item:
        """One item in full."""
        return await self._service.get(models.Item, f"/v1/items/{item_id}")

    async def edit(
        self, item_id: str, changes: Mapping[str, Any], *, revision: int, reason: str
    ) -> models.Item:
        """Change fields that inventory owns (title, description, brand, photos, variants' price and SKU)."""
        body = {**changes, "reason": reason}
        return await self._service.command(
            models.Item, f"/v1/items/{item_id}", body, revision=revision, method="PATCH"
        )

    def movements(self, item_id: str) -> AsyncIterator[models.Movement]:
        """The item's stock ledger."""
        return self._service.pages(models.Movement, f"/v1/items/{item_id}/movements")

    async def move(
        self, item_id: str, variant_id: str, kind: str, quantity: int, *, revision: int, reason: str
    ) -> models.Item:
        """Record a sale, receipt or adjustment; ``quantity`` is the signed change in pieces."""
        body = {"variant_id": variant_id, "kind": kind, "quantity": quantity, "reason": reason}
        return await self._service.command(
            models.Item, f"/v1/items/{item_id}/movements", body, revision=revision
        )

    async def count(self, counted: Mapping[str, int], *, reason: str, accept: bool = True) -> models.Count:
        """Record what was counted, by variant; ``accept`` turns differences into movements at once."""
        lines = [{"variant_id": variant, "counted": pieces} for variant, pieces in counted.items()]
        body = {"lines": lines, "reason": reason, "accept": accept}
        return await self._service.command(models.Count, "/v1/counts", body)

    async def accept_count(self, count_id: str) -> models.Count:
        """Turn a count's differences into movements."""
        return await self._service.command(models.Count, f"/v1/counts/{count_id}/accept")

    async def attest(
        self, *, statement: str, item_ids: Sequence[str] = (), batch_id: str | None = None
    ) -> models.Attestation:
        """Vouch for stock as it was imported, of named items or of a whole batch."""
        scope: dict[str, Any] = {"batch_id": batch_id} if batch_id else {"item_ids": list(item_ids)}
        return await self._service.command(
            models.Attestation, "/v1/attestations", {**scope, "statement": statement}
        )

    def held(
        self, *, connection_id: str | None = None, batch_id: str | None = None
    ) -> AsyncIterator[models.Held]:
        """Listings that wait for a decision: link, create or reject."""
        return self._service.pages(models.Held, "/v1/held", connection_id=connection_id, batch_id=batch_id)

    async def decide_held(self, decisions: Sequence[Mapping[str, Any]], *, reason: str) -> models.HeldResults:
        """Decide several held listings; each is answered on its own (see the service's API)."""
        body = {"decisions": [dict(decision) for decision in decisions], "reason": reason}
        return await self._service.command(models.HeldResults, "/v1/held/decide", body)

    def splits(self, *, state: str = "open", batch_id: str | None = None) -> AsyncIterator[models.Split]:
        """Split proposals."""
        return self._service.pages(models.Split, "/v1/splits", state=state, batch_id=batch_id)

    async def decide_split(
        self,
        split_id: str,
        *,
        accept: bool,
        revision: int,
        reason: str,
        variants: Sequence[Mapping[str, Any]] | None = None,
    ) -> models.Split:
        """Accept a split, dividing the stock explicitly (``variants``), or keep one variant."""
        body: dict[str, Any] = {"accept": accept, "reason": reason}
        if variants is not None:
            body["variants"] = [dict(variant) for variant in variants]
        return await self._service.command(
            models.Split, f"/v1/splits/{split_id}/decide", body, revision=revision
        )

    def proposals(
        self, *, state: str = "open", batch_id: str | None = None
    ) -> AsyncIterator[models.Proposal]:
        """Differences between later imports and owned fields."""
        return self._service.pages(models.Proposal, "/v1/proposals", state=state, batch_id=batch_id)

    async def decide_proposal(
        self, proposal_id: str, *, accept_fields: Sequence[str], revision: int, reason: str
    ) -> models.Proposal:
        """Take over the named fields; the others stay as inventory has them."""
        body = {"accept_fields": list(accept_fields), "reason": reason}
        return await self._service.command(
            models.Proposal, f"/v1/proposals/{proposal_id}/decide", body, revision=revision
        )

    async def summary(
        self, *, connection_id: str | None = None, batch_id: str | None = None
    ) -> models.Summary:
        """Totals of the workspace, a connection or a batch."""
        return await self._service.get(
            models.Summary, "/v1/summary", connection_id=connection_id, batch_id=batch_id
        )

    async def policies(self) -> models.InventoryPolicies:
        """Buffers and price rules."""
        return await self._service.get(models.InventoryPolicies, "/v1/policies")

    async def set_policies(
        self,
        buffers: Mapping[str, int],
        price_rules: Mapping[str, models.ChannelPriceRule],
        *,
        revision: int,
        reason: str,
    ) -> models.InventoryPolicies:
        """Replace all buffers and price rules; items that this changes are published and validated again."""
        rules = {key: rule.model_dump(mode="json") for key, rule in price_rules.items()}
        body = {"buffers": dict(buffers), "price_rules": rules, "reason": reason}
        return await self._service.command(
            models.InventoryPolicies, "/v1/policies", body, revision=revision, method="PUT"
        )
