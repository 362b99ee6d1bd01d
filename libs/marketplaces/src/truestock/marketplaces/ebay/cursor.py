"""Where a read of the catalogue stands."""

from dataclasses import dataclass, replace
from typing import Literal, Self, get_args

from truestock.marketplaces.errors import PermanentRefusal

Phase = Literal["inventory", "active", "scheduled"]
PHASES: tuple[Phase, ...] = get_args(Phase)


@dataclass(frozen=True, slots=True)
class Position:
    """A page of one phase: the Inventory API's items, then the Trading API's two lists.

    ``offset`` is what eBay's ``next`` link said (its documents call it a page number, its links count
    records: ``step`` is what one page adds); for the Trading API it is the page's number. ``read`` counts
    the rows before this page, ``total`` is what the page before declared.
    """

    phase: Phase
    offset: int = 0
    step: int = 0
    read: int = 0
    total: int = 0

    def __str__(self) -> str:
        return f"{self.phase}:{self.offset}:{self.step}:{self.read}:{self.total}"

    @classmethod
    def parse(cls, cursor: str) -> Self:
        """Read a cursor of ours; PermanentRefusal when it is not one."""
        phase, *numbers = cursor.split(":")
        if phase not in PHASES or len(numbers) != 4 or not all(n.isascii() and n.isdigit() for n in numbers):
            raise PermanentRefusal("This is not a cursor of an eBay catalogue.")
        known: Phase = PHASES[PHASES.index(phase)]
        return cls(known, *map(int, numbers))

    def following_phase(self) -> Self | None:
        """The beginning of the next phase; None behind the last one."""
        place = PHASES.index(self.phase) + 1
        return type(self)(PHASES[place]) if place < len(PHASES) else None

    def back(self, missing: int, page: int, total: int) -> Self:
        """So many whole pages back that ``missing`` rows which moved to the front are met again."""
        pages = -(-missing // page)
        offset, read = self.offset - pages * self.step, self.read - pages * page
        if offset <= 0 or read <= 0:
            offset = read = 0
        return replace(self, offset=offset, read=read, total=total)
