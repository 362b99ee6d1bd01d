"""The workspace's policies."""

from collections.abc import Mapping

from rich.console import Group, RenderableType

from truestock.client.models.inventory import ChannelPriceRule, InventoryPolicies
from truestock.client.models.policies import WorkspacePolicies
from truestock.client.show.words import facts, grid, plain, several


def policies(value: WorkspacePolicies, accounts: Mapping[str, str]) -> RenderableType:
    """All of them; ``accounts`` names the account of a connection."""
    order = " → ".join(value.connector.priority) or "no order is set"
    return Group(
        facts(("priority", order), ("price tolerance", str(value.validator.price_tolerance))),
        stock_and_prices(value.inventory, accounts),
    )


def stock_and_prices(value: InventoryPolicies, accounts: Mapping[str, str]) -> RenderableType:
    """Buffers and price rules."""
    held_back = "; ".join(f"{name}: {several(n, 'piece')}" for name, n in value.buffers.items())
    table = grid("connection", "account", "price", "tolerance", right=frozenset({"tolerance"}))
    for connection_id, rule in value.price_rules.items():
        table.add_row(
            connection_id, plain(accounts.get(connection_id)), price_rule(rule), str(rule.tolerance)
        )
    return Group(
        facts(("held back", held_back or "nothing")),
        table if value.price_rules else "The same price everywhere.",
    )


def price_rule(rule: ChannelPriceRule) -> str:
    """What becomes of the internal price on this channel."""
    if rule.kind == "markup":
        return f"× {rule.value}"
    if rule.kind == "fixed" and rule.value is not None:
        return f"{rule.value:+f}"
    return rule.kind
