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
PAUSED = Gauge("truestock_consumer_paused", "1 while the group waits before it reads again.", ["group"])
ASSIGNED = Gauge("truestock_consumer_assigned_partitions", "Partitions of this process.", ["group"])
TRANSIENT = Counter(
    "truestock_consumer_transient_failures_total", "Batches put back to be read again.", ["group"]
)

PUBLISHED = Counter("truestock_outbox_published_total", "Outbox rows that the broker took.", ["topic"])
PARKED = Gauge("truestock_outbox_parked_keys", "Keys held back behind a row that the broker refuses.")
RELAY_LEADER = Gauge("truestock_outbox_relay_leader", "1 while this process publishes the outbox.")
OUTBOX_AGE = Gauge("truestock_outbox_oldest_seconds", "Age of the oldest unpublished row at the last look.")

HTTP_SECONDS = Histogram(
    "truestock_http_request_seconds", "Server time per request.", ["method", "route", "status"]
)
