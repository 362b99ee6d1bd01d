"""Where a read of an Amazon catalogue stands.

A search pages through a thousand SKUs at most (``numberOfResults`` in the model), so a catalogue is read in
windows: ordered by creation, each window starting at the date at which the last one ended.
"""

import json
from dataclasses import astuple, dataclass, replace
from typing import Self

from truestock.marketplaces.amazon.items import Found, created
from truestock.marketplaces.amazon.oauth import MARKETPLACE_ID
from truestock.marketplaces.errors import PartialRead, PermanentRefusal

WINDOW = 1_000


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a window.

    ``since``: the window's first creation date ("" for the whole catalogue); ``reached`` and ``last``: the
    last date and SKU that were read; ``declared`` and ``read``: how many SKUs the window has, and how many of
    them came; ``token``: Amazon's.
    """

    marketplace: str
    since: str = ""
    reached: str = ""
    last: str = ""
    declared: int = 0
    read: int = 0
    token: str = ""

    def __str__(self) -> str:
        return json.dumps(astuple(self), separators=(",", ":"))

    @classmethod
    def parse(cls, cursor: str) -> Self:
        """Read a cursor of ours; PermanentRefusal when it is not one."""
        try:
            values = json.loads(cursor)
        except ValueError:
            values = None
        kinds = [type(one) for one in values] if isinstance(values, list) else []
        if kinds != [str, str, str, str, int, int, str] or min(values[4:6]) < 0:
            raise PermanentRefusal("This is not a cursor of an Amazon catalogue.")
        position = cls(*values)
        if not MARKETPLACE_ID.fullmatch(position.marketplace):
            raise PermanentRefusal("This is not a cursor of an Amazon catalogue.")
        return position

    def again(self) -> Self:
        """A new window from the last date that was read (inclusive: what shares it comes once more)."""
        return replace(self, since=self.reached, declared=0, read=0, token="")

    def after(self, page: Found) -> Self | None:
        """The place behind one page; None at the end. PartialRead when less came than was declared."""
        arrived, declared, token = len(page.items), page.declared, page.token
        here = replace(
            self,
            reached=created(page.items, self.marketplace) or self.reached,
            last=page.items[-1]["sku"] if page.items else self.last,
            declared=declared,
            read=self.read + arrived,
            token=token,
        )
        if here.read >= WINDOW:
            if here.reached == here.since:
                raise PartialRead(f"Amazon shows {WINDOW} SKUs at most that were created at {here.since}.")
            return here.again()
        if token:
            if not arrived:
                raise PartialRead(f"Amazon declared {declared} SKUs and stopped sending after {here.read}.")
            return here
        if here.read < declared:
            raise PartialRead(f"Amazon declared {declared} SKUs and sent {here.read}.")
        return None
