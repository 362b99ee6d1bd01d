"""All events of Truestock, by producer."""

from truestock.contracts.events.base import Event
from truestock.contracts.events.connection import (
    ConnectionConfirmed,
    ConnectionDeadlineApproaching,
    ConnectionDisconnected,
    ConnectionEvent,
    ConnectionReauthorizationRequired,
    ConnectionRestored,
    DeadlineKind,
)
from truestock.contracts.events.importing import (
    BatchDecision,
    BatchEvent,
    BatchKind,
    ImportBatchClosed,
    ImportBatchDecided,
    ImportBatchRead,
    ImportBatchStarted,
    ListingImported,
)
from truestock.contracts.events.inventory import (
    InventoryItem,
    InventorySeeded,
    ItemVariant,
    OpenIssue,
    PriceRule,
    PriceRuleKind,
    SeedOutcome,
    SharedFields,
    SyncState,
    SyncVariant,
)
from truestock.contracts.events.validation import Check, Finding, FindingClass, SyncValidated, Verdict

__all__ = [
    "BatchDecision",
    "BatchEvent",
    "BatchKind",
    "Check",
    "ConnectionConfirmed",
    "ConnectionDeadlineApproaching",
    "ConnectionDisconnected",
    "ConnectionEvent",
    "ConnectionReauthorizationRequired",
    "ConnectionRestored",
    "DeadlineKind",
    "Event",
    "Finding",
    "FindingClass",
    "ImportBatchClosed",
    "ImportBatchDecided",
    "ImportBatchRead",
    "ImportBatchStarted",
    "InventoryItem",
    "InventorySeeded",
    "ItemVariant",
    "ListingImported",
    "OpenIssue",
    "PriceRule",
    "PriceRuleKind",
    "SeedOutcome",
    "SharedFields",
    "SyncState",
    "SyncValidated",
    "SyncVariant",
    "Verdict",
]
