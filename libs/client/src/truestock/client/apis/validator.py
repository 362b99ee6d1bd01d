"""The validator: verdicts and findings."""

from collections.abc import AsyncIterator, Sequence
from decimal import Decimal

from truestock.client.http import Service
from truestock.client.models.validator import (
    FindingSeen,
    Revalidation,
    ValidationReport,
    ValidatorPolicies,
    VerdictSeen,
)


class Validator:
    """The validator's public API."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def verdicts(
        self,
        *,
        connection_id: str | None = None,
        batch_id: str | None = None,
        verdict: str | None = None,
    ) -> AsyncIterator[VerdictSeen]:
        """The newest verdict per listing."""
        query = {"connection_id": connection_id, "batch_id": batch_id, "verdict": verdict}
        return self._service.pages(VerdictSeen, "/v1/verdicts", **query)

    async def verdict(self, connection_id: str, listing_id: str) -> VerdictSeen:
        """The newest verdict on one listing, with its findings."""
        return await self._service.get(VerdictSeen, f"/v1/listings/{connection_id}/{listing_id}/verdict")

    async def report(self, batch_id: str) -> ValidationReport:
        """Counts by check and class, and the worst findings, in one call."""
        return await self._service.get(ValidationReport, f"/v1/batches/{batch_id}/report")

    def findings(
        self,
        *,
        connection_id: str | None = None,
        batch_id: str | None = None,
        severity: str | None = None,
        check: str | None = None,
        finding_class: str | None = None,
    ) -> AsyncIterator[FindingSeen]:
        """Findings, worst first."""
        query = {"connection_id": connection_id, "batch_id": batch_id, "severity": severity, "check": check}
        return self._service.pages(FindingSeen, "/v1/findings", **query, **{"class": finding_class})

    async def policies(self) -> ValidatorPolicies:
        """The workspace's tolerances."""
        return await self._service.get(ValidatorPolicies, "/v1/policies")

    async def set_price_tolerance(
        self, tolerance: Decimal, *, revision: int, reason: str
    ) -> ValidatorPolicies:
        """Change how far prices may differ; the next verdicts use it."""
        body = {"price_tolerance": str(tolerance), "reason": reason}
        return await self._service.command(
            ValidatorPolicies, "/v1/policies", body, revision=revision, method="PUT"
        )

    async def revalidate(
        self, batch_id: str, *, reason: str, listing_ids: Sequence[str] | None = None
    ) -> Revalidation:
        """Ask for another live read, for example of listings that were unverifiable."""
        body = {"reason": reason} | ({"listing_ids": list(listing_ids)} if listing_ids is not None else {})
        return await self._service.command(Revalidation, f"/v1/batches/{batch_id}/revalidate", body)
