"""Whether a sample can be approved, and what it waits for (rule: importer 4)."""

from collections.abc import Sequence
from dataclasses import dataclass

from truestock.contracts.events import OpenIssue, Verdict
from truestock.contracts.problem import Refusal
from truestock.importer.domain.batch import Batch
from truestock.importer.domain.blockers import NEVER_WAIVED, open_blockers
from truestock.importer.domain.rows import Row

REMEDIES = {
    "held": "Decide the held listings: link, create or reject.",
    "sku_duplicate": "Decide the held listings, or give each listing its own SKU and import again.",
    "price_missing": "Set the price on the item.",
    "currency_missing": "Set price and currency on the item.",
    "dead_lettered": "Look at the reason; exclude or replace the listing, or start a new sample.",
    "abandoned": "Exclude or replace the listing.",
}
OTHERWISE = (
    "Correct the internal record; or exclude or replace the listing; or an admin waives it with a reason."
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One reason why the sample cannot be approved yet."""

    code: str
    detail: str
    remedy: str
    listing_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Approval:
    """Whether the sample can be approved now, and what it waits for otherwise."""

    waiting_for: tuple[Waiting, ...]

    @property
    def ready(self) -> bool:
        """Nothing stands in the way."""
        return not self.waiting_for


def approval(batch: Batch, rows: Sequence[Row]) -> Approval:
    """What a sample waits for; excluded listings do not count."""
    counted = [row for row in rows if not row.excluded]
    waiting: list[Waiting] = []
    if not batch.reading_closed:
        waiting.append(
            Waiting("reading_incomplete", "The sample is still being read.", "Wait until it is read.")
        )
    elif not counted:
        waiting.append(
            Waiting("empty_sample", "The sample has no listing to judge by.", "Start another sample.")
        )
    _add(
        waiting,
        "listings_open",
        "{listings} without a verdict so far.",
        "Wait for the verdicts, or abandon a listing that is stuck and exclude it.",
        [row.listing_id for row in counted if row.open],
    )
    _add_blockers(waiting, counted)
    _add(
        waiting,
        "split_open",
        "{listings} with an undecided split.",
        "Decide each split: accept it with its quantities, or refuse it.",
        [row.listing_id for row in counted if _split_open(row)],
    )
    _add(
        waiting,
        "unverifiable",
        "{listings} that could not be verified against the marketplace.",
        "Ask for another validation when the marketplace answers again.",
        [row.listing_id for row in counted if row.verdict == Verdict.UNVERIFIABLE],
    )
    _add(
        waiting,
        "stock_unconfirmed",
        "The stock of {listings} was neither counted nor attested.",
        "Count the stock of these items, or attest it by name.",
        [row.listing_id for row in counted if OpenIssue.STOCK_UNCONFIRMED in row.open_issues],
    )
    return Approval(tuple(waiting))


def check_approvable(batch: Batch, rows: Sequence[Row]) -> None:
    """Refuse an approval that waits for something, naming everything that it waits for."""
    found = approval(batch, rows)
    if found.ready:
        return
    raise Refusal(
        "approval_not_ready",
        f"Sample {batch.number} cannot be approved yet: "
        + " ".join(waiting.detail for waiting in found.waiting_for),
        remedy=found.waiting_for[0].remedy,
        waiting_for=[
            {
                "code": waiting.code,
                "detail": waiting.detail,
                "remedy": waiting.remedy,
                "listing_ids": list(waiting.listing_ids),
            }
            for waiting in found.waiting_for
        ],
    )


def _add(waiting: list[Waiting], code: str, detail: str, remedy: str, listing_ids: list[str]) -> None:
    if listing_ids:
        listings = "1 listing" if len(listing_ids) == 1 else f"{len(listing_ids)} listings"
        waiting.append(Waiting(code, detail.format(listings=listings), remedy, tuple(sorted(listing_ids))))


def _add_blockers(waiting: list[Waiting], rows: Sequence[Row]) -> None:
    by_code: dict[str, list[str]] = {}
    for row in rows:
        for blocker in open_blockers(row):
            if blocker.code not in NEVER_WAIVED:  # splits have an entry of their own
                by_code.setdefault(blocker.code, []).append(row.listing_id)
    for code, listing_ids in sorted(by_code.items()):
        detail = f"{{listings}} with the undecided blocker {code}."
        _add(waiting, f"blocker:{code}", detail, REMEDIES.get(code, OTHERWISE), listing_ids)


def _split_open(row: Row) -> bool:
    return any(blocker.code in NEVER_WAIVED for blocker in open_blockers(row))
