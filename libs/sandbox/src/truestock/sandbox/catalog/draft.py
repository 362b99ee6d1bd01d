"""One product while its rows are read."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from truestock.sandbox.catalog import values
from truestock.sandbox.catalog.columns import Columns
from truestock.sandbox.catalog.errors import CatalogError
from truestock.sandbox.catalog.model import Photo, Variant

T = TypeVar("T")
_OPTIONS = (1, 2, 3)
_VARIANT_ROLES = ("option1_value", "option2_value", "option3_value", "sku", "price", "quantity")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the file, with the place that an error names."""

    file: Path
    number: int
    fields: list[str]
    columns: Columns
    notes: Counter[str]

    def text(self, role: str) -> str:
        """The text under this role; empty when there is none."""
        return self.columns.value(self.fields, role)

    def parse(self, role: str, read: Callable[[str], T]) -> T:
        """Read the field, or raise CatalogError with its place."""
        try:
            return read(self.text(role))
        except values.BadValue as error:
            raise self.refuse(role, error.cause, error.remedy) from None

    def refuse(self, role: str, cause: str, remedy: str) -> CatalogError:
        """The error for this row and column."""
        return CatalogError(self.file, cause, remedy, row=self.number, column=self.columns.name(role))

    @property
    def says_variant(self) -> bool:
        """Whether the row describes a variant; otherwise it only adds a photo, or nothing."""
        return any(self.text(role) for role in _VARIANT_ROLES)


@dataclass(slots=True)
class DraftProduct:
    """What is known of a product so far; ``row`` is its first."""

    row: Row
    handle: str
    title: str
    option_names: tuple[str, ...]
    variants: list[Variant] = field(default_factory=list)
    _seen: dict[tuple[str, ...], int] = field(default_factory=dict)
    _photos: list[tuple[int, Photo]] = field(default_factory=list)

    @classmethod
    def begin(cls, row: Row, handle: str, title: str) -> "DraftProduct":
        """Start a product at its first row."""
        names = [row.text(f"option{n}_name") for n in _OPTIONS]
        if names[0].casefold() == "title" and row.text("option1_value").casefold() == "default title":
            names = []
        while names and not names[-1]:
            names.pop()
        if "" in names:
            missing = names.index("") + 1
            cause = f"option {missing} has no name but a later one has"
            raise row.refuse(f"option{missing}_name", cause, "name the options from the first on")
        if len({name.casefold() for name in names}) != len(names):
            raise row.refuse("option1_name", "two options have the same name", "give each its own name")
        return cls(row, handle, title, tuple(names))

    def add_variant(self, row: Row) -> None:
        """Add the variant that this row describes."""
        chosen = tuple(row.text(f"option{n}_value") for n in _OPTIONS[: len(self.option_names)])
        if "" in chosen:
            role = f"option{chosen.index('') + 1}_value"
            cause = f"a variant of {self.handle!r} has no value for {self.option_names[chosen.index('')]!r}"
            raise row.refuse(role, cause, "fill in the value")
        if not self.option_names:
            self._refuse_stray_option(row)
        earlier = self._seen.setdefault(tuple(value.casefold() for value in chosen), row.number)
        if earlier != row.number:
            what = " / ".join(chosen) or "a product without options"
            cause = f"the variant {what!r} of {self.handle!r} is already in row {earlier}"
            raise row.refuse("option1_value", cause, "remove one of the two rows")
        self.variants.append(
            Variant(
                values=chosen,
                sku=row.parse("sku", values.sku),
                quantity=_quantity(row),
                price=row.parse("price", values.price),
                gtin=row.parse("gtin", values.sku),
            )
        )

    def _refuse_stray_option(self, row: Row) -> None:
        value = row.text("option1_value")
        if value and value.casefold() != "default title":
            cause = f"{value!r} is a value of an option that the product {self.handle!r} does not name"
            raise row.refuse("option1_value", cause, "name the option in the product's first row")

    def add_photo(self, row: Row) -> None:
        """Add the photo that this row names, if any."""
        source = row.text("photo")
        if not source or any(photo.source == source for _, photo in self._photos):
            return
        position = row.parse("photo_position", values.quantity)
        rank = len(self._photos) + 1 if position is None else position
        self._photos.append((rank, Photo(source, row.text("photo_alt"))))

    def photos_in_order(self) -> tuple[Photo, ...]:
        """The photos by the position that the file gives them."""
        return tuple(photo for _, photo in sorted(self._photos, key=lambda ranked: ranked[0]))


def _quantity(row: Row) -> int | None:
    quantity = row.parse("quantity", values.quantity)
    if not quantity and row.columns.has("tracker") and not row.text("tracker"):
        return None
    if quantity is not None and quantity < 0:
        row.notes["negative quantities shown as 0"] += 1
        return 0
    return quantity
