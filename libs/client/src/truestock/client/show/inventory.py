"""Items, stock, and what waits for a decision."""

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.table import Table

from truestock.client.models.common import options_text
from truestock.client.models.inventory import Count, Held, Item, Movement, Split, Summary
from truestock.client.show.importing import shorten
from truestock.client.show.words import counts, facts, grid, instant, pieces, plain, word


def items(values: Iterable[Item]) -> Table:
    """Items, one a line."""
    table = grid("item", "title", "variants", "stock", "channels", right=frozenset({"variants", "stock"}))
    for value in values:
        table.add_row(
            value.item_id,
            shorten(value.title),
            str(len(value.variants)),
            stock_text(value),
            ", ".join(f"{link.marketplace} {link.listing_id}".strip() for link in value.channel_listings)
            or "–",
        )
    return table


def stock_text(value: Item) -> str:
    """The item's known stock, and how many of its variants are unknown."""
    known = [variant.on_hand for variant in value.variants if variant.on_hand is not None]
    unknown = len(value.variants) - len(known)
    if not known:
        return "unknown"
    return str(sum(known)) + (f" + {unknown} unknown" if unknown else "")


def item(value: Item) -> RenderableType:
    """One item in full."""
    head = facts(
        ("item", value.item_id),
        ("title", value.title),
        ("brand", value.brand),
        ("state", word(value.state)),
        ("revision", value.revision),
    )
    variants = grid(
        "variant", "options", "sku", "on hand", "confirmed", "price", right=frozenset({"on hand"})
    )
    for variant in value.variants:
        variants.add_row(
            variant.variant_id,
            options_text(variant.options),
            plain(variant.sku),
            pieces(variant.on_hand),
            "yes" if variant.confirmed else "no",
            plain(variant.price and str(variant.price)),
        )
    links = grid("listing", "marketplace", "connection", "state", "may be pushed")
    for link in value.channel_listings:
        allowed = "yes" if link.push_allowed else "no"
        links.add_row(link.listing_id, link.marketplace, link.connection_id, word(link.state), allowed)
    return Group(head, variants, links)


def movements(of: Item, values: Iterable[Movement]) -> Table:
    """The item's stock ledger."""
    names = {variant.variant_id: options_text(variant.options) for variant in of.variants}
    table = grid("when", "variant", "kind", "change", "who", "why", right=frozenset({"change"}))
    for value in values:
        change = "unknown" if value.quantity is None else f"{value.quantity:+d}"
        variant = names.get(value.variant_id, value.variant_id)
        table.add_row(instant(value.at), variant, value.kind, change, plain(value.who), plain(value.reason))
    return table


def count(value: Count) -> RenderableType:
    """A stock count with its differences."""
    table = grid(
        "variant", "counted", "on hand before", "difference", right=frozenset({"counted", "difference"})
    )
    for line in value.lines:
        table.add_row(line.variant_id, str(line.counted), pieces(line.on_hand), plain(line.difference))
    return Group(facts(("count", value.count_id), ("state", word(value.state))), table)


def held(values: Iterable[Held]) -> Table:
    """Held listings and why they are held."""
    table = grid("listing", "title", "why", "could be linked to")
    for value in values:
        candidates = ", ".join(f"{shorten(c.title)} ({c.item_id})" for c in value.candidates)
        table.add_row(value.listing_id, shorten(value.title), "; ".join(value.reasons), candidates or "–")
    return table


def splits(values: Iterable[Split]) -> Table:
    """Split proposals with their evidence."""
    table = grid("listing", "title", "proposes", "evidence", "stock", right=frozenset({"stock"}))
    for value in values:
        table.add_row(
            plain(value.listing_id),
            shorten(value.title),
            f"{value.option_name}: {', '.join(value.values)}",
            shorten(value.evidence, 60),
            pieces(value.on_hand),
        )
    return table


def summary(value: Summary) -> Table:
    """Inventory's own totals."""
    return facts(
        ("items", value.items),
        ("variants", value.variants),
        ("stock", f"{value.stock} pieces"),
        ("variants of unknown stock", value.unknown_stock),
        ("held listings", value.held),
        ("open splits", value.open_splits),
        ("open proposals", value.open_proposals),
        ("outcomes", counts(value.outcomes)),
    )
