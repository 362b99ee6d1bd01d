"""The one list of topics, and who consumes what.

The local stack, the tests and the Kubernetes manifests are all generated from here. Brokers never
create topics by themselves, and the partitions of a keyed topic never change.
"""

from dataclasses import dataclass, field

DAY_MS = 24 * 60 * 60 * 1000
STATE_MAX_BYTES = 8 * 1024 * 1024
"""Full states travel: a listing of 2,048 variants exceeds Kafka's default of 1 MB."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic and its configuration. ``retention_ms`` -1 keeps for ever (compacted)."""

    name: str
    partitions: int = 12
    retention_ms: int = 14 * DAY_MS
    cleanup_policy: str = "delete"
    max_message_bytes: int = STATE_MAX_BYTES

    def config(self) -> dict[str, str]:
        """The broker-side configuration, by Kafka's names."""
        return {
            "cleanup.policy": self.cleanup_policy,
            "max.message.bytes": str(self.max_message_bytes),
            "retention.ms": str(self.retention_ms),
        }


@dataclass(frozen=True, slots=True)
class Consumption:
    """One consumer group of a service reads one topic; its dead letters go to ``dead_letters``."""

    service: str
    use_case: str
    topic: str
    dead_letters: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "dead_letters", f"{self.group}.dlq")

    @property
    def group(self) -> str:
        """The consumer group: ``<service>.<use-case>``."""
        return f"{self.service}.{self.use_case}"


CONNECTION = Topic("connector.connection.v1")
IMPORT_BATCH = Topic("importer.import-batch.v1")
LISTING_IMPORTED = Topic("importer.listing-imported.v1")
INVENTORY_SEEDED = Topic("inventory.inventory-seeded.v1")
ITEM = Topic("inventory.item.v1", retention_ms=-1, cleanup_policy="compact")
SYNC_VALIDATED = Topic("validator.sync-validated.v1")

EVENT_TOPICS = (CONNECTION, IMPORT_BATCH, LISTING_IMPORTED, INVENTORY_SEEDED, ITEM, SYNC_VALIDATED)

CONSUMPTION = (
    Consumption("importer", "follow-connections", CONNECTION.name),
    Consumption("inventory", "follow-connections", CONNECTION.name),
    Consumption("validator", "follow-connections", CONNECTION.name),
    Consumption("connector", "follow-batches", IMPORT_BATCH.name),
    Consumption("inventory", "seed-from-listing", LISTING_IMPORTED.name),
    Consumption("validator", "validate-sync", INVENTORY_SEEDED.name),
    Consumption("importer", "track-outcomes", INVENTORY_SEEDED.name),
    Consumption("validator", "revalidate-changed", ITEM.name),
    Consumption("importer", "track-verdicts", SYNC_VALIDATED.name),
    Consumption("inventory", "apply-verdicts", SYNC_VALIDATED.name),
)
"""The consumption matrix, dead letters apart."""

DEAD_LETTER_FOLLOWER = "importer.track-dead-letters"
"""The group that closes the rows of dead-lettered listings, so that their batch still ends."""

PIPELINE = frozenset({LISTING_IMPORTED.name, INVENTORY_SEEDED.name, SYNC_VALIDATED.name})

DEAD_LETTER_TOPICS = tuple(
    # A dead letter carries the original record plus headers that say why.
    Topic(consumption.dead_letters, partitions=1, max_message_bytes=STATE_MAX_BYTES + 64 * 1024)
    for consumption in CONSUMPTION
)

PIPELINE_DEAD_LETTERS = tuple(
    consumption.dead_letters for consumption in CONSUMPTION if consumption.topic in PIPELINE
)
"""What ``importer.track-dead-letters`` reads."""

DEAD_LETTERS_OF_FOLLOWER = Topic(
    f"{DEAD_LETTER_FOLLOWER}.dlq", partitions=1, max_message_bytes=STATE_MAX_BYTES + 128 * 1024
)

ALL_TOPICS = (*EVENT_TOPICS, *DEAD_LETTER_TOPICS, DEAD_LETTERS_OF_FOLLOWER)


def consumption(group: str) -> Consumption:
    """The matrix entry of a consumer group; raises KeyError for a group that is not in the matrix."""
    for entry in CONSUMPTION:
        if entry.group == group:
            return entry
    raise KeyError(group)
