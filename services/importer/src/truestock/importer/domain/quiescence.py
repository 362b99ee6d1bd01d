"""One unfinished batch per connection (rule: importer 8)."""

from truestock.contracts.problem import Refusal
from truestock.importer.domain.batch import Batch, BatchState

WAYS_OUT = {
    BatchState.PAUSED: ["resume", "cancel"],
    BatchState.WAITING: ["reauthorize the connection", "cancel"],
    BatchState.AWAITING_REVIEW: ["approve", "reject"],
    BatchState.CANCELLING: ["wait until it is drained", "abandon the open listings"],
}
WHILE_RUNNING = ["wait until it is finished", "pause", "cancel"]
AFTER_ITS_END = ["wait until they are answered", "abandon the open listings"]


def check_quiet(earlier: Batch | None, open_rows: int, rows: int) -> None:
    """Refuse a new batch while ``earlier`` is unfinished, or its listings are still in the pipeline."""
    if earlier is None or (earlier.final and not open_rows):
        return
    ways = AFTER_ITS_END if earlier.final else WAYS_OUT.get(earlier.state, WHILE_RUNNING)
    raise Refusal(
        "batch_unfinished",
        f"Batch {earlier.number} ({earlier.kind}) of this connection is {earlier.state}: "
        f"{rows - open_rows} of {rows} listings read so far are closed, {open_rows} are open.",
        remedy=f"What you can do: {'; '.join(ways)}.",
        batch_id=str(earlier.batch_id),
        state=earlier.state,
        open=open_rows,
        closed=rows - open_rows,
        options=ways,
    )
