"""PostgreSQL: tables are in the migrations, statements here are set-based and ordered by key."""

from truestock.inventory.store.work import Store, StoreWork

__all__ = ["Store", "StoreWork"]
