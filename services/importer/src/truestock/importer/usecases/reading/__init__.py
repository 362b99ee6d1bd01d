"""Reading a batch: claimed by a fenced lease, page by page, each committed with its cursor and events."""

from truestock.importer.usecases.reading.read_batch import Again, ReadBatch
from truestock.importer.usecases.reading.worker import Worker

__all__ = ["Again", "ReadBatch", "Worker"]
