"""Notices (webhooks) that a marketplace sends to the application's address."""

from collections.abc import Mapping

import httpx

from truestock.sandbox.requestlog import Entry, RequestLog, now

_PATIENCE = 5.0  # seconds that marketplaces wait for an answer (Shopify: five)


class Notices:
    """Sends signed notices; ``addresses`` by marketplace name. ``transport`` is for tests."""

    def __init__(
        self,
        addresses: Mapping[str, str],
        log: RequestLog,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._addresses, self._log, self._transport = dict(addresses), log, transport

    def address(self, marketplace: str) -> str | None:
        """Where this marketplace's notices go; None when nobody asked for any."""
        return self._addresses.get(marketplace)

    async def send(
        self,
        marketplace: str,
        body: bytes,
        headers: Mapping[str, str],
        *,
        account: str | None = None,
        address: str | None = None,
    ) -> int | None:
        """POST the body once; the answer's status, 0 when nobody answered, None without an address.

        The attempt is in the request log as method ``NOTICE``; the body and the headers are not.
        """
        target = address or self.address(marketplace)
        if target is None:
            return None
        try:
            async with httpx.AsyncClient(transport=self._transport, timeout=_PATIENCE) as http:
                status = (await http.post(target, content=body, headers=dict(headers))).status_code
        except httpx.HTTPError:
            status = 0
        self._log.record(Entry(now(), marketplace, "NOTICE", httpx.URL(target).path, {}, status, account))
        return status
