"""Tables, queries and the transaction (SQL only; row-level security sees to the workspace)."""

from truestock.importer.store.queue import WorkQueue
from truestock.importer.store.transaction import ImporterTransaction, Store

__all__ = ["ImporterTransaction", "Store", "WorkQueue"]
