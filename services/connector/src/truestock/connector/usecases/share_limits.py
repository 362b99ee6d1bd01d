"""Processes that send under one limit of a marketplace tell each other closings and divide its rate."""

import hashlib
from collections.abc import Mapping
from uuid import UUID

from truestock.chassis.delivery import Transient
from truestock.connector.usecases.ports import Begin, LimitStore, Seller
from truestock.contracts.problem import not_found
from truestock.marketplaces import registry
from truestock.marketplaces.sharing import LimitsAway, Report, Share, SharedLimits


class ShareLimits:
    """Whatever a marketplace counts together has one row: an account, or our whole application."""

    def __init__(self, begin: Begin, limits: LimitStore, clients: Mapping[str, str]) -> None:
        self._begin = begin
        self._limits = limits
        self._clients = clients

    async def __call__(self, workspace_id: UUID, connection_id: UUID, holder: str, report: Report) -> Share:
        """For another service, about a connection of the workspace; a Refusal (404) without one.

        The connection's state does not matter: its reader may share the application's limit with others.
        """
        async with self._begin([workspace_id]) as tx:
            connection = await tx.connection(connection_id)
        if connection is None:
            raise not_found("connection", connection_id)
        return await self.of(connection.marketplace, connection.account.id, holder, report)

    async def of(self, marketplace: str, account: str | None, holder: str, report: Report) -> Share:
        """For the connector's own requests."""
        counted = account if registry.get(marketplace).limits_per_account else None
        client = self._clients.get(marketplace, "")
        name = "\0".join((marketplace, client, *([] if counted is None else [counted])))
        return await self._limits.share(hashlib.sha256(name.encode()).digest(), holder, report)


class OwnLimits(SharedLimits):
    """The connector's own view of a limit: without HTTP, else like everybody's."""

    def __init__(self, share: ShareLimits, seller: Seller, holder: str) -> None:
        self._share, self._seller, self._holder = share, seller, holder

    async def share(self, report: Report) -> Share:
        """Tell and ask. Raises :class:`LimitsAway`."""
        who = self._seller.account_id or self._seller.store
        try:
            return await self._share.of(self._seller.marketplace, who, self._holder, report)
        except Transient as error:
            raise LimitsAway(str(error)) from error
