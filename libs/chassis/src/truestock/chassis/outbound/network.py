"""Connections to vetted addresses: the look-up, the vetting and the connection are one step."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from ipaddress import ip_address

import httpcore

from truestock.chassis.outbound.addresses import Address
from truestock.chassis.outbound.errors import AddressRefused
from truestock.chassis.outbound.forms import PUBLIC_HTTPS, literal_address
from truestock.chassis.outbound.policy import OutboundPolicy

Resolve = Callable[[str, int], Awaitable[Sequence[Address]]]
"""All addresses of a name, for a port; raises OSError for a name without any."""

MOST_ADDRESSES = 4
"""Addresses of one host that are tried after one another."""


async def system_resolve(host: str, port: int) -> Sequence[Address]:
    """Ask the system's resolver. Dotted names are taken as complete: no search domain is appended.

    Without that, ``shop.default.svc`` would mean a service of the cluster that this process runs in.
    """
    name = f"{host}." if "." in host else host
    found = await asyncio.get_running_loop().getaddrinfo(name, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(ip_address(entry[4][0]) for entry in found))


class VettedNetwork(httpcore.AsyncNetworkBackend):
    """Connects to what the policy admits, at the very address that it looked at.

    httpcore hands over the name; certificate check, SNI and Host header keep it, as they are made above.
    """

    def __init__(
        self, policy: OutboundPolicy, *, secure: bool, resolve: Resolve, network: httpcore.AsyncNetworkBackend
    ) -> None:
        self._policy = policy
        self._secure = secure
        self._resolve = resolve
        self._network = network

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Look up once, vet all, connect to one. Raises AddressRefused and httpcore's connection errors.

        The addresses share ``timeout`` (seconds), so that a dead one leaves time for the next.
        """
        addresses = (await self._vetted(host, port))[:MOST_ADDRESSES]
        share = None if timeout is None else timeout / len(addresses)
        failure: Exception = httpcore.ConnectError("The host has no address.")
        for address in addresses:
            try:
                return await self._network.connect_tcp(
                    str(address), port, share, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    async def sleep(self, seconds: float) -> None:
        """Between httpcore's attempts."""
        await self._network.sleep(seconds)

    async def _vetted(self, host: str, port: int) -> Sequence[Address]:
        literal = literal_address(host)
        try:
            addresses = [literal] if literal is not None else await self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError("The name of the host is not known.") from error
        objection = self._policy.objection(addresses, port, secure=self._secure)
        if objection is not None:
            raise AddressRefused(objection, PUBLIC_HTTPS)
        return addresses
