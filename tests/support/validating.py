"""A listing that was imported, counted and validated without a finding, and what happens to it then."""

from dataclasses import dataclass, field
from typing import Any

from support.journey import Business, Seller, catalogue, product
from support.waiting import eventually

from truestock.client.models.connector import Connection
from truestock.client.models.importer import Batch
from truestock.client.models.inventory import ChannelListing, Item
from truestock.client.models.validator import FindingSeen, VerdictSeen

MUG = product("mug", ("", "MUG", 5, "12.50"), photos=1)


@dataclass
class Scene:
    """One listing of a sample; ``seen`` is the newest verdict that the test has looked at."""

    business: Business
    seller: Seller
    connection: Connection
    batch: Batch
    title: str
    listing_id: str
    item_id: str
    seen: VerdictSeen = field(repr=False)

    async def item(self) -> Item:
        """The item as inventory has it now."""
        return await self.business.operator.inventory.item(self.item_id)

    async def channel(self) -> ChannelListing:
        """The item's channel listing as inventory has it now."""
        [found] = (await self.item()).channel_listings
        return found

    async def edit(self, **changes: Any) -> Item:
        """Change fields that inventory owns."""
        revision = (await self.item()).revision
        return await self.business.operator.inventory.edit(
            self.item_id, changes, revision=revision, reason="test edit"
        )

    async def reprice(self, amount: str, currency: str = "USD") -> Item:
        """Change the price intent of the (first) variant."""
        variant = (await self.item()).variants[0].variant_id
        price = {"amount": amount, "currency": currency}
        return await self.edit(variants=[{"variant_id": variant, "price": price}])

    async def move(self, kind: str, pieces: int) -> Item:
        """Record a sale, receipt or adjustment of the (first) variant."""
        item = await self.item()
        return await self.business.operator.inventory.move(
            item.item_id,
            item.variants[0].variant_id,
            kind,
            pieces,
            revision=item.revision,
            reason=f"test {kind}",
        )

    async def on_marketplace(self, **changes: Any) -> None:
        """The seller changes the listing behind our back."""
        await self.seller.edit(self.listing_id, **changes)

    async def next_verdict(self) -> VerdictSeen:
        """The verdict that follows the one seen last, by itself: exactly the next version."""
        found = await self.business.verdict(self.connection, self.listing_id, after=self.seen.version)
        assert found.version == self.seen.version + 1, found
        self.seen = found
        return found

    async def read_again(self) -> VerdictSeen:
        """An operator asks for another live read."""
        answer = await self.business.operator.validator.revalidate(
            self.batch.batch_id, reason="look again", listing_ids=[self.listing_id]
        )
        assert answer.listings == 1, answer
        return await self.next_verdict()

    async def push_allowed(self, allowed: bool) -> None:
        """Wait until inventory says so for the fingerprint of now."""

        async def look() -> bool:
            return (await self.channel()).push_allowed is allowed

        await eventually(look, message=f"push_allowed does not become {allowed}")


async def validated(
    business: Business,
    *products: str,
    title: str = "Mug",
    attested: bool = True,
    size: int = 8,
    break_photos: bool = False,
) -> Scene:
    """Connect, import a sample of ``products``, vouch for its stock; the scene of the listing ``title``."""
    seller = await business.seller(catalogue(*(products or (MUG,))))
    listing_id = await seller.listing_id(title)
    if break_photos:
        await seller.edit(listing_id, break_photos=True)
    connection = await business.connect(seller)
    batch = await business.import_(connection, "sample", size=size)
    item = await business.item(title)
    seen = await business.verdict(connection, listing_id)
    scene = Scene(business, seller, connection, batch, title, listing_id, item.item_id, seen)
    if attested:
        await business.attest(batch)
        await scene.next_verdict()
    return scene


def only(verdict: VerdictSeen) -> FindingSeen:
    """The verdict's one finding."""
    assert len(verdict.findings) == 1, verdict
    return verdict.findings[0]


def told(finding: FindingSeen) -> tuple[str, str, str]:
    """What kind of finding it is: check, class, severity."""
    return finding.check, finding.finding_class, finding.severity


def sides(finding: FindingSeen) -> tuple[str | None, str | None, str | None]:
    """Base, inventory, marketplace."""
    return finding.base, finding.inventory, finding.marketplace
