"""What later imports propose for fields that inventory owns."""

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from truestock.client.models.inventory import Proposal
from truestock.client.show.importing import shorten
from truestock.client.show.words import facts, grid, plain, word


def proposals(values: Iterable[Proposal]) -> RenderableType:
    """Proposals, one a line, with the keys of what differs."""
    values = list(values)
    if not values:
        return Text("There are no such proposals.", style="green")
    table = grid("proposal", "title", "listing", "differs in", "state")
    for value in values:
        table.add_row(
            value.proposal_id,
            shorten(value.title),
            plain(value.listing_id),
            ", ".join(value.fields),
            word(value.state),
        )
    return table


def proposal(value: Proposal) -> RenderableType:
    """One proposal: every difference with both sides, and whether it can be accepted."""
    head = facts(
        ("proposal", value.proposal_id),
        ("item", value.item_id),
        ("title", value.title),
        ("listing", value.listing_id),
        ("state", word(value.state)),
        ("revision", value.revision),
    )
    return Group(head, _differences(value))


def _differences(value: Proposal) -> Table:
    table = grid("field", "inventory", "marketplace", "can be accepted")
    for key, difference in value.fields.items():
        sides = (plain(difference.inventory), plain(difference.marketplace))
        table.add_row(key, *(shorten(side, 60) for side in sides), plain(difference.acceptable))
    return table
