"""The four services as one object."""

from types import TracebackType
from typing import Self

import httpx

from truestock.client.apis.connector import Connector
from truestock.client.apis.dead_letters import DeadLetters
from truestock.client.apis.importer import Importer
from truestock.client.apis.inventory import Inventory
from truestock.client.apis.validator import Validator
from truestock.client.endpoints import Endpoints
from truestock.client.http import TIMEOUT, Service
from truestock.client.tokens import TokenSource


class Truestock:
    """A typed async client of one Truestock installation, acting as one person.

    Use it as an async context manager. ``http`` may be given (tests); it is closed only if it was not.
    """

    def __init__(
        self, endpoints: Endpoints, token: TokenSource, *, http: httpx.AsyncClient | None = None
    ) -> None:
        self._owned = http is None
        self._http = http or httpx.AsyncClient(timeout=TIMEOUT)
        self.endpoints = endpoints
        services = {
            name: Service(name, url, self._http, token)
            for name, url in (
                ("connector", endpoints.connector),
                ("importer", endpoints.importer),
                ("inventory", endpoints.inventory),
                ("validator", endpoints.validator),
            )
        }
        self.connector = Connector(services["connector"])
        self.importer = Importer(services["importer"])
        self.inventory = Inventory(services["inventory"])
        self.validator = Validator(services["validator"])
        self.dead_letters = DeadLetters(services)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections that this object opened."""
        if self._owned:
            await self._http.aclose()
