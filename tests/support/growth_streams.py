"""Long streams, by the service that hears them: what is sent, what answers it, and what must not grow.

Each brings the same listings again and again, with nothing new in them.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

from bench.selling import selling
from bench.shop import Shop
from support.inventory_values import NOW, imported, listing, mint, shown
from support.reimports import SEQUENCE, Repeatable

from truestock.contracts.events import BatchKind, InventorySeeded, ListingImported
from truestock.contracts.topics import INVENTORY_SEEDED, LISTING_IMPORTED, SYNC_VALIDATED, Topic
from truestock.inventory.domain.known import Known
from truestock.inventory.domain.seeding import seed
from truestock.inventory.usecases.publishing import seeded_event
from truestock.inventory.usecases.seed_listings import SeedListings
from truestock.local.environment import Secrets
from truestock.local.ports import free_port
from truestock.local.runs import Run
from truestock.validator.usecases.validate_sync import ValidateSync

IMPORT_VARIANTS = 2
NOBODY = 9
"""A port where nobody answers."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The events that are repeated, one per listing, and the ports of what the service asks about them."""

    events: tuple[Repeatable, ...]
    sandbox: int = NOBODY
    connector: int = NOBODY


@dataclass(frozen=True, slots=True)
class Stream:
    """One service's main consumer and what it is given."""

    service: str
    listings: int
    group: str
    topic: Topic
    answers: Topic
    decided: str
    """The field of an answer that says what was decided."""
    state: tuple[str, ...]
    """Tables whose rows are bounded by the listings."""
    new_batches: bool
    surrounded: Callable[[Run, Secrets, int], AbstractAsyncContextManager[Surroundings]]
    """Starts what the service needs beside its servers, for so many listings."""


@asynccontextmanager
async def _by_itself(_: Run, __: Secrets, listings: int) -> AsyncIterator[Surroundings]:
    yield Surroundings(tuple(_import(number) for number in range(listings)))


def _import(number: int) -> ListingImported:
    variants = [shown(sku=f"growth-{number}-{v}", Size=str(v)) for v in range(IMPORT_VARIANTS)]
    return imported(listing(f"growth-{number}", *variants), sequence=SEQUENCE)


@asynccontextmanager
async def _beside_its_marketplace(run: Run, secrets: Secrets, listings: int) -> AsyncIterator[Surroundings]:
    sandbox = free_port()
    connector = free_port([sandbox])
    async with selling(run, secrets, listings, sandbox=sandbox, connector=connector) as sold:
        yield Surroundings(tuple(_answers(sold.shop)), sandbox, connector)


def _answers(shop: Shop) -> list[InventorySeeded]:
    """What inventory answers when it gets the whole shop for the second time."""
    known, minted = Known(), mint()
    answers = []
    for found, evidence in shop.listings:
        first = imported(found).model_copy(
            update={
                "account_id": shop.account_id,
                "batch_kind": BatchKind.BULK,
                "currency": shop.currency,
                "evidence": evidence,
            }
        )
        seed(first, known, minted)
        again = first.model_copy(update={"sequence": SEQUENCE})
        answers.append(seeded_event(seed(again, known, minted), NOW))
    return answers


INVENTORY = Stream(
    service="inventory",
    listings=200,
    group=SeedListings.consumer,
    topic=LISTING_IMPORTED,
    answers=INVENTORY_SEEDED,
    decided="outcome",
    state=("channel_listings", "items"),
    new_batches=True,
    surrounded=_by_itself,
)
VALIDATOR = Stream(
    service="validator",
    listings=500,
    group=ValidateSync.consumer,
    topic=INVENTORY_SEEDED,
    answers=SYNC_VALIDATED,
    decided="verdict",
    state=("subjects", "verdicts", "findings"),
    new_batches=False,
    surrounded=_beside_its_marketplace,
)
"""All in one batch: a verdict is kept per batch and listing, so that here the listings bound those too.

Every event is judged on a live read; events on one listing that are handled together share it, which is why
there are more listings than inventory has.
"""
