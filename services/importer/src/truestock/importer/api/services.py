"""The use cases that the routes delegate to."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from truestock.importer.usecases.decide_batch import DecideBatch
from truestock.importer.usecases.decide_listing import DecideListing
from truestock.importer.usecases.look import Look
from truestock.importer.usecases.start_batch import StartBatch
from truestock.importer.usecases.undo_batch import UndoBatch


@dataclass(frozen=True, slots=True)
class Services:
    """All commands and queries of the importer."""

    start: StartBatch
    decide_batch: DecideBatch
    decide_listing: DecideListing
    undo: UndoBatch
    look: Look
    now: Callable[[], datetime]
