"""Tables, queries and the transaction. All writes are set-based: one statement for a whole batch."""

from truestock.validator.store.reports import Reports
from truestock.validator.store.work import ValidatorWork, begin

__all__ = ["Reports", "ValidatorWork", "begin"]
