"""The three-sided table against the running services: inventory, the marketplace, or both are changed."""

from collections.abc import AsyncIterator
from functools import partial

import httpx
import pytest
from support.journey import Business, Seller, catalogue, classes, product
from support.waiting import eventually, never

from truestock.client.models.connector import Connection
from truestock.client.models.importer import Batch
from truestock.client.models.validator import VerdictSeen
from truestock.local.stack import Stack

SHOP = catalogue(
    product("shirt", ("S", "SH-S", 5, "20.00"), ("M", "SH-M", 6, "20.00")),
    product("mug", ("", "MUG", 7, "9.50")),
    product("bowl", ("", "BOWL", 3, "15.00")),
)


class Trade:
    """A connected seller whose whole catalogue was sampled and validated."""

    def __init__(self, business: Business, seller: Seller, connection: Connection, sample: Batch) -> None:
        self.business, self.seller, self.connection, self.sample = business, seller, connection, sample

    async def verdict(self, title: str, *, after: int = 0) -> VerdictSeen:
        """The newest verdict on the listing with this title."""
        listing_id = await self.seller.listing_id(title)
        return await self.business.verdict(self.connection, listing_id, after=after)

    async def read_again(self, title: str) -> VerdictSeen:
        """Ask for another live read of one listing."""
        before = await self.verdict(title)
        await self.business.operator.validator.revalidate(
            self.sample.batch_id, reason="look again", listing_ids=[before.listing_id]
        )
        return await self.verdict(title, after=before.version)

    async def count(self, title: str, *pieces: int) -> None:
        """Count an item's variants, in their order."""
        variants = (await self.business.item(title)).variants
        counted = {one.variant_id: number for one, number in zip(variants, pieces, strict=True)}
        await self.business.operator.inventory.count(counted, reason="shelf")


@pytest.fixture(scope="module")
async def trade(stack: Stack) -> AsyncIterator[Trade]:
    """Connected, sampled, attested."""
    async with httpx.AsyncClient(timeout=30.0, trust_env=False) as http:
        business = await Business.open(stack, http)
        seller = await business.seller(SHOP)
        connection = await business.connect(seller)
        sample = await business.import_(connection, "sample", size=8)
        await business.attest(sample)
        opened = Trade(business, seller, connection, sample)
        for title in ("Shirt", "Mug", "Bowl"):
            await eventually(partial(_passed, opened, title), message=f"{title} does not pass")
        yield opened


async def _passed(trade: Trade, title: str) -> bool:
    return (await trade.verdict(title)).verdict == "passed"


async def test_only_inventory_changed_awaits_publishing_and_is_validated_once(trade: Trade) -> None:
    before = await trade.verdict("Shirt")
    await trade.count("Shirt", 4, 6)
    after = await trade.verdict("Shirt", after=before.version)
    assert (after.verdict, classes(after)) == (
        "passed_with_warnings",
        [("stock.quantity", "pending_publish")],
    )
    assert after.version == before.version + 1
    await never(lambda: _newer(trade, "Shirt", after.version), 1.0)


async def test_only_the_marketplace_changed_is_drift_and_the_record_cures_it(trade: Trade) -> None:
    listing_id = await trade.seller.listing_id("Mug")
    await trade.seller.edit(listing_id, quantity=5)
    drifted = await trade.read_again("Mug")
    assert (drifted.verdict, classes(drifted)) == ("failed", [("stock.quantity", "drift")])
    assert (drifted.findings[0].base, drifted.findings[0].marketplace) == ("7", "5")
    item = await trade.business.item("Mug")
    await trade.business.operator.inventory.move(
        item.item_id, item.variants[0].variant_id, "sale", -2, revision=item.revision, reason="sold there"
    )
    cured = await trade.verdict("Mug", after=drifted.version)
    assert (cured.verdict, cured.version) == ("passed", drifted.version + 1)


async def test_both_changed_is_a_conflict_and_an_unreachable_marketplace_is_unverifiable(
    trade: Trade,
) -> None:
    listing_id = await trade.seller.listing_id("Bowl")
    await trade.seller.edit(listing_id, quantity=1, price="16.00")
    before = await trade.verdict("Bowl")
    await trade.count("Bowl", 2)
    both = await trade.verdict("Bowl", after=before.version)
    assert (both.verdict, classes(both)) == (
        "failed",
        [("price.intent", "drift"), ("stock.quantity", "conflict")],
    )
    await trade.seller.fault("server_error", times=None)
    unreadable = await trade.read_again("Bowl")
    await trade.seller.heal()
    assert (unreadable.verdict, classes(unreadable)) == (
        "unverifiable",
        [("listing.linkage", "unreadable")],
    )
    again = await trade.read_again("Bowl")
    assert again.verdict == "failed"


async def _newer(trade: Trade, title: str, version: int) -> bool:
    return (await trade.verdict(title)).version > version
