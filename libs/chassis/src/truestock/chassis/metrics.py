"""The process's metrics (Prometheus). Names follow Prometheus' conventions: base units, _total."""

from prometheus_client import Counter, Gauge, Histogram

CONSUMED = Counter("truestock_consumer_records_total", "Records handled.", ["group", "outcome"])
DEAD_LETTERS = Counter("truestock_dead_letters_total", "Records sent to a dead-letter topic.", ["group"])
BATCH_SECONDS = Histogram(
    "truestock_consumer_batch_seconds",
    "Time from receiving a batch to its committed offsets (messaging.process.duration).",
    ["group"],
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30),
)
LAG_SECONDS = Gauge(
    "truestock_consumer_lag_seconds", "Age of the oldest record that is not yet handled.", ["group"]
)
LAG_RECORDS = Gauge(
    "truestock_consumer_lag_records", "Records of this process that are not yet handled.", ["group"]
)
PAUSED = Gauge(
    "truestock_consumer_paused", "1 from a batch that was put back until one is settled.", ["group"]
)
ASSIGNED = Gauge("truestock_consumer_assigned_partitions", "Partitions of this process.", ["group"])
TRANSIENT = Counter(
    "truestock_consumer_transient_failures_total", "Batches put back to be read again.", ["group"]
)

PUBLISHED = Counter("truestock_outbox_published_total", "Outbox rows that the broker took.", ["topic"])
PARKED = Gauge("truestock_outbox_parked_keys", "Keys held back behind a row that the broker refuses.")
RELAY_LEADER = Gauge("truestock_outbox_relay_leader", "1 while this process publishes the outbox.")
OUTBOX_HELD = Gauge(
    "truestock_outbox_held_topics", "1 while rows wait because their topic cannot be published to.", ["topic"]
)
OUTBOX_AGE = Gauge("truestock_outbox_oldest_seconds", "Age of the oldest unpublished row at the last look.")

HTTP_SECONDS = Histogram(
    "truestock_http_request_seconds", "Server time per request.", ["method", "route", "status"]
)

# OpenTelemetry's messaging client metrics in Prometheus' spelling of their names and attributes.
# https://opentelemetry.io/docs/specs/semconv/messaging/messaging-metrics/
_SYSTEM = "kafka"
_OPERATION = ["messaging_system", "messaging_operation_name", "messaging_destination_name", "error_type"]
SENT_MESSAGES = Counter(
    "messaging_client_sent_messages", "Records that were given to the broker (messages).", _OPERATION
)
CONSUMED_MESSAGES = Counter(
    "messaging_client_consumed_messages",
    "Records that were delivered to this process (messages).",
    [
        "messaging_system",
        "messaging_operation_name",
        "messaging_destination_name",
        "messaging_consumer_group_name",
    ],
)
OPERATION_SECONDS = Histogram(
    "messaging_client_operation_duration_seconds",
    "Time of one send to the broker, a batch at once.",
    _OPERATION,
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30),
)


def sent(topic: str, acknowledged: int, failed: int, seconds: float, *, error: str = "") -> None:
    """Note one send: how many records the broker took, how many it did not, and how long that took."""
    if acknowledged:
        SENT_MESSAGES.labels(_SYSTEM, "send", topic, "").inc(acknowledged)
    if failed:
        SENT_MESSAGES.labels(_SYSTEM, "send", topic, error or "refused").inc(failed)
    OPERATION_SECONDS.labels(_SYSTEM, "send", topic, error).observe(seconds)


def consumed(topic: str, group: str, count: int) -> None:
    """Note that ``count`` records of ``topic`` were delivered to ``group``."""
    CONSUMED_MESSAGES.labels(_SYSTEM, "poll", topic, group).inc(count)
