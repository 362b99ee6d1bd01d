"""A stack that notices soon what went wrong: small batches, short back-off, short leases."""

from support.broker import broker_mode

from truestock.local.options import Generated, StackOptions


def impatient_stack(kind: str, postgres_url: str) -> StackOptions:
    """One seller, all services on the database at ``postgres_url``, the broker of this test run."""
    return StackOptions(
        kind=kind,
        mode=broker_mode(),
        postgres_url=postgres_url,
        generated=Generated(listings=2, seed=7),
        sandbox_arguments=("--accounts", "1", "--rate-limit", "500"),
        environment={
            "TRUESTOCK_CONSUMER_MAX_RECORDS": "20",
            "TRUESTOCK_CONSUMER_BACKOFF_CAP_S": "2",
            "TRUESTOCK_OUTBOX_SWEEP_S": "0.3",
            "TRUESTOCK_READER_LEASE_S": "5",
            "TRUESTOCK_READER_POLL_S": "0.3",
            "TRUESTOCK_TRACE_RATIO": "0.01",
        },
    )
