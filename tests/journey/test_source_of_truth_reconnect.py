"""Disconnecting and connecting the same account again duplicates nothing."""

from support.journey import Business, catalogue, product, quantities
from support.waiting import eventually

from truestock.client.models.connector import Connection

MUG = product("mug", ("", "MUG", 3, "12.50"))
SHIRT = product("shirt", ("S", "SHIRT-S", 2, "20.00"), ("M", "SHIRT-M", 1, "20.00"))


async def disconnect(business: Business, connection: Connection, *, withdraw: bool) -> None:
    """Disconnect on the present revision and wait until the importer has heard of it."""
    current = await business.operator.connector.connection(connection.connection_id)
    gone = await business.operator.connector.disconnect(
        connection.connection_id, reason="a holiday", withdraw=withdraw, revision=current.revision
    )
    assert gone.state == "disconnected"

    await eventually(lambda: gate_is(business, connection, "disconnected"))


async def gate_is(business: Business, connection: Connection, code: str) -> bool:
    """Whether the importer has heard of it."""
    return (await business.operator.importer.gate(connection.connection_id)).code == code


async def states(business: Business) -> set[str]:
    """The states of all channel listings."""
    return {listing.state for one in await business.items() for listing in one.channel_listings}


async def test_reconnecting_the_same_account_revives_the_connection(business: Business) -> None:
    seller = await business.seller(catalogue(MUG, SHIRT))
    connection, _, _ = await business.journey(seller)
    await business.sample_known(connection)
    mug = await business.item("Mug")
    await business.operator.inventory.move(
        mug.item_id, mug.variants[0].variant_id, "sale", -1, revision=mug.revision, reason="sold at the fair"
    )
    before = await business.items()

    await disconnect(business, connection, withdraw=False)

    async def suspended() -> bool:
        return await states(business) == {"suspended"}

    await eventually(suspended, message="the channel listings are not suspended")
    assert [(one.item_id, quantities(one)) for one in await business.items()] == [
        (one.item_id, quantities(one)) for one in before
    ]

    revived = await business.connect(seller)
    assert revived.connection_id == connection.connection_id
    assert [one.connection_id async for one in business.operator.connector.connections()] == [
        connection.connection_id
    ]

    async def linked() -> bool:
        return await states(business) == {"linked"}

    await eventually(linked, message="the channel listings do not go on")
    await eventually(lambda: gate_is(business, connection, "sample_approved"))
    bulk = await business.import_(connection, "bulk")
    assert bulk.state in ("completed", "completed_with_findings")
    after = await business.items()
    assert [(one.item_id, one.variants) for one in after] == [(one.item_id, one.variants) for one in before]
    assert [len(one.channel_listings) for one in after] == [1, 1]


async def test_withdrawing_archives_what_nobody_touched(business: Business) -> None:
    seller = await business.seller(catalogue(MUG, SHIRT))
    connection, _, _ = await business.journey(seller)
    await business.sample_known(connection)
    mug = await business.item("Mug")
    await business.operator.inventory.move(
        mug.item_id, mug.variants[0].variant_id, "sale", -1, revision=mug.revision, reason="sold at the fair"
    )
    await disconnect(business, connection, withdraw=True)

    async def withdrawn() -> bool:
        return [one.item_id for one in await business.items()] == [mug.item_id]

    await eventually(withdrawn, message="the untouched item is not archived")
    [left] = await business.items()
    assert (quantities(left), left.channel_listings) == ([2], ())
    summary = await business.operator.inventory.summary()
    assert (summary.items, summary.variants, summary.stock) == (1, 1, 2)

    revived = await business.connect(seller)
    assert revived.connection_id == connection.connection_id
    await eventually(lambda: gate_is(business, connection, "sample_undone"))
    sample = await business.import_(connection, "sample")
    assert sample.progress.emitted == 2
    assert sample.outcomes == {"created": 1, "linked": 1}
    assert quantities(await business.item("Mug")) == [2]
    assert len(await business.items()) == 2


async def test_disconnecting_fails_an_unfinished_batch_with_its_reason(business: Business) -> None:
    connection = await business.connect(await business.seller(catalogue(MUG)))
    sample = await business.import_(connection, "sample")
    await disconnect(business, connection, withdraw=False)

    async def failed() -> bool:
        return (await business.operator.importer.batch(sample.batch_id)).state == "failed"

    await eventually(failed)
    assert "a holiday" in ((await business.operator.importer.batch(sample.batch_id)).reason or "")
