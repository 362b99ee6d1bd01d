"""What this process committed and has not published yet: contents, never order."""

from collections.abc import Iterable
from uuid import UUID

from truestock.chassis.outbox.rows import OutboxRow

ROWS = 2_000
"""More waiting rows than this are read from the table: naming them to it would cost more than it saves."""


class CommittedRows:
    """Rows of this process's commits, oldest first, bounded in rows and bytes.

    A row that is not here is read from the table, so forgetting one is always safe. What is here is only
    ever used for a row that the table says is unsent, and only once: a row that comes back (a failed
    send, a parked row that somebody corrected) is read again.
    """

    def __init__(self, *, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._rows: dict[UUID, OutboxRow] = {}
        self._bytes = 0

    def add(self, rows: Iterable[OutboxRow]) -> None:
        """Remember ``rows``. Where there is no room, start over: what waits that long is read anyway."""
        for row in rows:
            size = len(row.payload or b"")
            if size > self._max_bytes:
                continue
            if len(self._rows) >= ROWS or self._bytes + size > self._max_bytes:
                self.forget()
            self._rows[row.id] = row
            self._bytes += size

    def known(self) -> dict[UUID, OutboxRow]:
        """The rows that are here now."""
        return dict(self._rows)

    def drop(self, row_id: UUID) -> None:
        """This row is on its way, if it is still here."""
        row = self._rows.pop(row_id, None)
        if row is not None:
            self._bytes -= len(row.payload or b"")

    def forget(self) -> None:
        """Nothing is known any more."""
        self._rows.clear()
        self._bytes = 0
