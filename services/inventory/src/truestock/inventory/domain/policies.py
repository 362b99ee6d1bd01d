"""A workspace's buffers and price rules."""

from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

from msgspec import Struct, field

from truestock.contracts.events import PriceRule
from truestock.contracts.values import Marketplace


class ChannelRule(Struct, frozen=True):
    """A connection's price rule, and how far a shown price may be off (in the price's currency)."""

    rule: PriceRule = field(default_factory=PriceRule)
    tolerance: Decimal = Decimal(0)


class Policies(Struct, frozen=True):
    """What an operator decided for the whole workspace; nothing decided: no buffers, same prices."""

    buffers: Mapping[str, int] = field(default_factory=dict)
    price_rules: Mapping[UUID, ChannelRule] = field(default_factory=dict)
    revision: int = 0

    def buffer(self, marketplace: Marketplace) -> int:
        """Pieces held back from this marketplace; default 0."""
        return self.buffers.get(marketplace, 0)

    def rule(self, connection_id: UUID) -> ChannelRule:
        """The connection's price rule; default: same price, no tolerance."""
        return self.price_rules.get(connection_id, _SAME)


_SAME = ChannelRule()
