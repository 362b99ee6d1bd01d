"""What may be reached, and how much of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from truestock.chassis.outbound.addresses import Address, Network, is_own, is_public, is_unreachable, within
from truestock.chassis.settings import ServiceSettings

NOT_PUBLIC = "its host is not public"
HTTPS_PORTS = frozenset({443})


@dataclass(frozen=True, slots=True)
class OutboundPolicy:
    """Strict unless it says otherwise: https, port 443, public addresses.

    ``private_networks`` are for a stack on one's own machine: hosts whose every address lies in them may
    also be asked over plain http and on any port. They loosen nothing for other hosts, and link-local and
    metadata addresses stay refused. ``denied_networks`` are public addresses that are the cluster's own.
    ``max_bytes`` bounds a body as sent and as decoded; ``timeout_s`` a whole exchange with its redirects.
    Raises ValueError for a private network that is none: the internet cannot be opened to plain http.
    """

    private_networks: tuple[Network, ...] = ()
    denied_networks: tuple[Network, ...] = ()
    ports: frozenset[int] = HTTPS_PORTS
    max_bytes: int = 64 * 1024 * 1024
    timeout_s: float = 30.0
    max_redirects: int = 3

    def __post_init__(self) -> None:
        for network in self.private_networks:
            if not is_own(network):
                raise ValueError(
                    f"{network} is no private network. Name loopback, RFC 1918, shared or unique-local "
                    "ones in TRUESTOCK_OUTBOUND_PRIVATE_NETWORKS, or none."
                )

    @classmethod
    def from_settings(cls, settings: ServiceSettings, *, timeout_s: float) -> Self:
        """The deployment's networks, ports and bytes; a whole exchange takes at most ``timeout_s``."""
        return cls(
            private_networks=settings.outbound_private_networks,
            denied_networks=settings.outbound_denied_networks,
            ports=frozenset(settings.outbound_ports),
            max_bytes=settings.outbound_max_bytes,
            timeout_s=timeout_s,
        )

    def objection(self, addresses: Sequence[Address], port: int, *, secure: bool) -> str | None:
        """Why none of a host's addresses is connected to; None when all of them may be."""
        if not addresses:
            return "its host has no address"
        if any(map(is_unreachable, addresses)):
            return NOT_PUBLIC
        if all(within(address, self.private_networks) for address in addresses):
            return None
        # One private address among public ones is how a name is made to lead inside.
        if any(not is_public(address) or within(address, self.denied_networks) for address in addresses):
            return NOT_PUBLIC
        return self.form_objection(port, secure=secure)

    def form_objection(self, port: int, *, secure: bool) -> str | None:
        """Why a public host is not asked in this way."""
        if not secure:
            return "its address is not https"
        return None if port in self.ports else f"its port {port} is not served"
