"""An authenticated, rate-limit-aware reader of one account; what differs per marketplace is its ``Wire``."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import httpx
from msgspec import MsgspecError
from msgspec.json import Decoder

from truestock.marketplaces.errors import (
    AccessExpired,
    MarketplaceError,
    PartialRead,
    PermanentRefusal,
    RateLimited,
    Temporary,
)
from truestock.marketplaces.limits import RateGate
from truestock.marketplaces.sharing import Pace

_decode = Decoder().decode
"""Half of the standard library's time, and integers of any length stay whole."""

MOST_WAITS = 4
"""So often one request is repeated because of a limit; others may use up what it waited for."""


class AccessTokens(Protocol):
    """Where access tokens come from; they live in memory only."""

    async def current(self) -> str:
        """A token to try. Raises :class:`AccessRevoked` when there is none to be had."""
        ...

    async def refused(self, token: str) -> str:
        """The marketplace refused ``token``: a newer one. Raises :class:`AccessRevoked` or AccessExpired."""
        ...


class OneToken:
    """A single token that cannot be renewed: for the moment between an OAuth callback and confirmation."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def current(self) -> str:
        """That token."""
        return self._token

    async def refused(self, token: str) -> str:  # noqa: ARG002  # the protocol's signature
        """There is no other one."""
        raise AccessExpired("The marketplace refused the access token.")


class Wire(Protocol):
    """What differs between marketplaces on the wire."""

    def headers(self, client_id: str, token: str) -> Mapping[str, str]:
        """The headers that authenticate a request."""
        ...

    def decode(self, response: httpx.Response) -> Any:
        """A successful answer's content; ValueError when it is not complete."""
        ...

    def closed_until(self, response: httpx.Response, now: datetime) -> datetime | None:
        """From the answer's signals: until when nothing more may be sent; None while there is room."""
        ...

    def pace(self, response: httpx.Response, content: Any) -> Pace | None:
        """The limit by the second that an answer tells; ``content`` is decoded, None for an error's."""
        ...

    def error(self, response: httpx.Response, now: datetime) -> MarketplaceError:
        """The class of an answer that is not a success."""
        ...

    def refusal(self, content: Any, now: datetime) -> MarketplaceError | None:
        """The class of a decoded answer with a success status that is a refusal all the same (GraphQL)."""
        ...


class JsonWire:
    """The part of :class:`Wire` that is the same wherever answers are JSON and errors have a status."""

    def decode(self, response: httpx.Response) -> Any:
        """Decoded JSON. A fraction is a float whose shortest text is what was sent: Decimal(str(…))."""
        try:
            return _decode(response.content)
        except (MsgspecError, UnicodeDecodeError):
            # Half a character, for which the faster one has no place, is read; what is no JSON is said to be.
            return json.loads(response.content)

    def pace(self, response: httpx.Response, content: Any) -> Pace | None:  # noqa: ARG002  # the protocol's
        """Answers tell no such limit."""
        return None

    def refusal(self, content: Any, now: datetime) -> MarketplaceError | None:  # noqa: ARG002  # the protocol's
        """A success status is a success."""
        return None


@dataclass(frozen=True, slots=True)
class Answer:
    """A decoded answer with its headers."""

    content: Any
    headers: httpx.Headers


class Api:
    """Reads one account. ``account_id`` is None until the account is known.

    ``store`` is the seller's shop host or store address where the marketplace has one per seller;
    ``base_url`` already leads there.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        wire: Wire,
        *,
        base_url: str,
        client_id: str,
        tokens: AccessTokens,
        account_id: str | None = None,
        store: str | None = None,
        gate: RateGate | None = None,
    ) -> None:
        self._http = http
        self._wire = wire
        self.base_url = base_url.rstrip("/")
        self._client_id = client_id
        self._tokens = tokens
        self._gate = gate or RateGate()
        self.account_id = account_id
        self.store = store

    async def get(self, path: str, params: Mapping[str, str | int] | None = None) -> Any:
        """The decoded content at ``path``; a refused token is replaced once.

        Raises the classes of :mod:`truestock.marketplaces.errors`; PartialRead when the body breaks off.
        """
        return (await self.request("GET", path, params=params)).content

    async def post_token(self, path: str) -> Any:
        """The decoded JSON that ``path`` answers to a form with the access token itself."""
        return (
            await self._with_token(lambda token: self._send("POST", path, token, data={"token": token}))
        ).content

    async def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        json: Any = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        base_url: str | None = None,
    ) -> Answer:
        """As :meth:`get`, for what needs a method, a body, headers or another base address."""
        given: dict[str, Any] = {
            name: value
            for name, value in (("params", params), ("json", json), ("content", content))
            if value is not None
        }
        return await self._with_token(
            lambda token: self._send(method, path, token, more=headers, base_url=base_url, **given)
        )

    async def _with_token(self, send: Callable[[str], Awaitable[Answer]]) -> Answer:
        token = await self._tokens.current()
        try:
            return await self._patiently(send, token)
        except AccessExpired:
            return await self._patiently(send, await self._tokens.refused(token))

    async def _patiently(self, send: Callable[[str], Awaitable[Answer]], token: str) -> Answer:
        """Repeat what was limited, in place, where the gate bears the wait.

        A page may take several requests: giving up on one would begin the page again and spend as much.
        """
        for _ in range(MOST_WAITS):
            try:
                return await send(token)
            except RateLimited as limited:
                if not self._gate.bears(limited.until):
                    raise
        return await send(token)

    async def _send(
        self,
        method: str,
        path: str,
        token: str,
        *,
        more: Mapping[str, str] | None = None,
        base_url: str | None = None,
        **content: Any,
    ) -> Answer:
        await self._gate.passage()
        headers = {**self._wire.headers(self._client_id, token), **(more or {})}
        url = f"{self.base_url if base_url is None else base_url.rstrip('/')}{path}"
        try:
            response = await self._http.request(method, url, headers=headers, **content)
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise Temporary(f"The marketplace did not answer ({type(error).__name__}).") from error
        except httpx.RequestError as error:
            # The client itself refused the address or the answer, and would again; it says why.
            raise PermanentRefusal(str(error)) from error
        now = self._gate.now()
        closed_until = self._wire.closed_until(response, now)
        if closed_until is not None:
            self._gate.close_until(closed_until)
        if not response.is_success:
            self._gate.saw(self._wire.pace(response, None))
            raise self._closing(self._wire.error(response, now))
        try:
            decoded = self._wire.decode(response)
        except ValueError as error:
            raise PartialRead("The marketplace's answer is not complete.") from error
        self._gate.saw(self._wire.pace(response, decoded))
        refusal = self._wire.refusal(decoded, now)
        if refusal is not None:
            raise self._closing(refusal)
        return Answer(decoded, response.headers)

    def _closing(self, problem: MarketplaceError) -> MarketplaceError:
        if isinstance(problem, RateLimited):
            self._gate.close_until(problem.until)
        return problem
