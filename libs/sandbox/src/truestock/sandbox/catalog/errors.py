"""Why a catalogue file is refused."""

from pathlib import Path


class CatalogError(Exception):
    """The file cannot be loaded; nothing of it was. Its text is one sentence for whoever gave it.

    It names file, row (as a spreadsheet numbers it: the header is row 1), column, cause and remedy, as far
    as they apply.
    """

    def __init__(
        self, file: Path, cause: str, remedy: str, *, row: int | None = None, column: str | None = None
    ) -> None:
        self.file, self.cause, self.remedy, self.row, self.column = file, cause, remedy, row, column
        place = str(file)
        if row is not None:
            place += f", row {row}"
        if column is not None:
            place += f", column {column!r}"
        super().__init__(f"{place}: {cause}; {remedy}.")
