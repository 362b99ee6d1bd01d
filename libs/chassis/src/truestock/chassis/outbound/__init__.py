"""Requests to hosts that somebody else named: only public ones, over https, bounded in bytes and time.

``guarded_client(policy)`` is an ``httpx.AsyncClient`` that cannot be talked into reaching a private network
(server-side request forgery): it looks a name up once, vets every address that it found, and connects to
exactly the address that it vetted. See docs/adr/0011-outgoing-requests.md.
"""

from truestock.chassis.outbound.client import GuardedClient, guarded_client
from truestock.chassis.outbound.errors import (
    AddressRefused,
    AnswerRefused,
    ExchangeTimeout,
    OutboundRefused,
)
from truestock.chassis.outbound.forms import check_url
from truestock.chassis.outbound.policy import OutboundPolicy
from truestock.chassis.outbound.transport import GuardedTransport

__all__ = [
    "AddressRefused",
    "AnswerRefused",
    "ExchangeTimeout",
    "GuardedClient",
    "GuardedTransport",
    "OutboundPolicy",
    "OutboundRefused",
    "check_url",
    "guarded_client",
]
