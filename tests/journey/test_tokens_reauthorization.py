"""Dead access is a state: the batch waits for the same account, and for no other."""

from support.journey import Business, Seller, catalogue, product
from support.waiting import eventually

from truestock.client.models.connector import Connection
from truestock.client.models.importer import Batch

PAGE = 100
"""Listings that the marketplace sends at once."""
LISTINGS = PAGE + 8
FIRST_REQUESTS = 5
"""Requests up to the first page: the page, and one for each other state's count."""


async def approved(business: Business) -> tuple[Seller, Connection]:
    """A connection with an approved sample, and a catalogue of more than one page."""
    products = [product(f"cup-{n:03}", ("", f"CUP-{n:03}", 2, "9.50"), photos=0) for n in range(LISTINGS)]
    seller = await business.seller(catalogue(*products))
    connection = await business.connect(seller)
    await business.approve(await business.import_(connection, "sample", size=1))
    return seller, connection


async def in_state(business: Business, batch: Batch, state: str) -> Batch:
    """The batch once it is in this state."""

    async def look() -> Batch | None:
        seen = await business.operator.importer.batch(batch.batch_id)
        return seen if seen.state == state else None

    return await eventually(look, 30, message=f"the batch does not come to {state}")


async def caught_in_the_middle(business: Business, seller: Seller, connection: Connection) -> Batch:
    """A bulk whose first page is done when the seller's password is changed; it waits."""
    await seller.fault(
        "rate_limited",
        times=None,
        skip=FIRST_REQUESTS,
        path=f"/shops/{seller.account_id}/listings",
        retry_after=1,
    )
    batch = await business.operator.importer.start(connection.connection_id, "bulk")

    async def first_page_is_done() -> bool:
        progress = (await business.operator.importer.batch(batch.batch_id)).progress
        return progress.read == progress.closed == PAGE

    await eventually(first_page_is_done, 60, message="the first page is not done")
    await seller.fault("revoke")
    await seller.heal()
    return await in_state(business, batch, "waiting_for_reauthorization")


async def test_a_batch_waits_for_reauthorization_and_goes_on_with_the_same_account(
    business: Business,
) -> None:
    seller, connection = await approved(business)
    waiting = await caught_in_the_middle(business, seller, connection)
    assert waiting.reason
    assert (waiting.progress.total, waiting.progress.read) == (LISTINGS, PAGE)

    dead = await business.operator.connector.connection(connection.connection_id)
    assert (dead.state, dead.connection_id) == ("reauthorization_required", connection.connection_id)
    assert dead.reason
    asked = await seller.token_requests()
    failing = [count for told, count in asked.items() if told == "refresh_token invalid_grant"]
    assert failing == [1], asked  # dead access is no loop of failing refreshes

    attempt = await business.operator.connector.reauthorize(connection.connection_id)
    back = await business.authorize(seller, attempt)
    assert (back.purpose, back.state) == ("reauthorize", "confirmed"), "nothing changed: nothing to confirm"
    alive = await business.operator.connector.connection(connection.connection_id)
    assert (alive.state, alive.connection_id) == ("active", connection.connection_id)

    done = await business.finished(waiting)
    assert done.batch_id == waiting.batch_id
    assert done.state == "completed"
    assert (done.progress.read, done.progress.closed, done.progress.open) == (LISTINGS, LISTINGS, 0)
    assert done.verdicts.get("unverifiable", 0) == 0, done.verdicts
    summary = await business.operator.inventory.summary()
    assert (summary.items, summary.variants, summary.stock) == (LISTINGS, LISTINGS, 2 * LISTINGS)


async def test_reauthorization_with_another_account_is_refused_and_changes_nothing(
    business: Business,
) -> None:
    seller, connection = await approved(business)
    other = await business.seller(catalogue(product("cup-000", ("", "CUP-000", 7, "1.00"))))
    waiting = await caught_in_the_middle(business, seller, connection)
    before = await business.operator.inventory.summary()
    dead = await business.operator.connector.connection(connection.connection_id)

    attempt = await business.operator.connector.reauthorize(connection.connection_id)
    wrong = await business.authorize(other, attempt)

    assert wrong.state == "failed"
    assert wrong.failure is not None
    assert wrong.failure.code == "wrong_account"
    assert wrong.failure.remedy
    assert await business.operator.connector.connection(connection.connection_id) == dead
    assert [one.connection_id async for one in business.operator.connector.connections()] == [
        connection.connection_id
    ]
    still = await business.operator.importer.batch(waiting.batch_id)
    assert (still.state, still.progress, still.revision) == (
        waiting.state,
        waiting.progress,
        waiting.revision,
    )
    assert await business.operator.inventory.summary() == before

    # The right account still works.
    again = await business.operator.connector.reauthorize(connection.connection_id)
    assert (await business.authorize(seller, again)).state == "confirmed"
    done = await business.finished(waiting)
    assert done.progress.read == LISTINGS
    assert (await business.operator.inventory.summary()).items == LISTINGS
